"""`/`: to the team one works in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.actor import actor_behind
from accounts.gate import signed_in
from accounts.queries.team import teams_where
from accounts.roles import Permission
from kit.page import page


@require_safe
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """One team: there. Several: a choice. None: what to do about it."""
    teams = list(teams_where(actor_behind(request), Permission.TEAM_VIEW).order_by("name", "pk"))
    if len(teams) == 1:
        return redirect(f"/{teams[0].slug}/")
    return page(request, "accounts/team/choose.html", {"teams": teams})
