"""Drafts that another text took the place of; none is lost by the next (promise D14)."""

from django.db import models
from django.utils import timezone

from reports.enums import SetAsideReason
from reports.limits import REPORT_LENGTH, TITLE_LENGTH


class SetAside(models.Model):
    """One text is kept once for a report; set aside again, it only becomes the newest."""

    report = models.ForeignKey("reports.Report", on_delete=models.CASCADE, related_name="set_aside")
    number = models.PositiveIntegerField()  # counts up within the report: its name in a form
    title = models.CharField(max_length=TITLE_LENGTH)
    text = models.TextField(max_length=REPORT_LENGTH)
    written_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")  # who saved it last
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")  # whose text took its place
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=12, choices=SetAsideReason.choices)

    class Meta:
        ordering = ["-at", "-number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="set_aside_number_once")]

    def __str__(self) -> str:
        return self.title
