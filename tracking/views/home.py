from django.http import HttpRequest, HttpResponse

from accounts.gate import gated, signed_in
from accounts.models import Team
from accounts.roles import Permission


@signed_in
def front_door(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


@gated(Team, Permission.TEAM_VIEW)
def team_home(request: HttpRequest, team: Team) -> HttpResponse:
    return HttpResponse("")
