"""/healthz: for whoever watches the site."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from accounts.gate import public
from stack.queries.health import health_now


@public("a load balancer has no account; the answer names parts and ages, nothing of a team")
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when every part works, else 503; JSON `{"status", "parts": {name: {"ok", …}}}` either way."""
    health = health_now()
    answer = {"status": "ok" if health.ok else "failing", "parts": health.parts}
    response = JsonResponse(answer, status=200 if health.ok else 503)
    response["Cache-Control"] = "no-store"
    return response
