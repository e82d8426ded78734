"""Summaries of series, folded or not: what tables and the run page show."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from kit.rows import one_snapshot, rows_of
from tracking.columns import groups
from tracking.columns.body import unpack_body
from tracking.columns.chunk import holding
from tracking.columns.groups import Arrived, arrived
from tracking.columns.points import joined, split
from tracking.columns.summary import Summary, combined, summary_of
from tracking.models import Run
from tracking.queries.stored import StoredSeries, bodies_of, chunk_summaries, stored_series, waiting_of

__all__ = ["Outline", "SeriesLine", "Summary", "outline_of", "series_of", "summaries_of"]


@dataclass(frozen=True, slots=True)
class Outline:
    """What a run has of metrics, with what is not folded yet.

    keys: by name; of very many those with the shortest names, which are rarely those of layers and steps. count: how many there
    are. end_step: None without any. points: all that arrived, also those that a later value replaced.
    """

    keys: list[str]
    count: int
    end_step: int | None
    points: int


@dataclass(frozen=True, slots=True)
class SeriesLine:
    key: str
    summary: Summary


def outline_of(run: Run, most: int, named: Collection[str] = ()) -> Outline:
    """With some `most` of the keys, and those of `named` that the run has. Costs little for a run of 100,000 metrics."""
    shortest = """
        (SELECT key FROM tracking_series WHERE run_id = %s ORDER BY length(key), key LIMIT %s)
        UNION SELECT key FROM tracking_series WHERE run_id = %s AND key = ANY(%s::text[])
    """
    totals = """
        SELECT count(*), count(*) FILTER (WHERE key = ANY(%s::text[])), max(end_step), coalesce(sum(n + superseded), 0)
        FROM tracking_series WHERE run_id = %s
    """
    with one_snapshot():
        fresh, fresh_end, values = groups.outline_of(waiting_of([run.pk]).get(run.pk, []))
        keys = [key for (key,) in rows_of(shortest, [run.pk, most, run.pk, list(named)])]
        [(count, known, end, points)] = rows_of(totals, [list(fresh), run.pk])
    near = sorted(fresh, key=lambda key: (len(key), key))[:most]
    ends = [step for step in (end, fresh_end) if step is not None]
    return Outline(
        keys=sorted({*keys, *near, *fresh.intersection(named)}),
        count=count + len(fresh) - known,
        end_step=max(ends, default=None),
        points=int(points) + values,
    )


def series_of(run: Run) -> list[SeriesLine]:
    """Every series of a run by key, with what is not folded yet."""
    found = summaries_of([run]).get(run.pk, {})
    return [SeriesLine(key, found[key]) for key in sorted(found)]


def summaries_of(runs: Sequence[Run], keys: Collection[str] | None = None) -> dict[int, dict[str, Summary]]:
    """run id -> key -> summary, with what is not folded yet; runs without any of `keys` (None: all) are missing."""
    ids = [run.pk for run in runs]
    found: dict[int, dict[str, Summary]] = {}
    with one_snapshot():
        stored = {(series.run_id, series.key): series for series in stored_series(ids, keys)}
        for (run_id, key), series in stored.items():
            found.setdefault(run_id, {})[key] = series.summary
        for run_id, batches in waiting_of(ids).items():
            for key, new in arrived(batches, keys).items():
                found.setdefault(run_id, {})[key] = _with(stored.get((run_id, key)), new)
    return found


def _with(series: StoredSeries | None, new: Arrived) -> Summary:
    """The summary of a stored series and new points together."""
    fresh = summary_of(new.winners).with_superseded(len(new.superseded))
    if series is None:
        return fresh
    if int(new.winners.steps[0]) > series.summary.end_step:
        return combined(series.summary, fresh)
    return _laid_in(series, new)


def _laid_in(series: StoredSeries, new: Arrived) -> Summary:
    """As a fold would make it: chunks that hold late points are unpacked, the others are taken by their own summaries."""
    chunks = chunk_summaries(series.run_id, [series.no])[series.no]
    spans = [span for span, _ in chunks]
    held = holding(spans, new.winners.steps)
    wanted = [(series.run_id, series.no, spans[i].start) for i in held]
    bodies = [unpack_body(body) for body in bodies_of(wanted).values()]
    points, beaten = split(joined([*bodies, new.winners]))
    parts = [summary for i, (_, summary) in enumerate(chunks) if i not in set(held)]
    bounds = [spans[i] for i in range(len(spans)) if i not in set(held)]
    edges = [0, *points.steps.searchsorted([span.start for span in bounds]).tolist(), len(points)]
    pieces = [points.take(slice(start, end)) for start, end in pairwise(edges)]
    ordered = [summary_of(piece) if len(piece) else None for piece in pieces]
    line = [part for pair in zip(ordered, [*parts, None], strict=True) for part in pair if part is not None]
    superseded = series.summary.superseded + len(new.superseded) + len(beaten)
    return reduce(combined, line).with_superseded(superseded)
