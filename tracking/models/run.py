"""One training run. What changes with every batch lives in Heartbeat, so that this row is seldom rewritten."""

from typing import ClassVar

from django.db import models
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import Team
from kit.uid import new_uid
from tracking.enums import RunState
from tracking.limits import NAME_LENGTH, NOTES_LENGTH, RUN_UID_LENGTH


def run_uid() -> str:
    return new_uid(RUN_UID_LENGTH)


class RunQuerySet(models.QuerySet["Run"]):
    def in_teams(self, teams: QuerySet[Team]) -> "RunQuerySet":
        return self.filter(project__team__in=teams)


class Run(models.Model):
    project = models.ForeignKey("tracking.Project", on_delete=models.CASCADE, related_name="runs")
    uid = models.CharField(max_length=RUN_UID_LENGTH, unique=True, default=run_uid, editable=False)
    name = models.CharField(max_length=NAME_LENGTH)
    # Stored: an index holds columns, and 100,000 names are not made lower in a moment.
    lower_name = models.GeneratedField(
        expression=Lower("name"), output_field=models.CharField(max_length=NAME_LENGTH), db_persist=True
    )
    group = models.CharField(max_length=NAME_LENGTH, blank=True)
    job_type = models.CharField(max_length=NAME_LENGTH, blank=True)
    seed = models.BigIntegerField(null=True)
    notes = models.TextField(max_length=NOTES_LENGTH, blank=True)
    tags = models.ManyToManyField("tracking.Tag", related_name="runs", blank=True)

    # What the run was made with, before any update; `config` and `summary` are this plus all updates in order.
    first_config = models.JSONField(default=dict)
    config = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)

    state = models.CharField(max_length=16, choices=RunState.choices, default=RunState.RUNNING)
    exit_code = models.IntegerField(null=True)
    end_reason = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="runs")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True)
    # Records that the SDK could not keep or the server refused: shown on the run page, never hidden (promises D2, D7).
    lost_records = models.PositiveBigIntegerField(default=0)
    rejected_records = models.PositiveBigIntegerField(default=0)

    objects = RunQuerySet.as_manager()
    url_lookups: ClassVar[dict[str, str]] = {"team": "project__team__slug", "project": "project__slug", "run": "uid"}

    class Meta:
        indexes = [
            # With all that lists filter and sort by, so that they read this index and not the wide rows.
            models.Index(
                fields=["project", "-created_at", "-id"],
                include=["lower_name", "group", "job_type", "seed", "state", "ended_at"],
                name="run_newest",
            ),
            models.Index(fields=["project"], name="run_running", condition=models.Q(state=RunState.RUNNING)),
        ]
        constraints = [models.CheckConstraint(condition=models.Q(state__in=RunState.values), name="run_state_known")]

    def __str__(self) -> str:
        return self.name

    @property
    def team(self) -> Team:
        return self.project.team
