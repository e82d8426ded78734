"""A report and its draft."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from reports.actions.set_aside import set_aside_draft
from reports.actions.text import checked
from reports.enums import SetAsideReason
from reports.errors import BadText, DraftConflict
from reports.limits import REPORT_LENGTH, TITLE_LENGTH
from reports.models import Report
from reports.models.report import report_uid
from reports.queries.set_aside import kept_aside
from reports.rendering.cost import too_costly
from reports.rendering.fences import with_chart_ids
from reports.rendering.markdown import title_of

UNTITLED = "Untitled"


def create_report(*, by: Actor, project: Any, source: str) -> Report:
    """A new report whose draft is `source`. Raises BadText."""
    uid = report_uid()
    draft = _draft(source, salt=uid)
    return Report.objects.create(
        uid=uid, project=project, title=_title(draft), draft=draft, draft_revision=1, owner=by.user, saved_by=by.user
    )


def save_draft(*, by: Actor, report: Report, source: str, base: int, over: bool = False) -> Report:
    """Store the draft that was written on top of revision `base`; chart blocks without an id get one.

    Raises DraftConflict when another draft was saved since, with both texts, and BadText. The same text twice is saved once.
    `over`: after a conflict, the stored draft (now revision `base`) is set aside, so that it can be taken back.
    """
    draft = _draft(source, salt=report.uid)
    with transaction.atomic():
        stored = locked(report)
        if stored.draft == draft:
            return stored
        if stored.draft_revision != base:
            raise DraftConflict(mine=source, theirs=stored.draft, revision=stored.draft_revision, saved_by=stored.saved_by.name)
        if over:
            set_aside_draft(by=by, stored=stored, reason=SetAsideReason.OVER)
        return replace_draft(stored, draft, by)


def replace_draft(stored: Report, draft: str, by: Actor) -> Report:
    """Within a transaction that holds the report's lock."""
    stored.draft, stored.title = draft, _title(draft)
    stored.draft_revision += 1
    stored.saved_at, stored.saved_by = timezone.now(), by.user
    stored.save(update_fields=["draft", "title", "draft_revision", "saved_at", "saved_by"])
    return stored


def take_back_draft(*, by: Actor, report: Report, number: int | None = None) -> Report:
    """Make the draft again that was set aside as `number`, or last; the one it replaces is set aside.

    Nothing happens when there is none, or when it is the draft already.
    """
    with transaction.atomic():
        stored = locked(report)
        kept = kept_aside(stored)
        taken = (kept if number is None else kept.filter(number=number)).first()
        if taken is None:
            return stored
        set_aside_draft(by=by, stored=stored, reason=SetAsideReason.TAKEN_BACK)
        return replace_draft(stored, taken.text, by)


def locked(report: Report) -> Report:
    """The stored report, locked until the transaction ends: one writer of a draft or version at a time."""
    return Report.objects.select_for_update(of=("self",)).select_related("project__team", "saved_by").get(pk=report.pk)


def _draft(source: str, salt: str) -> str:
    """The text as it is stored: with ids in its charts, bounded with them, and of a kind that can be drawn. Raises BadText."""
    if (complaint := too_costly(checked(source, REPORT_LENGTH, "The text"))) is not None:
        raise BadText(complaint.message)
    # Again, because ids make it longer: a text stored beyond the limit could never be saved again.
    return checked(with_chart_ids(source, salt=salt), REPORT_LENGTH, "The text with the ids of its charts")


def _title(draft: str) -> str:
    return title_of(draft)[:TITLE_LENGTH] or UNTITLED
