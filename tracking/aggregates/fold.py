"""Folding: the batches that wait become column chunks, a pyramid and a summary, in one transaction, so exactly once.

One fold at a time per run, by an advisory lock; a fold that dies leaves everything as it was. What the tables then hold depends
on the set of batches only, except where chunks are cut.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from django.db import connection, transaction

from kit.rows import array_of, rows_of
from tracking.aggregates.block import note_change
from tracking.aggregates.fold_rows import add_superseded, delete_chunks, insert_chunks, upsert_series
from tracking.aggregates.hold import hold
from tracking.columns.body import unpack_body
from tracking.columns.chunk import Region, Span, pack_chunks, pieces_of, regions_of
from tracking.columns.groups import Arrived, Waiting, arrived
from tracking.columns.points import Points, joined, split
from tracking.columns.summary import Summary, combined, summary_of
from tracking.limits import FOLD_POINTS_AT_ONCE
from tracking.queries.stored import StoredSeries, bodies_of, chunk_summaries, stored_series

# How far before the first new step we look: the chunks a growing tail may take with it, each twice the size of the next.
_TAIL = 12


@dataclass(frozen=True, slots=True)
class _Plan:
    """What happens to one series.

    `stored` is None for a new one; `fresh` the summary of its new points that win; `after` that of the series after the fold,
    None when a new step is not behind all that is stored: then points may have been replaced.
    """

    key: str
    no: int
    stored: StoredSeries | None
    new: Arrived
    spans: list[Span]
    regions: list[Region]
    fresh: Summary
    after: Summary | None

    def touched(self) -> list[Span]:
        return [span for region in self.regions for span in self.spans[region.spans]]

    def summary_of(self, piece: Points) -> Summary:
        """Of the points of a chunk to write; where they are all of the series or just the new ones, it is known."""
        if self.after is not None and int(piece.steps[-1]) == self.after.end_step:
            for known in (self.fresh, self.after):
                if known.n == len(piece):
                    return known
        return summary_of(piece)


def fold_run(run_id: int, most: int = FOLD_POINTS_AT_ONCE) -> int:
    """Fold what waits of a run, some `most` points at a time; the number of batches folded.

    0 when nothing waits, another worker has this run, or it is being purged.
    """
    with transaction.atomic():
        if not hold(run_id):
            return 0
        batches = _oldest(run_id, most)
        if batches:
            _fold(run_id, arrived(batches))
            _delete(run_id, batches)
            note_change("metric", [run_id])
        return len(batches)


def _oldest(run_id: int, most: int) -> list[Waiting]:
    sql = """
        SELECT writer, seq, codec, body FROM (
            SELECT writer, seq, codec, body, sum(points) OVER (ORDER BY received_at, writer, seq) - points AS before
            FROM tracking_payload WHERE run_id = (SELECT id FROM tracking_run WHERE id = %s AND condemned_at IS NULL)
        ) AS waiting WHERE before < %s
    """
    return [Waiting(*row) for row in rows_of(sql, [run_id, most])]


def _delete(run_id: int, batches: Iterable[Waiting]) -> None:
    sql = """
        DELETE FROM tracking_payload USING unnest(%s::text[], %s::bigint[]) AS done (writer, seq)
        WHERE run_id = %s AND tracking_payload.writer = done.writer AND tracking_payload.seq = done.seq
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [[batch.writer for batch in batches], [batch.seq for batch in batches], run_id])


