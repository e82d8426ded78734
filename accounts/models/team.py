"""A research group. Everything else belongs to exactly one team."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.limits import NAME_LENGTH, RESERVED_TEAM_SLUGS, SLUG_LENGTH


def not_reserved(slug: str) -> None:
    if slug in RESERVED_TEAM_SLUGS:
        raise ValidationError(f"“{slug}” is an address of Lablore itself; choose another short name.")


class TeamQuerySet(models.QuerySet["Team"]):
    def in_teams(self, teams: "QuerySet[Team]") -> "TeamQuerySet":
        return self.filter(pk__in=teams)


class Team(models.Model):
    slug = models.SlugField(max_length=SLUG_LENGTH, unique=True, validators=[not_reserved])
    name = models.CharField(max_length=NAME_LENGTH)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    members = models.ManyToManyField("accounts.User", through="accounts.Membership", related_name="teams")

    objects = TeamQuerySet.as_manager()
    url_lookups: ClassVar[dict[str, str]] = {"team": "slug"}

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(slug__in=sorted(RESERVED_TEAM_SLUGS)), name="team_slug_not_reserved"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def team(self) -> "Team":
        return self
