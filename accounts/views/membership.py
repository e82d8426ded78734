"""The people of a team."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.gate import gated
from accounts.models import Team
from accounts.queries.membership import members_of
from accounts.roles import PERMISSION_WORDS, ROLES, Permission, Role
from kit.page import page


@require_safe
@gated(Team, Permission.TEAM_VIEW)
def member_list(request: HttpRequest, team: Team) -> HttpResponse:
    """Who is here, in which role, and what each role may do."""
    matrix = [(PERMISSION_WORDS[permission], [role in ROLES[permission] for role in Role]) for permission in Permission]
    context = {"team": team, "section": "people", "members": members_of(team), "roles": list(Role), "matrix": matrix}
    return page(request, "accounts/membership/list.html", context)
