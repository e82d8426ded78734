"""Which teams an actor may do something in: the one source for every list and every check."""

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.models import Team
from accounts.roles import Permission, roles_with, scopes_permit


def teams_where(actor: Actor, permission: Permission) -> QuerySet[Team]:
    """The teams in which the actor has the permission now; a key only in its own team and scopes."""
    if actor.key is not None and not scopes_permit(actor.key.scopes, permission):
        return Team.objects.none()
    teams = Team.objects.filter(memberships__user=actor.user, memberships__role__in=roles_with(permission))
    return teams.filter(pk=actor.key.team_id) if actor.key is not None else teams


def role_in(actor: Actor, team: Team) -> str | None:
    """The actor's role in the team, or None for a stranger."""
    return actor.user.memberships.filter(team=team).values_list("role", flat=True).first()


def may(actor: Actor, permission: Permission, team: Team) -> bool:
    """Whether the actor has the permission in this team: the ready-made boolean for a template."""
    return teams_where(actor, permission).filter(pk=team.pk).exists()
