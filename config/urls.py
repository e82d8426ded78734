"""Fixed words first, then /<team>/…: a team may not be named like a fixed word (accounts.limits)."""

from django.urls import include, path

handler500 = "kit.server_error.server_error"

urlpatterns = [
    path("api/v1/", include("tracking.api_urls")),  # first, as it is asked most: no other address is compared
    path("", include("stack.urls")),
    path("", include("accounts.urls")),
    path("", include("reports.urls")),
    path("", include("tracking.urls")),
]
