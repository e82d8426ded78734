"""A line of work of a team: its runs and reports stand together."""

from typing import ClassVar

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Team
from tracking.limits import NAME_LENGTH, SLUG_LENGTH


class ProjectQuerySet(models.QuerySet["Project"]):
    def in_teams(self, teams: QuerySet[Team]) -> "ProjectQuerySet":
        return self.filter(team__in=teams)


class Project(models.Model):
    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="projects")
    slug = models.SlugField(max_length=SLUG_LENGTH)
    name = models.CharField(max_length=NAME_LENGTH)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProjectQuerySet.as_manager()
    url_lookups: ClassVar[dict[str, str]] = {"team": "team__slug", "project": "slug"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "slug"], name="project_slug_once_per_team")]

    def __str__(self) -> str:
        return self.name
