from django.http import HttpRequest, HttpResponse

from accounts.gate import gated
from accounts.roles import Permission
from tracking.models import Project, Run


@gated(Project, Permission.RUN_VIEW)
def project_frame(request: HttpRequest, project: Project, **words: str) -> HttpResponse:
    return HttpResponse("")


@gated(Project, Permission.RUN_VIEW)
def project_frame_csv(request: HttpRequest, project: Project, **words: str) -> HttpResponse:
    return HttpResponse("")


@gated(Run, Permission.RUN_VIEW)
def run_frame(request: HttpRequest, run: Run, **words: str) -> HttpResponse:
    return HttpResponse("")


@gated(Run, Permission.RUN_VIEW)
def run_frame_csv(request: HttpRequest, run: Run, **words: str) -> HttpResponse:
    return HttpResponse("")


@gated(Run, Permission.RUN_VIEW)
def history_csv(request: HttpRequest, run: Run, **words: str) -> HttpResponse:
    return HttpResponse("")
