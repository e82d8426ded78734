"""One training run. What changes with every batch lives in Heartbeat, so that this row is seldom rewritten.

A run is in use, in the bin (`binned_at`: hidden, and can be restored), or condemned (`condemned_at`: a worker is removing it).
`Run.objects` and `project.runs` are the runs in use and nothing else: whoever reads needs no thought of the bin.
"""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import Team
from kit.refusal import Deleted
from kit.uid import new_uid
from tracking.enums import RunState
from tracking.errors import RunBinned, RunPurged
from tracking.limits import BIN_DAYS, NAME_LENGTH, NOTES_LENGTH, RUN_UID_LENGTH
from tracking.models.tombstone import Tombstone


def run_uid() -> str:
    return new_uid(RUN_UID_LENGTH)


class RunQuerySet(models.QuerySet["Run"]):
    def in_teams(self, teams: QuerySet[Team]) -> "RunQuerySet":
        return self.filter(project__team__in=teams)


AnyRuns = models.Manager.from_queryset(RunQuerySet)


class RunsInUse(AnyRuns["Run"]):
    def get_queryset(self) -> RunQuerySet:
        return RunQuerySet(self.model, using=self._db).filter(binned_at=None)


class RunsLogged(AnyRuns["Run"]):
    def get_queryset(self) -> RunQuerySet:
        return RunQuerySet(self.model, using=self._db).filter(condemned_at=None)


class RunsBinned(AnyRuns["Run"]):
    def get_queryset(self) -> RunQuerySet:
        return RunQuerySet(self.model, using=self._db).filter(binned_at__isnull=False, condemned_at=None)


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
    # Batches that contradict, behind the rows of Conflict.
    further_conflicts = models.PositiveBigIntegerField(default=0, db_default=0)

    # Metrics that are folded: here, where every batch looks, and written by the rare fold that finds new ones.
    metric_count = models.IntegerField(default=0, db_default=0)

    binned_at = models.DateTimeField(null=True)
    binned_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    condemned_at = models.DateTimeField(null=True)  # only of a binned run; from then on there is no way back

    objects: ClassVar[AnyRuns["Run"]] = RunsInUse()  # the default: what is in the bin is nowhere else
    everything: ClassVar[AnyRuns["Run"]] = AnyRuns()
    url_lookups: ClassVar[dict[str, str]] = {"team": "project__team__slug", "project": "project__slug", "run": "uid"}

    class Meta:
        indexes = [
            # With all that lists filter and sort by, so that they read this index and not the wide rows.
            models.Index(
                fields=["project", "-created_at", "-id"],
                include=["lower_name", "group", "job_type", "seed", "state", "ended_at", "binned_at"],
                name="run_newest",
            ),
            # The first by name are read off it; its other columns are what filters ask of those that stand before them.
            models.Index(
                fields=["project", "lower_name", "-created_at", "-id"],
                include=["group", "job_type", "seed", "state"],
                condition=models.Q(binned_at=None),
                name="run_by_name",
            ),
            models.Index(fields=["project"], name="run_running", condition=models.Q(state=RunState.RUNNING)),
            models.Index(fields=["project", "-binned_at"], name="run_binned", condition=models.Q(binned_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=RunState.values), name="run_state_known"),
            models.CheckConstraint(
                condition=models.Q(condemned_at=None) | models.Q(binned_at__isnull=False), name="run_condemned_in_bin"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def team(self) -> Team:
        return self.project.team

    @property
    def kept_until(self) -> datetime | None:
        """Until when a run in the bin can be restored, at the least."""
        return self.binned_at and self.binned_at + timedelta(days=BIN_DAYS)

    @classmethod
    def deletion(cls, teams: QuerySet[Team], lookups: dict[str, Any]) -> Deleted | None:
        """How the run that these words lead to was deleted from one of these teams; None when it was not, or never was."""
        run = cls.everything.in_teams(teams).filter(**lookups, binned_at__isnull=False).first()
        if run is not None and run.condemned_at is None:
            return RunBinned(f"This run was deleted and is in the bin. It can be restored until {run.kept_until:%d %b %Y}.")
        if run is not None or Tombstone.objects.in_teams(teams).filter(**lookups).exists():
            return RunPurged()
        return None


class LoggedRun(Run):
    """A run as its trainer meets it: from the bin it still takes records, so that nothing is missing when it is restored."""

    objects: ClassVar[AnyRuns["Run"]] = RunsLogged()

    class Meta:
        proxy = True


class BinnedRun(Run):
    """A run in the bin, as long as it can be restored."""

    objects: ClassVar[AnyRuns["Run"]] = RunsBinned()
    url_lookups: ClassVar[dict[str, str]] = {"team": "project__team__slug", "project": "project__slug", "binned": "uid"}

    class Meta:
        proxy = True
