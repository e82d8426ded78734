"""A curve costs what its pixels cost: the level of the pyramid that fits the width, with what is not folded yet, thinned.

Extremes are kept at their exact steps, NaN and infinities are marked, and the curve says whether it is a sample (promise D6).
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kit.rows import one_snapshot
from tracking.columns.marks import KINDS, MARK
from tracking.columns.points import Floats, Ints
from tracking.limits import MARKS_SHOWN
from tracking.models import Run
from tracking.queries.axis import Placed, placed_of
from tracking.queries.stretch import Range, Stretch, stretches_of

_NO_MARKS = np.zeros(0, dtype=MARK)


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that cannot be drawn: "nan", "inf" or "-inf" at `step`, and the last finite (step, value) before it, if any.

    Of a curve over another axis these are positions there, and float.
    """

    step: float
    kind: str
    last: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Curve:
    """What to draw of one series: `steps` int64 and `values` float64 of one length, by step. A NaN breaks the line.

    Over another axis `steps` are float64 positions there. total: points in the range asked for; sampled: 1 when every one is
    here, else k for one in k. bad_total counts NaN and infinities in the range, `bad` holds the first 20. unplaced: points that
    have no position on the axis, and are not in total.
    """

    steps: Ints | Floats
    values: Floats
    total: int
    sampled: int
    bad_total: int
    bad: tuple[Mark, ...]
    unplaced: int = 0


def curve_of(run: Run, key: str, *, width: int = 1000, first: int | None = None, last: int | None = None) -> Curve | None:
    """The curve of one series, some `width` pixels wide, from step `first` to `last`; None when there is no such series."""
    return curves_of([run.pk], [key], width=width, first=first, last=last).get((run.pk, key))


def curves_of(
    run_ids: Sequence[int], keys: Collection[str], *, width: int = 1000, first: int | None = None, last: int | None = None
) -> dict[tuple[int, str], Curve]:
    """(run id, key) -> its curve, in as many statements for all as for one; where a run has no such series it is missing."""
    within = Range(Range().first if first is None else first, Range().last if last is None else last)
    with one_snapshot():
        stretches = stretches_of(run_ids, keys, width, within)
    return {what: _drawn(stretch, width) for what, stretch in stretches.items()}


def curves_over(
    axis: str, run_ids: Sequence[int], keys: Collection[str], *, width: int, first: float | None, last: float | None
) -> dict[tuple[int, str], Curve]:
    """(run id, key) -> its curve over another axis than the step, from `first` to `last` there. Raises TooManyPoints."""
    low, high = -math.inf if first is None else first, math.inf if last is None else last
    with one_snapshot():
        series = placed_of(run_ids, keys, axis)
    return {what: _within(placed, low, high, width) for what, placed in series.items()}


def _within(placed: Placed, first: float, last: float, width: int) -> Curve:
    inside = slice(int(np.searchsorted(placed.x, first, "left")), int(np.searchsorted(placed.x, last, "right")))
    x, values = placed.x[inside], placed.values[inside]
    bad = ~np.isfinite(values)
    stretch = Stretch(x, values, len(x), is_whole=True, bad_total=int(bad.sum()), marks=_NO_MARKS)
    drawn = _drawn(stretch, width)
    return replace(drawn, bad=_marked(x, values, bad), unplaced=placed.unplaced)


def _marked(x: Floats, values: Floats, bad: npt.NDArray[np.bool_]) -> tuple[Mark, ...]:
    good = np.flatnonzero(~bad)
    found = []
    for at in np.flatnonzero(bad)[:MARKS_SHOWN].tolist():
        before = int(np.searchsorted(good, at)) - 1
        last = (float(x[good[before]]), float(values[good[before]])) if before >= 0 else None
        kind = "nan" if math.isnan(values[at]) else "inf" if values[at] > 0 else "-inf"
        found.append(Mark(float(x[at]), kind, last))
    return tuple(found)


def _drawn(stretch: Stretch, width: int) -> Curve:
    steps, values = stretch.steps, stretch.values
    if stretch.bad_total or len(steps) > 2 * width:
        steps, values = thinned(steps, values, width)
    return Curve(
        steps=steps,
        values=values,
        total=stretch.total,
        sampled=1 if stretch.is_whole and len(steps) == len(stretch.steps) else _share(stretch, values),
        bad_total=stretch.bad_total,
        bad=tuple(_mark(row) for row in stretch.marks[:MARKS_SHOWN]),
    )


def _share(stretch: Stretch, values: Floats) -> int:
    """k where one in k finite points is drawn: at least 2, as it is a sample."""
    drawn = int(np.isfinite(values).sum())
    return max(2, -(-max(stretch.total - stretch.bad_total, 0) // max(drawn, 1)))


def thinned(steps: Ints | Floats, values: Floats, width: int) -> tuple[Ints | Floats, Floats]:
    """At most some two points per pixel: the smallest and largest of each stretch, the first and the last, and breaks."""
    bad = ~np.isfinite(values)
    values = np.where(bad, np.nan, values)
    if bad.any():  # of neighbouring breaks one is enough
        repeated = np.zeros(len(bad), dtype=bool)
        repeated[1:] = bad[1:] & bad[:-1]
        steps, values, bad = steps[~repeated], values[~repeated], bad[~repeated]
    if len(steps) <= 2 * width:
        return steps, values
    good, breaks = np.flatnonzero(~bad), np.flatnonzero(bad)
    if len(good) > 2 * width:
        good = good[extremes_by_pixel(steps[good], values[good], width)]
    if len(breaks) > width:
        breaks = breaks[:: -(-len(breaks) // width)]
    kept = np.sort(np.concatenate([good, breaks]))
    return steps[kept], values[kept]


def extremes_by_pixel(steps: Ints | Floats, values: Floats, width: int) -> Ints:
    """Positions, in order, of the smallest and largest value of each of `width` equal stretches of x, the first and the last.

    For steps in order and finite values. (tsdownsample does this faster, and panics on a gap wider than a pixel.)
    """
    x = steps.astype(np.float64)
    edges = np.linspace(x[0] / 2, x[-1] / 2, width, endpoint=False) * 2  # halves: what a metric spans may pass float64
    edges[0] = x[0]
    starts = _firsts(np.searchsorted(x, edges))
    stretch = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(x))))
    chosen = [np.array([0, len(x) - 1])]
    for extreme in (np.minimum, np.maximum):
        hits = np.flatnonzero(values == extreme.reduceat(values, starts)[stretch])
        chosen.append(hits[np.append(True, stretch[hits][1:] != stretch[hits][:-1])])
    return _firsts(np.sort(np.concatenate(chosen)))


def _firsts(ordered: Ints) -> Ints:
    """Each of the sorted numbers once."""
    found: Ints = ordered[np.append(True, ordered[1:] != ordered[:-1])]
    return found


def _mark(row: np.void) -> Mark:
    last = (int(row["last_step"]), float(row["last"])) if row["has_last"] else None
    return Mark(int(row["step"]), KINDS[row["kind"]], last)
