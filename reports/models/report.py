"""A page a team writes: one draft that changes, and versions that do not."""

from typing import ClassVar

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Team
from kit.uid import new_uid
from reports.limits import REPORT_LENGTH, REPORT_UID_LENGTH, TITLE_LENGTH


def report_uid() -> str:
    return new_uid(REPORT_UID_LENGTH)


class ReportQuerySet(models.QuerySet["Report"]):
    def in_teams(self, teams: QuerySet[Team]) -> "ReportQuerySet":
        return self.filter(project__team__in=teams)


class Report(models.Model):
    project = models.ForeignKey("tracking.Project", on_delete=models.CASCADE, related_name="reports")
    uid = models.CharField(max_length=REPORT_UID_LENGTH, unique=True, default=report_uid, editable=False)
    title = models.CharField(max_length=TITLE_LENGTH)
    draft = models.TextField(max_length=REPORT_LENGTH, blank=True)
    # +1 with every saved draft: a save that was based on another number is a conflict, shown and never lost (promise D14).
    draft_revision = models.PositiveIntegerField(default=0)
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="reports")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    objects = ReportQuerySet.as_manager()
    url_lookups: ClassVar[dict[str, str]] = {"team": "project__team__slug", "project": "project__slug", "report": "uid"}

    class Meta:
        indexes = [models.Index(fields=["project", "-saved_at"], name="report_newest")]

    def __str__(self) -> str:
        return self.title

    @property
    def team(self) -> Team:
        return self.project.team
