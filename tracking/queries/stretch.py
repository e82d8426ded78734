"""What the store holds of metrics between two steps, no finer than a chart can show.

A stored chunk gives the level of its pyramid that fits. Chunks that the range cuts, or within which unfolded points lie, are
opened: unpacked whole, with those points laid in. Where that would be too many, points are drawn over the level: until they are
folded, a value that one of them replaces is drawn and counted beside it. Call inside one snapshot.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from kit.rows import array_of, rows_of
from tracking.columns.body import steps_and_values, unpack_body
from tracking.columns.chunk import Span, holding
from tracking.columns.groups import arrived
from tracking.columns.marks import MARK, Marks, marks_of
from tracking.columns.points import Floats, Ints, Points, joined, split
from tracking.columns.pyramid import AVERAGED, DRAWN, unpack_levels
from tracking.limits import OPENED_CHUNKS
from tracking.queries.means import Averages, averages_of
from tracking.queries.parts import LEVELS, RAW, Joined, Slice, Wanted, joined_of, places_of, slices_of
from tracking.queries.stored import bodies_of, waiting_of

_PER_PIXEL = 0.75  # buckets; each gives two points
_NO_MARKS = np.zeros(0, dtype=MARK)


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
    """steps and values to draw, by step; `is_whole` when these are all `total` points there are. `marks` by step.

    Over another axis than the step, `steps` are float64 positions there. averages: where asked for and it is not whole.
    """

    steps: Ints | Floats
    values: Floats
    total: int
    is_whole: bool
    bad_total: int
    marks: Marks
    averages: Averages | None = None


def stretches_of(
    run_ids: Sequence[int], keys: Collection[str], width: int, within: Range, *, averaged: bool = False
) -> dict[tuple[int, str], Stretch]:
    """(run id, key) -> its stretch, with one point per pixel or more; runs without a metric are missing there."""
    stored = places_of(run_ids, keys)
    fresh: dict[tuple[int, str], Points] = {}
    for run_id, batches in waiting_of(run_ids).items():
        for key, new in arrived(batches, keys).items():
            fresh[run_id, key] = new.winners.take(within.within(new.winners.steps))
    wanted = _wanted(stored, fresh, width, within)
    near = [one for one in wanted.values() if not one.is_joined or one.near or not within.is_all]
    slices = slices_of(near, within.first, within.last)
    joins = joined_of([one for one in wanted.values() if one.is_joined], within.first, within.last)
    series = {
        what: _Series(
            slices.get(wanted[what].place, []) if what in wanted else [],
            joins.get(wanted[what].place) if what in wanted else None,
            fresh.get(what),
        )
        for what in {**stored, **fresh}
    }
    opened = _opened(series, within)
    bodies = bodies_of(
        [
            (what[0], part.no, part.span.start)
            for what, chosen in opened.items()
            for part in (series[what].slices[i] for i in chosen)
            if part.fan != RAW
        ]
    )
    found = {}
    for (run_id, key), chosen in opened.items():
        parts = series[run_id, key].slices
        open_parts = {i: bodies.get((run_id, parts[i].no, parts[i].span.start), parts[i].data) for i in chosen}
        found[run_id, key] = _stretch(series[run_id, key], open_parts, within, averaged)
    return found


@dataclass(frozen=True, slots=True)
class _Series:
    """What is read of one metric of one run: chunks one by one, chunks joined, and points that are not folded."""

    slices: list[Slice]
    joined: Joined | None
    fresh: Points | None

    def cut(self, within: Range) -> list[int]:
        """Positions of the slices that the range cuts."""
        return [i for i, part in enumerate(self.slices) if within.cuts(part.span)]

    def renewed(self) -> list[int]:
        """Positions of the slices that hold a new point."""
        return [] if self.fresh is None else holding([part.span for part in self.slices], self.fresh.steps)


def _opened(series: Mapping[tuple[int, str], _Series], within: Range) -> dict[tuple[int, str], list[int]]:
    """Positions of the slices to open. Those for a new point alone are bounded: all of a series or none."""
    renewed = {what: one.renewed() for what, one in series.items()}
    room = OPENED_CHUNKS
    found = {}
    for what in sorted(series, key=lambda what: len(renewed[what])):
        one = series[what]
        whole = [i for i in renewed[what] if one.slices[i].fan == RAW]
        fits = len(renewed[what]) - len(whole) <= room
        room -= len(renewed[what]) - len(whole) if fits else 0
        found[what] = sorted({*one.cut(within), *(renewed[what] if fits else whole)})
    return found


def _wanted(
    stored: Mapping[tuple[int, str], tuple[int, int]], fresh: Mapping[tuple[int, str], Points], width: int, within: Range
) -> dict[tuple[int, str], Wanted]:
    """Each series with the coarsest level that still gives more than a point per pixel, by its points in the range."""
    counts: Mapping[tuple[int, int], float] = {(run_id, no): n for (run_id, _), (no, n) in stored.items()}
    if not within.is_all:
        counts = _counts(list(counts), within)
    enough = {fan: _PER_PIXEL * fan * width for fan in LEVELS}
    found = {}
    for (run_id, key), (no, _) in stored.items():
        points = counts.get((run_id, no), 0)
        new = fresh.get((run_id, key))
        near = None if new is None or not len(new) else (int(new.steps[0]), int(new.steps[-1]))
        found[run_id, key] = Wanted(run_id, no, next((fan for fan in enough if points >= enough[fan]), RAW), near)
    return found


def _counts(places: Sequence[tuple[int, int]], within: Range) -> dict[tuple[int, int], float]:
    """(run id, series no) -> about how many points are in the range: a chunk that it cuts counts by the part inside."""
    sql = """
        SELECT run_id, series_no, sum(n * ((least(end_step, %s::bigint)::float8 - greatest(start_step, %s::bigint)::float8 + 1)
                                           / (end_step::float8 - start_step::float8 + 1)))
        FROM unnest(%s::bigint[], %s::int[]) AS wanted (run_id, series_no) JOIN tracking_chunk USING (run_id, series_no)
        WHERE end_step >= %s AND start_step <= %s GROUP BY run_id, series_no
    """
    arrays = [array_of(run_id for run_id, _ in places), array_of(no for _, no in places)]
    rows = rows_of(sql, [within.last, within.first, *arrays, within.first, within.last])
    return {(run_id, no): count for run_id, no, count in rows}


def _stretch(series: _Series, opened: dict[int, bytes], within: Range, averaged: bool) -> Stretch:
    closed = [part for i, part in enumerate(series.slices) if i not in opened]
    joined = series.joined
    exact, free = _laid_in([(series.slices[i].span, body) for i, body in opened.items()], series.fresh, within)
    level = [part for part in closed if part.fan != RAW]
    points = [steps_and_values(part.data) for part in closed if part.fan == RAW]
    points += [(some.steps, some.values) for some in (*exact, *free)]
    names = AVERAGED if averaged else DRAWN
    buckets = [joined.buckets] if joined else []
    if level:
        buckets.append(unpack_levels([part.data for part in level], level[0].fan, names))
    drawn = list(map(_spread, buckets))
    steps, values = by_step([*points, *drawn, _ends(level, joined, drawn)] if drawn else points)
    return Stretch(
        steps=steps,
        values=values,
        total=sum(part.span.n for part in closed) + sum(map(len, (*exact, *free))) + (joined.n if joined else 0),
        is_whole=not drawn,
        bad_total=sum(part.bad for part in closed) + sum(map(_bad, (*exact, *free))) + (joined.bad if joined else 0),
        marks=_marks(closed, joined, exact, free),
        averages=averages_of(buckets, points) if averaged and drawn else None,
    )


def by_step(columns: Sequence[tuple[Ints, Floats]]) -> tuple[Ints, Floats]:
    """Columns of steps and values as one, in the order of steps."""
    if len(columns) == 1:
        return columns[0]
    if not columns:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    steps = np.concatenate([steps for steps, _ in columns])
    order = np.argsort(steps, kind="stable")
    return steps[order], np.concatenate([values for _, values in columns])[order]


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


def _spread(buckets: Mapping[str, npt.NDArray[Any]]) -> tuple[Ints, Floats]:
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


def _ends(level: list[Slice], joined: Joined | None, drawn: list[tuple[Ints, Floats]]) -> tuple[Ints, Floats]:
    """The first and the last point of the chunks drawn by their levels, so that a line reaches its ends, where not drawn."""
    firsts = [part.first for part in level if part.first is not None] + (joined.ends[:1] if joined else [])
    lasts = [part.last for part in level if part.last is not None] + (joined.ends[1:] if joined else [])
    outermost = [min(firsts, key=itemgetter(0)), max(lasts, key=itemgetter(0))] if firsts else []
    missing = [(x, y) for x, y in outermost if not any(np.any((steps == x) & (values == y)) for steps, values in drawn)]
    return np.array([step for step, _ in missing], dtype=np.int64), np.array([value for _, value in missing], dtype=np.float64)


def _bad(points: Points) -> int:
    return len(points) - int(np.isfinite(points.values).sum())


def _marks(closed: list[Slice], joined: Joined | None, exact: list[Points], free: list[Points]) -> Marks:
    """All marks by step. Where no finite value of its own chunk comes before one, the nearest before it elsewhere is taken."""
    loose = [marks_of(points.steps, points.values) for points in free]
    for marks in loose:
        marks["has_last"] = 0  # a stored point may lie between
    found = [np.frombuffer(part.marks, dtype=MARK) for part in closed if part.marks] + ([joined.marks] if joined else [])
    found += [marks_of(points.steps, points.values) for points in exact] + loose
    if not any(map(len, found)):
        return _NO_MARKS
    marks = np.concatenate(found)
    marks = marks[np.argsort(marks["step"], kind="stable")]
    open_ = np.flatnonzero(marks["has_last"] == 0)
    if len(open_):
        steps, values = _anchors(closed, joined, exact, free)
        before = np.searchsorted(steps, marks["step"][open_], side="left") - 1
        has = before >= 0
        marks["has_last"][open_] = has
        marks["last_step"][open_[has]] = steps[before[has]]
        marks["last"][open_[has]] = values[before[has]]
    return marks


def _anchors(closed: list[Slice], joined: Joined | None, exact: list[Points], free: list[Points]) -> tuple[Ints, Floats]:
    """Finite points of which one may be the last before a mark: the last of each chunk, and all that are in none."""
    ends = [part.last for part in closed if part.last is not None]
    columns = [(np.array([step for step, _ in ends], dtype=np.int64), np.array([value for _, value in ends], dtype=np.float64))]
    columns += [joined.lasts] if joined else []
    for points in (*exact, *free):
        finite = np.isfinite(points.values)
        columns.append((points.steps[finite], points.values[finite]))
    return by_step(columns)
