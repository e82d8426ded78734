"""What was published. A trigger refuses to change it (migration 0002)."""

from django.db import models
from django.utils import timezone

from reports.limits import MESSAGE_LENGTH, TITLE_LENGTH


class Version(models.Model):
    report = models.ForeignKey("reports.Report", on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=TITLE_LENGTH)
    markdown = models.TextField()
    message = models.CharField(max_length=MESSAGE_LENGTH, blank=True)
    published_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"v{self.number}"


class PinnedChart(models.Model):
    """A chart as it was drawn when its version was published: its settings, its runs, and the exact frame."""

    version = models.ForeignKey("reports.Version", on_delete=models.CASCADE, related_name="charts")
    chart = models.CharField(max_length=32)  # the block's id
    settings = models.JSONField()
    runs = models.JSONField()  # [{uid, name}] resolved at publishing
    frame = models.ForeignKey("tracking.Blob", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "chart"], name="chart_pinned_once")]

    def __str__(self) -> str:
        return self.chart
