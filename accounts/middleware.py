"""Nothing that somebody signed in to see stays behind in a cache, and the browser gets no power it does not need."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

# Every one of these is something a page of ours never asks for.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()" for feature in ("camera", "microphone", "geolocation", "payment", "usb", "serial", "display-capture")
)


class PrivatePagesMiddleware:
    """Marks every answer but static files as not to be kept; a view that must be kept says `private` itself.

    Static files never come here (WhiteNoise answers them further out). Referrer, opener and sniffing headers are Django's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "private" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "no-store, private"
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