def _fold(run_id: int, new: dict[str, Arrived]) -> None:
    plans = _plans(run_id, new)
    bodies = bodies_of([(run_id, plan.no, span.start) for plan in plans for span in plan.touched()])
    pieces: list[tuple[int, Points, Summary]] = []
    replaced: list[tuple[int, Points]] = []
    for plan in plans:
        old = {span.start: unpack_body(bodies[run_id, plan.no, span.start]) for span in plan.touched()}
        winners, superseded = _rewritten(plan, old)
        pieces += [(plan.no, piece, plan.summary_of(piece)) for piece in winners]
        replaced += [(plan.no, points) for points in superseded if len(points)]
    delete_chunks(run_id, [(plan.no, span.start) for plan in plans for span in plan.touched()])
    nos, points, summaries = zip(*pieces, strict=True)
    insert_chunks(run_id, list(zip(nos, pack_chunks(points, summaries), strict=True)))
    add_superseded(run_id, replaced)
    upsert_series(run_id, _summaries(run_id, plans, replaced))


def _plans(run_id: int, new: dict[str, Arrived]) -> list[_Plan]:
    stored = {series.key: series for series in stored_series([run_id], list(new))}
    spans = _spans(run_id, [(series.no, int(new[key].winners.steps[0])) for key, series in stored.items()])
    free = rows_of("SELECT coalesce(max(no), 0) FROM tracking_series WHERE run_id = %s", [run_id])[0][0]
    plans = []
    for key in sorted(new):
        series = stored.get(key)
        free += series is None
        no = free if series is None else series.no
        near = spans.get(no, [])
        regions, fresh = regions_of(near, new[key].winners.steps), summary_of(new[key].winners)
        plans.append(_Plan(key, no, series, new[key], near, regions, fresh, _after(series, new[key], fresh)))
    return plans


def _after(stored: StoredSeries | None, new: Arrived, fresh: Summary) -> Summary | None:
    if stored is None:
        return fresh
    return None if int(new.winners.steps[0]) <= stored.summary.end_step else combined(stored.summary, fresh)


def _spans(run_id: int, firsts: Sequence[tuple[int, int]]) -> dict[int, list[Span]]:
    """series no -> its chunks from a little before the first new step on."""
    sql = """
        SELECT series_no, start_step, end_step, n FROM unnest(%s::int[], %s::bigint[]) AS new (no, first)
        JOIN tracking_chunk ON run_id = %s AND series_no = new.no AND start_step >= coalesce((
            SELECT start_step FROM tracking_chunk WHERE run_id = %s AND series_no = new.no AND start_step <= new.first
            ORDER BY start_step DESC OFFSET %s LIMIT 1), %s)
        ORDER BY series_no, start_step
    """
    found: dict[int, list[Span]] = {}
    nos, steps = array_of(no for no, _ in firsts), array_of(step for _, step in firsts)
    for no, start, end, n in rows_of(sql, [nos, steps, run_id, run_id, _TAIL, -(2**63)]):
        found.setdefault(no, []).append(Span(start, end, n))
    return found


def _rewritten(plan: _Plan, old: dict[int, Points]) -> tuple[list[Points], list[Points]]:
    """The points of each chunk to write, and those that win no more."""
    pieces: list[Points] = []
    superseded = [plan.new.superseded]
    for region in plan.regions:
        fresh = plan.new.winners.take(region.points)
        winners, beaten = split(joined([*(old[span.start] for span in plan.spans[region.spans]), fresh]))
        superseded.append(beaten)
        pieces += pieces_of(winners, tail=region.tail)
    return pieces, superseded


def _summaries(run_id: int, plans: list[_Plan], replaced: list[tuple[int, Points]]) -> list[tuple[int, str, Summary]]:
    """The summary of each series after the fold; rebuilt from its chunks where points may have been replaced."""
    rebuilt = chunk_summaries(run_id, [plan.no for plan in plans if plan.after is None])
    counts: dict[int, int] = {}
    for no, points in replaced:
        counts[no] = counts.get(no, 0) + len(points)
    found = []
    for plan in plans:
        before = 0 if plan.stored is None else plan.stored.summary.superseded
        summary = plan.after or reduce(combined, [part for _, part in rebuilt[plan.no]])
        found.append((plan.no, plan.key, summary.with_superseded(before + counts.get(plan.no, 0))))
    return found
