"""Publishing: the draft becomes a version that keeps its text, its runs and the exact bytes its charts are drawn from."""

from django.db import transaction
from django.db.models import Max

from accounts.actor import Actor
from reports.actions.report import locked, replace_draft
from reports.actions.set_aside import set_aside_draft
from reports.actions.text import checked
from reports.enums import SetAsideReason
from reports.errors import DraftConflict, Unpublishable
from reports.limits import MESSAGE_LENGTH, PINNED_WIDTH
from reports.models import Frame, PinnedChart, Report, Version
from reports.rendering.markdown import render
from reports.rendering.parts import ChartBlock
from reports.rendering.resolver import LiveResolver, pinned_run
from tracking.queries.frame import Drawing, TooManyPoints, frame_of


def publish_report(*, by: Actor, report: Report, base: int, message: str = "") -> Version:
    """Make the next version of the draft `report` holds, which must still be revision `base` when it is stored.

    Raises Unpublishable with every block that cannot be drawn, DraftConflict when the draft was saved since, and BadText.
    """
    message = checked(message.strip(), MESSAGE_LENGTH, "The message")
    resolver = LiveResolver(report.project)
    drawn = render(report.draft, resolver)
    if drawn.problems:
        raise Unpublishable([(f"{problem.title} {problem.text}".strip(), problem.line) for problem in drawn.problems])
    # Before the transaction: each frame is read in a snapshot of its own, so that a fold in between is seen once.
    frames = {chart.id: _frame(resolver, chart) for chart in drawn.charts}
    with transaction.atomic():
        stored = locked(report)
        if stored.draft_revision != base or stored.draft != report.draft:
            raise DraftConflict(
                mine=report.draft, theirs=stored.draft, revision=stored.draft_revision, saved_by=stored.saved_by.name
            )
        version = Version.objects.create(
            report=stored,
            number=(stored.versions.aggregate(last=Max("number"))["last"] or 0) + 1,
            title=stored.title,
            markdown=stored.draft,
            message=message,
            mentions={chip.word: pinned_run(chip.run) if chip.run else None for chip in drawn.runs},
            published_by=by.user,
        )
        PinnedChart.objects.bulk_create([_pinned(version, chart, frames[chart.id]) for chart in drawn.charts])
    return version


def restore_version(*, by: Actor, version: Version) -> Report:
    """Make the version's text the draft again. The draft it replaces is set aside and can be taken back."""
    with transaction.atomic():
        stored = locked(version.report)
        if stored.draft == version.markdown:
            return stored
        set_aside_draft(by=by, stored=stored, reason=SetAsideReason.RESTORED)
        return replace_draft(stored, version.markdown, by)


def _frame(resolver: LiveResolver, chart: ChartBlock) -> bytes:
    matched = resolver.matched(chart)
    drawing = Drawing(x=chart.x, width=PINNED_WIDTH, group=chart.group, matched=matched.total)
    try:
        return frame_of(matched.runs, chart.y, drawing)
    except TooManyPoints as refusal:
        raise Unpublishable([(f"Chart {chart.id}: {refusal.message}", chart.line)]) from None


def _pinned(version: Version, chart: ChartBlock, frame: bytes) -> PinnedChart:
    return PinnedChart(
        version=version,
        chart=chart.id,
        settings=chart.settings(),
        runs=[pinned_run(run) for run in chart.found.runs],
        total=chart.found.total,
        frame=Frame.keep(frame),
    )
