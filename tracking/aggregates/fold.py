"""Folding: the batches that wait become column chunks, a pyramid and a summary, in one transaction, so exactly once.

One fold at a time per run, by an advisory lock; a fold that dies leaves everything as it was. What the tables then hold depends
on the set of batches only, except where chunks are cut.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from django.db import connection, transaction
from django.db.models import F

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
from tracking.models import Heartbeat, Run
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

    def summary_of(self, piece: Points) -> Summary:
        """Of the points of a chunk to write; where they are all of the series or just the new ones, it is known."""
        if self.after is not None and int(piece.steps[-1]) == self.after.end_step:
            for known in (self.fresh, self.after):
                if known.n == len(piece):
                    return known
        return summary_of(piece)


def fold_run(run_id: int, most: int = FOLD_POINTS_AT_ONCE) -> int:
    """Fold what waits of a run, some `most` points at a time; the number of batches folded.

    As many of what is stored are in hand at once where it must be written anew. 0 when nothing waits, another worker has this
    run, or it is being purged.
    """
    with transaction.atomic():
        if not hold(run_id):
            return 0
        batches = _oldest(run_id, most)
        if batches:
            superseded = _fold(run_id, arrived(batches), most)
            _delete(run_id, batches)
            note_change("metric", [run_id])
            if superseded:  # until now charts may have drawn what is replaced (queries/stretch.py)
                Heartbeat.objects.filter(run=run_id).update(revision=F("revision") + 1)
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


def _fold(run_id: int, new: dict[str, Arrived], most: int) -> int:
    """How many points win no more."""
    plans = _plans(run_id, new)
    superseded = [(plan.no, plan.new.superseded) for plan in plans if len(plan.new.superseded)]
    add_superseded(run_id, superseded)
    counts = _counted(superseded)
    for portion in _portions(plans, most):
        counts += _counted(_rewrite(run_id, portion))
    upsert_series(run_id, _summaries(run_id, plans, counts))
    if any(plan.stored is None for plan in plans):
        Run.everything.filter(pk=run_id).update(metric_count=max(plan.no for plan in plans))
    return counts.total()


def _counted(superseded: Iterable[tuple[int, Points]]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for no, points in superseded:
        counts[no] += len(points)
    return counts


def _portions(plans: Iterable[_Plan], most: int) -> Iterator[list[tuple[_Plan, Region]]]:
    """The regions of all series, as many together as hold some `most` points: late ones may touch every chunk there is."""
    portion: list[tuple[_Plan, Region]] = []
    held = 0
    for plan in plans:
        for region in plan.regions:
            held += sum(span.n for span in plan.spans[region.spans])
            portion.append((plan, region))
            if held >= most:
                yield portion
                portion, held = [], 0
    if portion:
        yield portion


def _rewrite(run_id: int, portion: Sequence[tuple[_Plan, Region]]) -> list[tuple[int, Points]]:
    """Write the chunks of these regions anew; (series no, points that win no more)."""
    touched = [(plan.no, span.start) for plan, region in portion for span in plan.spans[region.spans]]
    bodies = bodies_of([(run_id, no, start) for no, start in touched])
    pieces: list[tuple[int, Points, Summary]] = []
    superseded: list[tuple[int, Points]] = []
    for plan, region in portion:
        old = [unpack_body(bodies[run_id, plan.no, span.start]) for span in plan.spans[region.spans]]
        winners, beaten = split(joined([*old, plan.new.winners.take(region.points)]))
        pieces += [(plan.no, piece, plan.summary_of(piece)) for piece in pieces_of(winners, tail=region.tail)]
        if len(beaten):
            superseded.append((plan.no, beaten))
    delete_chunks(run_id, touched)
    nos, points, summaries = zip(*pieces, strict=True)
    insert_chunks(run_id, list(zip(nos, pack_chunks(points, summaries), strict=True)))
    add_superseded(run_id, superseded)
    return superseded


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


def _summaries(run_id: int, plans: list[_Plan], superseded: Counter[int]) -> list[tuple[int, str, Summary]]:
    """The summary of each series after the fold; rebuilt from its chunks where points may have been replaced."""
    rebuilt = chunk_summaries(run_id, [plan.no for plan in plans if plan.after is None])
    found = []
    for plan in plans:
        before = 0 if plan.stored is None else plan.stored.summary.superseded
        summary = plan.after or reduce(combined, [part for _, part in rebuilt[plan.no]])
        found.append((plan.no, plan.key, summary.with_superseded(before + superseded[plan.no])))
    return found
