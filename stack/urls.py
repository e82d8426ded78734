"""Where the operator looks."""

from django.urls import path

from stack.views import health

app_name = "stack"

urlpatterns = [path("healthz", health.healthz, name="healthz")]
