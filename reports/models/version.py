"""What was published. Triggers refuse to change it, and to delete it alone (migration 0002)."""

from typing import ClassVar

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Team
from kit.hashed_bytes import HashedBytes
from reports.limits import MESSAGE_LENGTH, TITLE_LENGTH


class Frame(HashedBytes):
    """The exact bytes a chart was drawn from (contract: chart frame v1)."""


class VersionQuerySet(models.QuerySet["Version"]):
    def in_teams(self, teams: QuerySet[Team]) -> "VersionQuerySet":
        return self.filter(report__project__team__in=teams)


class Version(models.Model):
    report = models.ForeignKey("reports.Report", on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=TITLE_LENGTH)
    markdown = models.TextField()
    message = models.CharField(max_length=MESSAGE_LENGTH, blank=True)
    # {word: {uid, name, state, slot}}: what each {run:word} of the text meant when it was published; null: there was none.
    mentions = models.JSONField(default=dict)
    published_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(default=timezone.now, editable=False)

    url_lookups: ClassVar[dict[str, str]] = {
        "team": "report__project__team__slug",
        "project": "report__project__slug",
        "report": "report__uid",
        "number": "number",
    }
    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def team(self) -> Team:
        return self.report.project.team


class PinnedChart(models.Model):
    """A chart as it was drawn when its version was published: its settings, its runs, and the exact frame."""

    version = models.ForeignKey("reports.Version", on_delete=models.CASCADE, related_name="charts")
    chart = models.CharField(max_length=32)  # the block's id
    settings = models.JSONField()
    runs = models.JSONField()  # [{uid, name, state, slot}] as resolved at publishing, in the order drawn
    total = models.PositiveIntegerField()  # runs that matched, drawn or not
    frame = models.ForeignKey("reports.Frame", on_delete=models.PROTECT, related_name="charts")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "chart"], name="chart_pinned_once")]

    def __str__(self) -> str:
        return self.chart
