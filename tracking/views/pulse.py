from django.http import HttpRequest, HttpResponse

from accounts.gate import gated
from accounts.roles import Permission
from tracking.models import Project


@gated(Project, Permission.RUN_VIEW)
def project_pulse(request: HttpRequest, project: Project, **words: str) -> HttpResponse:
    return HttpResponse("")
