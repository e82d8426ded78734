"""The page's security policy: scripts and styles are files of this site, nothing inline, no other host.

BokehJS and the editor make `<style>` elements; they may, with the nonce of the answer, which static/js/nonce-shim.js hands to
them. Style attributes and eval stay forbidden. Source of the choice: docs/front-end.md.
"""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

HEADER = "Content-Security-Policy"
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'nonce-{nonce}'",
        "style-src-attr 'none'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


class ContentSecurityPolicyMiddleware:
    """Gives each request a `csp_nonce` (str, 128 random bits) and each answer without a policy of its own the header."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        made = secrets.token_urlsafe(16)
        request.csp_nonce = made  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.setdefault(HEADER, POLICY.format(nonce=made))
        return response


def nonce(request: HttpRequest) -> dict[str, object]:
    """Context processor: `csp_nonce` in every template."""
    return {"csp_nonce": SimpleLazyObject(lambda: getattr(request, "csp_nonce", ""))}
