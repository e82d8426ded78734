"""Threads about a report or a run."""

from dataclasses import dataclass

from django.db.models import QuerySet

from reports.models import Comment, Report


@dataclass(slots=True)
class Thread:
    comment: Comment
    replies: list[Comment]


@dataclass(frozen=True, slots=True)
class Discussion:
    """Open threads first to last, then the resolved ones."""

    open: list[Thread]
    resolved: list[Thread]

    @property
    def count(self) -> str:
        """3 open, 5 resolved"""
        said = [f"{len(threads)} {word}" for word, threads in (("open", self.open), ("resolved", self.resolved)) if threads]
        return ", ".join(said)


def discussion_of_report(report: Report) -> Discussion:
    return _discussion(Comment.objects.filter(report=report))


def discussion_of_run(run_pk: int) -> Discussion:
    return _discussion(Comment.objects.filter(run_id=run_pk))


def _discussion(comments: QuerySet[Comment]) -> Discussion:
    """One query."""
    threads: dict[int, Thread] = {}
    for comment in comments.select_related("author", "resolved_by", "project__team").order_by("created_at", "id"):
        if comment.parent_id is None:
            threads[comment.pk] = Thread(comment, [])
        elif comment.parent_id in threads:
            threads[comment.parent_id].replies.append(comment)
    every = list(threads.values())
    return Discussion(
        open=[thread for thread in every if thread.comment.resolved_at is None],
        resolved=[thread for thread in every if thread.comment.resolved_at is not None],
    )
