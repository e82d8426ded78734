"""Keeping the draft that another text takes the place of."""

from django.db.models import Max
from django.utils import timezone

from accounts.actor import Actor
from reports.enums import SetAsideReason
from reports.limits import SET_ASIDE_KEPT
from reports.models import Report


def set_aside_draft(*, by: Actor, stored: Report, reason: SetAsideReason) -> None:
    """Within a transaction that holds the report's lock, before its draft is replaced; the oldest beyond the limit go."""
    if not stored.draft:
        return
    kept, now = stored.set_aside.all(), timezone.now()
    # The same text is kept once: else two who swap to and fro would push out what a third wrote.
    if kept.filter(text=stored.draft).update(at=now, by=by.user, reason=reason):
        return
    stored.set_aside.create(
        number=(kept.aggregate(last=Max("number"))["last"] or 0) + 1,
        title=stored.title,
        text=stored.draft,
        written_by=stored.saved_by,
        by=by.user,
        at=now,
        reason=reason,
    )
    kept.filter(pk__in=list(kept.values_list("pk", flat=True)[SET_ASIDE_KEPT:])).delete()
