from django.http import HttpRequest, HttpResponse

from accounts.gate import gated
from accounts.roles import Permission
from tracking.models import Run


@gated(Run, Permission.RUN_VIEW)
def run_image(request: HttpRequest, run: Run, **words: str) -> HttpResponse:
    return HttpResponse("")
