"""What the store holds of one metric between two steps, no finer than a chart can show.

A stored chunk gives the level of its pyramid that fits. Chunks that the range cuts, or within which unfolded points lie, are
opened: unpacked whole, with those points laid in. Call inside one snapshot.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kit.rows import rows_of
from tracking.columns.body import steps_and_values, unpack_body
from tracking.columns.chunk import Span, holding
from tracking.columns.groups import arrived
from tracking.columns.marks import MARK, Marks, marks_of
from tracking.columns.points import Floats, Ints, Points, joined, split
from tracking.columns.pyramid import FANS, unpack_levels
from tracking.queries.stored import StoredSeries, bodies_of, stored_series, waiting_of

_RAW = 1
_PER_PIXEL = 0.75  # buckets; each gives two points
_DRAWN = ("step", "vmin", "vmin_step", "vmax", "vmax_step")


@dataclass(frozen=True, slots=True)
class Range:
    """Steps from `first` to `last`, both included."""

    first: int = -(2**63)
    last: int = 2**63 - 1

    @property
    def is_all(self) -> bool:
        return self == Range()

    def cuts(self, span: Span) -> bool:
        return span.start < self.first or span.end > self.last

    def within(self, steps: Ints) -> slice:
        """Where sorted `steps` lie in the range."""
        return slice(int(np.searchsorted(steps, self.first, "left")), int(np.searchsorted(steps, self.last, "right")))


@dataclass(frozen=True, slots=True)
class Stretch:
    """steps and values to draw, by step; `is_whole` when these are all `total` points there are. `marks` by step."""

    steps: Ints
    values: Floats
    total: int
    is_whole: bool
    bad_total: int
    marks: Marks


@dataclass(frozen=True, slots=True)
class _Slice:
    """A stored chunk as read: `data` is its body where `fan` is 1, else that level. first and last are of finite values."""

    no: int
    span: Span
    bad: int
    first: tuple[int, float] | None
    last: tuple[int, float] | None
    marks: bytes
    fan: int
    data: bytes


def stretches_of(run_ids: Sequence[int], key: str, width: int, within: Range) -> dict[int, Stretch]:
    """run id -> its stretch of the metric `key`, with one point per pixel or more; runs without the series are missing."""
    stored = {series.run_id: series for series in stored_series(run_ids, [key])}
    fresh: dict[int, Points] = {}
    for run_id, batches in waiting_of(run_ids).items():
        if (new := arrived(batches, {key}).get(key)) is not None:
            fresh[run_id] = new.winners.take(within.within(new.winners.steps))
    slices = _slices(_fans(list(stored.values()), width, within), within)
    opened = {run_id: _to_open(slices.get(run_id, []), fresh.get(run_id), within) for run_id in {*stored, *fresh}}
    bodies = bodies_of(
        [
            (run_id, part.no, part.span.start)
            for run_id, chosen in opened.items()
            for part in (slices[run_id][i] for i in chosen)
            if part.fan != _RAW
        ]
    )
    found = {}
    for run_id, chosen in opened.items():
        parts = slices.get(run_id, [])
        open_parts = {i: bodies.get((run_id, parts[i].no, parts[i].span.start), parts[i].data) for i in chosen}
        found[run_id] = _stretch(parts, open_parts, fresh.get(run_id), within)
    return found


def _fans(stored: list[StoredSeries], width: int, within: Range) -> list[tuple[StoredSeries, int]]:
    """Each series with the coarsest level that still gives more than a point per pixel, by its points in the range."""
    counts = {series.run_id: float(series.summary.n) for series in stored}
    if not within.is_all:
        counts = _counts(stored, within)
    enough = {fan: _PER_PIXEL * fan * width for fan in reversed(FANS)}
    return [(series, next((fan for fan in enough if counts.get(series.run_id, 0) >= enough[fan]), _RAW)) for series in stored]


def _counts(stored: list[StoredSeries], within: Range) -> dict[int, float]:
    """run id -> about how many points lie in the range: chunks at its edges count by how much of them it covers."""
    sql = """
        SELECT run_id, sum(n * ((least(end_step, %s::bigint)::float8 - greatest(start_step, %s::bigint)::float8 + 1)
                                / (end_step::float8 - start_step::float8 + 1)))
        FROM unnest(%s::bigint[], %s::int[]) AS wanted (run_id, series_no) JOIN tracking_chunk USING (run_id, series_no)
        WHERE end_step >= %s AND start_step <= %s GROUP BY run_id
    """
    series = [[one.run_id for one in stored], [one.no for one in stored]]
    return dict(rows_of(sql, [within.last, within.first, *series, within.first, within.last]))


def _slices(wanted: list[tuple[StoredSeries, int]], within: Range) -> dict[int, list[_Slice]]:
    sql = """
        SELECT run_id, series_no, start_step, end_step, n, bad, first_step, first, last_step, last, marks, fan,
               CASE fan WHEN 1 THEN body WHEN 16 THEN l16 WHEN 128 THEN l128 ELSE l1024 END
        FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS wanted (run_id, series_no, fan)
        JOIN tracking_chunk USING (run_id, series_no)
        WHERE end_step >= %s AND start_step <= %s ORDER BY run_id, start_step
    """
    arrays = [[series.run_id for series, _ in wanted], [series.no for series, _ in wanted], [fan for _, fan in wanted]]
    found: dict[int, list[_Slice]] = {}
    rows = rows_of(sql, [*arrays, within.first, within.last]) if wanted else []
    for run_id, no, start, end, n, bad, first_step, first, last_step, last, marks, fan, data in rows:
        head = None if first_step is None else (first_step, first)
        tail = None if last_step is None else (last_step, last)
        found.setdefault(run_id, []).append(_Slice(no, Span(start, end, n), bad, head, tail, marks, fan, data))
    return found


def _to_open(parts: list[_Slice], fresh: Points | None, within: Range) -> list[int]:
    cut = {i for i, part in enumerate(parts) if within.cuts(part.span)}
    return sorted(cut.union(holding([part.span for part in parts], fresh.steps) if fresh is not None else []))


def _stretch(parts: list[_Slice], opened: dict[int, bytes], fresh: Points | None, within: Range) -> Stretch:
    closed = [part for i, part in enumerate(parts) if i not in opened]
    exact, free = _laid_in([(parts[i].span, body) for i, body in opened.items()], fresh, within)
    level = [part for part in closed if part.fan != _RAW]
    columns = [steps_and_values(part.data) for part in closed if part.fan == _RAW]
    columns += [(points.steps, points.values) for points in (*exact, *free)]
    if level:
        drawn = _spread(unpack_levels([part.data for part in level], level[0].fan, _DRAWN))
        columns += [drawn, _ends(level, drawn)]
    steps = np.concatenate([steps for steps, _ in columns]) if columns else np.zeros(0, dtype=np.int64)
    values = np.concatenate([values for _, values in columns]) if columns else np.zeros(0)
    if len(columns) > 1:
        order = np.argsort(steps, kind="stable")
        steps, values = steps[order], values[order]
    return Stretch(
        steps=steps,
        values=values,
        total=sum(part.span.n for part in closed) + sum(map(len, (*exact, *free))),
        is_whole=not level,
        bad_total=sum(part.bad for part in closed) + sum(_bad(points) for points in (*exact, *free)),
        marks=_marks(closed, exact, free),
    )


def _laid_in(opened: list[tuple[Span, bytes]], fresh: Points | None, within: Range) -> tuple[list[Points], list[Points]]:
    """(opened chunks with the new points within their steps, new points that lie in no chunk), clipped to the range."""
    free = None if fresh is None else np.ones(len(fresh), dtype=bool)
    exact: list[Points] = []
    for span, body in opened:
        points = unpack_body(body)
        if fresh is not None and free is not None:
            inside = Range(span.start, span.end).within(fresh.steps)
            free[inside] = False
            points, _ = split(joined([points, fresh.take(inside)]))
        exact.append(points.take(within.within(points.steps)))
    return exact, [] if fresh is None or free is None else [fresh.take(free)]


def _spread(buckets: dict[str, Ints | Floats]) -> tuple[Ints, Floats]:
    """Two points for each bucket, its extremes, by step; one where they are the same; a break where nothing is finite."""
    low_first = buckets["vmin_step"] <= buckets["vmax_step"]
    pairs = [("vmin", "vmax"), ("vmin_step", "vmax_step")]
    values, steps = (
        np.stack([np.where(low_first, buckets[low], buckets[high]), np.where(low_first, buckets[high], buckets[low])], axis=1)
        for low, high in pairs
    )
    empty = np.isnan(buckets["vmin"])
    steps[empty, 0] = buckets["step"][empty]
    keep = np.ones(steps.shape, dtype=bool)
    keep[:, 1] = ~empty & (buckets["vmin_step"] != buckets["vmax_step"])
    return steps[keep], values[keep]


def _ends(level: list[_Slice], drawn: tuple[Ints, Floats]) -> tuple[Ints, Floats]:
    """The first and the last point of the chunks drawn by their levels, so that a line reaches its ends, where not drawn."""
    firsts = [part.first for part in level if part.first is not None][:1]
    lasts = [part.last for part in level if part.last is not None][-1:]
    steps, values = drawn
    ends = [(step, value) for step, value in firsts + lasts if not np.any((steps == step) & (values == value))]
    return np.array([step for step, _ in ends], dtype=np.int64), np.array([value for _, value in ends], dtype=np.float64)


def _bad(points: Points) -> int:
    return len(points) - int(np.isfinite(points.values).sum())


def _marks(closed: list[_Slice], exact: list[Points], free: list[Points]) -> Marks:
    """All marks by step. Where no finite value of its own chunk comes before one, the nearest before it elsewhere is taken."""
    loose = [marks_of(points.steps, points.values) for points in free]
    for marks in loose:
        marks["has_last"] = 0  # a stored point may lie between
    found = [np.frombuffer(part.marks, dtype=MARK) for part in closed if part.marks]
    found += [marks_of(points.steps, points.values) for points in exact] + loose
    marks = np.concatenate(found) if found else np.zeros(0, dtype=MARK)
    marks = marks[np.argsort(marks["step"], kind="stable")]
    open_ = np.flatnonzero(marks["has_last"] == 0)
    if len(open_):
        steps, values = _anchors(closed, exact, free)
        before = np.searchsorted(steps, marks["step"][open_], side="left") - 1
        has = before >= 0
        marks["has_last"][open_] = has
        marks["last_step"][open_[has]] = steps[before[has]]
        marks["last"][open_[has]] = values[before[has]]
    return marks


def _anchors(closed: list[_Slice], exact: list[Points], free: list[Points]) -> tuple[Ints, Floats]:
    """Finite points of which one may be the last before a mark: the last of each chunk, and all that are in none."""
    ends = [part.last for part in closed if part.last is not None]
    steps = [np.array([step for step, _ in ends], dtype=np.int64)]
    values = [np.array([value for _, value in ends], dtype=np.float64)]
    for points in (*exact, *free):
        finite = np.isfinite(points.values)
        steps.append(points.steps[finite])
        values.append(points.values[finite])
    all_steps = np.concatenate(steps)
    order = np.argsort(all_steps, kind="stable")
    return all_steps[order], np.concatenate(values)[order]
