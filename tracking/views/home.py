"""The team's first page: what happened lately, and the ways on."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.gate import gated
from accounts.models import Team
from accounts.queries.membership import members_of
from accounts.roles import Permission
from kit.page import page
from tracking.queries.project import projects_of
from tracking.queries.team_home import recent_runs
from tracking.rendering.spark import spark
from tracking.views.rights import rights_in

PEOPLE = 8


@require_safe
@gated(Team, Permission.TEAM_VIEW)
def team_home(request: HttpRequest, team: Team) -> HttpResponse:
    projects = projects_of(team)
    members = members_of(team)
    context = {
        "team": team,
        "section": "home",
        "projects": projects,
        "running": sum(line.running for line in projects),
        "recent": [(line, spark(line.curve, line.curve.steps[-1] if line.curve else 0)) for line in recent_runs(team)],
        "members": members[:PEOPLE],
        "people": members.count(),
        **rights_in(request, team),
    }
    return page(request, "tracking/team/home.html", context, part="recent")
