"""A curve costs what its pixels cost: the level of the pyramid that fits the width, with what is not folded yet, thinned.

Extremes are kept at their exact steps, NaN and infinities are marked, and the curve says whether it is a sample (promise D6).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from kit.rows import one_snapshot
from tracking.columns.marks import KINDS
from tracking.columns.points import Floats, Ints
from tracking.limits import MARKS_SHOWN
from tracking.models import Run
from tracking.queries.stretch import Range, Stretch, stretches_of


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that cannot be drawn: "nan", "inf" or "-inf" at `step`, and the last finite (step, value) before it, if any."""

    step: int
    kind: str
    last: tuple[int, float] | None


@dataclass(frozen=True, slots=True)
class Curve:
    """What to draw of one series: `steps` int64 and `values` float64 of one length, by step. A NaN breaks the line.

    total: points in the range asked for; sampled: 1 when every one is here, else k for one in k. bad_total counts NaN and
    infinities in the range, `bad` holds the first 20.
    """

    steps: Ints
    values: Floats
    total: int
    sampled: int
    bad_total: int
    bad: tuple[Mark, ...]


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


def thinned(steps: Ints, values: Floats, width: int) -> tuple[Ints, Floats]:
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


def extremes_by_pixel(steps: Ints, values: Floats, width: int) -> Ints:
    """Positions, in order, of the smallest and largest value of each of `width` equal stretches of x, the first and the last.

    For steps in order and finite values. (tsdownsample does this faster, and panics on a gap wider than a pixel.)
    """
    x = steps.astype(np.float64)
    starts = _firsts(np.searchsorted(x, np.linspace(x[0], x[-1], width + 1)[:-1]))
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
