"""What someone said about a report or a run."""

from typing import ClassVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Team
from kit.uid import new_uid
from reports.limits import COMMENT_LENGTH, COMMENT_UID_LENGTH


def comment_uid() -> str:
    return new_uid(COMMENT_UID_LENGTH)


class CommentQuerySet(models.QuerySet["Comment"]):
    def in_teams(self, teams: QuerySet[Team]) -> "CommentQuerySet":
        """Without those about a run in the bin."""
        return self.filter(project__team__in=teams, run__binned_at=None)


class Comment(models.Model):
    project = models.ForeignKey("tracking.Project", on_delete=models.CASCADE, related_name="comments")
    uid = models.CharField(max_length=COMMENT_UID_LENGTH, unique=True, default=comment_uid, editable=False)
    report = models.ForeignKey("reports.Report", on_delete=models.CASCADE, null=True, related_name="comments")
    run = models.ForeignKey("tracking.Run", on_delete=models.CASCADE, null=True, related_name="comments")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="replies")
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="comments")
    body = models.TextField(max_length=COMMENT_LENGTH)
    # A chart of the report, or a metric of the run, that the comment is about; empty: the whole.
    anchor = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    objects = CommentQuerySet.as_manager()
    url_lookups: ClassVar[dict[str, str]] = {"team": "project__team__slug", "project": "project__slug", "comment": "uid"}

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(report__isnull=True) ^ Q(run__isnull=True), name="comment_is_about_one_thing"),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True) | Q(parent__isnull=True), name="comment_thread_is_resolved_as_one"
            ),
        ]
        indexes = [
            models.Index(fields=["report", "created_at"], name="comment_of_report", condition=Q(report__isnull=False)),
            models.Index(fields=["run", "created_at"], name="comment_of_run", condition=Q(run__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.author_id}: {self.body[:40]}"

    @property
    def team(self) -> Team:
        return self.project.team
