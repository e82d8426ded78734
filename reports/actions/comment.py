"""What people say about a report or a run."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from reports.actions.text import checked
from reports.errors import BadText, ThreadClosed
from reports.limits import COMMENT_LENGTH
from reports.models import Comment, Report

ANCHOR_LENGTH = 200


def comment_on_report(*, by: Actor, report: Report, body: str, anchor: str = "") -> Comment:
    """Begin a thread about a report, or about one of its charts (`anchor`: the chart's id). Raises BadText."""
    return Comment.objects.create(
        project_id=report.project_id, report=report, author=by.user, body=_body(body), anchor=_anchor(anchor)
    )


def comment_on_run(*, by: Actor, run: Any, body: str, anchor: str = "") -> Comment:
    """Begin a thread about a run the gate handed out, or about one of its metrics (`anchor`: the key). Raises BadText."""
    return Comment.objects.create(
        project_id=run.project_id, run_id=run.pk, author=by.user, body=_body(body), anchor=_anchor(anchor)
    )


def reply(*, by: Actor, comment: Comment, body: str) -> Comment:
    """Answer in the thread of `comment`. Raises ThreadClosed when it is resolved, and BadText."""
    with transaction.atomic():
        thread = _thread(comment)
        if thread.resolved_at is not None:
            raise ThreadClosed("This thread is resolved. Open it again to answer.")
        return Comment.objects.create(
            project_id=thread.project_id,
            report_id=thread.report_id,
            run_id=thread.run_id,
            parent=thread,
            author=by.user,
            body=_body(body),
        )


def resolve(*, by: Actor, comment: Comment) -> Comment:
    """Close the thread of `comment`; twice is once, and the first who did it stays named."""
    with transaction.atomic():
        thread = _thread(comment)
        if thread.resolved_at is None:
            thread.resolved_at, thread.resolved_by = timezone.now(), by.user
            thread.save(update_fields=["resolved_at", "resolved_by"])
    return thread


def reopen(*, by: Actor, comment: Comment) -> Comment:
    with transaction.atomic():
        thread = _thread(comment)
        thread.resolved_at = thread.resolved_by = None
        thread.save(update_fields=["resolved_at", "resolved_by"])
    return thread


def edit_comment(*, by: Actor, comment: Comment, body: str) -> Comment:
    """Change one's own words; nobody changes another's. Raises PermissionDenied and BadText."""
    if comment.author_id != by.user.pk:
        raise PermissionDenied("Only who wrote a comment can change it.")
    comment.body, comment.edited_at = _body(body), timezone.now()
    comment.save(update_fields=["body", "edited_at"])
    return comment


def _thread(comment: Comment) -> Comment:
    """The first comment of the thread, locked: a reply and a resolve do not pass each other."""
    return Comment.objects.select_for_update().get(pk=comment.parent_id or comment.pk)


def _body(body: str) -> str:
    body = checked(body.replace("\r\n", "\n").strip(), COMMENT_LENGTH, "The comment")
    if not body:
        raise BadText("Write something first.")
    return body


def _anchor(anchor: str) -> str:
    return checked(anchor.strip(), ANCHOR_LENGTH, "The anchor")
