"""Summaries of series, folded or not: what tables and the run page show."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from kit.rows import one_snapshot
from tracking.columns.body import unpack_body
from tracking.columns.chunk import holding
from tracking.columns.groups import Arrived, arrived
from tracking.columns.points import joined, split
from tracking.columns.summary import Summary, combined, summary_of
from tracking.models import Run
from tracking.queries.stored import StoredSeries, bodies_of, chunk_summaries, stored_series, waiting_of

__all__ = ["SeriesLine", "Summary", "series_of", "summaries_of"]


@dataclass(frozen=True, slots=True)
class SeriesLine:
    key: str
    summary: Summary


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
