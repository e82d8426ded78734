"""Fixed words first, then /<team>/…: a team may not be named like a fixed word (accounts.limits)."""

from django.urls import include, path

handler500 = "kit.server_error.server_error"

urlpatterns = [
    path("", include("stack.urls")),
    path("", include("accounts.urls")),
    path("api/v1/", include("tracking.api_urls")),
    path("", include("reports.urls")),
    path("", include("tracking.urls")),
]
