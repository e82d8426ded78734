"""A curve costs what its pixels cost: the level of the pyramid that fits the width, with what is not folded yet, thinned.

Extremes are kept at their exact steps, NaN and infinities are marked, and the curve says whether it is a sample (promise D6).
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kit.rows import one_snapshot
from tracking.columns.marks import KINDS, MARK
from tracking.columns.points import Floats, Ints
from tracking.limits import MARKS_SHOWN
from tracking.models import Run
from tracking.queries.axis import Placed, placed_of
from tracking.queries.means import Cells, averages_of, cells_of, means_over
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
    have no position on the axis, and are not in total. means: one for each of `cells`, which all curves of a metric share.
    """

    steps: Ints | Floats
    values: Floats
    total: int
    sampled: int
    bad_total: int
    bad: tuple[Mark, ...]
    unplaced: int = 0
    cells: Cells | None = None
    means: Floats | None = None


def curve_of(run: Run, key: str, *, width: int = 1000, first: int | None = None, last: int | None = None) -> Curve | None:
    """The curve of one series, some `width` pixels wide, from step `first` to `last`; None when there is no such series."""
    return curves_of([run.pk], [key], width=width, first=first, last=last).get((run.pk, key))


def curves_of(
    run_ids: Sequence[int],
    keys: Collection[str],
    *,
    width: int = 1000,
    first: int | None = None,
    last: int | None = None,
    averaged: bool = False,
) -> dict[tuple[int, str], Curve]:
    """(run id, key) -> its curve, in as many statements for all as for one; where a run has no such series it is missing.

    averaged: with means, for metrics of which some curve is a sample.
    """
    within = Range(Range().first if first is None else first, Range().last if last is None else last)
    with one_snapshot():
        stretches = stretches_of(run_ids, keys, width, within, averaged=averaged)
    return _curves(stretches, width, averaged)


def curves_over(
    axis: str,
    run_ids: Sequence[int],
    keys: Collection[str],
    *,
    width: int,
    within: tuple[float, float] = (-math.inf, math.inf),
    averaged: bool = False,
) -> dict[tuple[int, str], Curve]:
    """(run id, key) -> its curve over another axis than the step, of what lies `within` there. Raises TooManyPoints."""
    with one_snapshot():
        series = placed_of(run_ids, keys, axis)
    stretches = {what: _within(placed, *within) for what, placed in series.items()}
    return {
        what: replace(curve, bad=_marked(stretches[what]), unplaced=series[what].unplaced)
        for what, curve in _curves(stretches, width, averaged).items()
    }


def _curves(stretches: Mapping[tuple[int, str], Stretch], width: int, averaged: bool) -> dict[tuple[int, str], Curve]:
    curves = {what: _drawn(stretch, width) for what, stretch in stretches.items()}
    for key in {key for _, key in stretches} if averaged else ():
        of_key = {what: stretch for what, stretch in stretches.items() if what[1] == key}
        sampled = [what for what, stretch in of_key.items() if not stretch.is_whole or len(stretch.steps) > 2 * width]
        if sampled:
            averages = {what: one.averages or averages_of([], [(one.steps, one.values)]) for what, one in of_key.items()}
            ends = [float(one.steps[end]) for one in of_key.values() if len(one.steps) for end in (0, -1)]
            cells = cells_of(min(ends), max(ends), [averages[what] for what in sampled], width)
            curves |= {what: replace(curves[what], cells=cells, means=means_over(cells, averages[what])) for what in of_key}
    return curves


def _within(placed: Placed, first: float, last: float) -> Stretch:
    inside = slice(int(np.searchsorted(placed.x, first, "left")), int(np.searchsorted(placed.x, last, "right")))
    x, values = placed.x[inside], placed.values[inside]
    return Stretch(x, values, len(x), is_whole=True, bad_total=int((~np.isfinite(values)).sum()), marks=_NO_MARKS)


def _marked(stretch: Stretch) -> tuple[Mark, ...]:
    x, values = stretch.steps, stretch.values
    bad = ~np.isfinite(values)
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
