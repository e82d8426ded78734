from django.http import HttpRequest, HttpResponse

from accounts.gate import gated
from accounts.roles import Permission
from tracking.models import Project, Run


@gated(Project, Permission.RUN_TAG)
def tag_many(request: HttpRequest, project: Project, **words: str) -> HttpResponse:
    return HttpResponse("")


@gated(Run, Permission.RUN_TAG)
def run_tags(request: HttpRequest, run: Run, **words: str) -> HttpResponse:
    return HttpResponse("")
