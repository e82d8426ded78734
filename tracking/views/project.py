from django.http import HttpRequest, HttpResponse

from accounts.gate import gated
from accounts.models import Team
from accounts.roles import Permission
from tracking.models import Project


@gated(Team, Permission.PROJECT_CREATE)
def project_create(request: HttpRequest, team: Team, **words: str) -> HttpResponse:
    return HttpResponse("")


@gated(Project, Permission.PROJECT_VIEW)
def project_door(request: HttpRequest, project: Project, **words: str) -> HttpResponse:
    return HttpResponse("")
