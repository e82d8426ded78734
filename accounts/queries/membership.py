"""Who is in a team."""

from django.db.models import Case, IntegerField, QuerySet, Value, When

from accounts.models import Membership, Team
from accounts.roles import Role


def members_of(team: Team) -> QuerySet[Membership]:
    """The team's memberships with their people, strongest role first, then by name."""
    strength = Case(
        *(When(role=role.value, then=Value(place)) for place, role in enumerate(Role)),
        output_field=IntegerField(),
    )
    return Membership.objects.filter(team=team).select_related("user").order_by(strength, "user__name", "pk")
