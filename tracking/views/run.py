from django.http import HttpRequest, HttpResponse

from accounts.gate import gated
from accounts.roles import Permission
from tracking.models import Project, Run


@gated(Project, Permission.RUN_VIEW)
def run_list(request: HttpRequest, project: Project, **words: str) -> HttpResponse:
    return HttpResponse("")


@gated(Run, Permission.RUN_VIEW)
def run_detail(request: HttpRequest, run: Run, **words: str) -> HttpResponse:
    return HttpResponse("")


@gated(Run, Permission.RUN_EDIT)
def run_notes(request: HttpRequest, run: Run, **words: str) -> HttpResponse:
    return HttpResponse("")


@gated(Run, Permission.RUN_EDIT)
def run_name(request: HttpRequest, run: Run, **words: str) -> HttpResponse:
    return HttpResponse("")
