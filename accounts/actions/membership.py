"""Bring people into teams."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actor import Actor
from accounts.models import Membership, Team, User
from accounts.queries.team import may, role_in
from accounts.roles import Permission, Role, is_above


@transaction.atomic
def add_member(*, by: Actor, team: Team, user: User, role: Role) -> Membership:
    """Give `user` a place in `team`. Raises PermissionDenied when `by` may not, or `role` is above their own (promise S6);
    ValidationError when the person is in the team already.
    """
    own = role_in(by, team)
    if own is None or not may(by, Permission.MEMBER_EDIT, team) or is_above(role, own):
        raise PermissionDenied("Only owners and admins add people, and nobody gives a role above their own.")
    membership = Membership(team=team, user=user, role=role)
    membership.full_clean()
    membership.save()
    return membership
