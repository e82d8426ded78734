"""Make teams."""

from django.db import transaction

from accounts.models import Membership, Team, User
from accounts.roles import Role


@transaction.atomic
def create_team(*, by: User, slug: str, name: str) -> Team:
    """A new team owned by `by`. Raises ValidationError when the short name is taken, reserved or not a slug."""
    team = Team(slug=slug, name=name)
    team.full_clean()
    team.save()
    Membership.objects.create(team=team, user=by, role=Role.OWNER)
    return team
