"""What is left of a purged run: its uid, so that nothing ever takes its place, and whom to tell."""

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Team
from tracking.limits import RUN_UID_LENGTH


class TombstoneQuerySet(models.QuerySet["Tombstone"]):
    def in_teams(self, teams: QuerySet[Team]) -> "TombstoneQuerySet":
        return self.filter(project__team__in=teams)


class Tombstone(models.Model):
    uid = models.CharField(primary_key=True, max_length=RUN_UID_LENGTH)
    # Outlives its project: the uid stays used.
    project = models.ForeignKey("tracking.Project", on_delete=models.SET_NULL, null=True, related_name="tombstones")
    purged_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = TombstoneQuerySet.as_manager()

    def __str__(self) -> str:
        return self.uid
