"""Means of curves that are compared: each run's mean over cells of x that all runs of a chart share.

A sampled curve draws extremes, and of those no mean or spread can be taken: of noise with sd 1 they have 1.9 at 10^5 points and
1,000 pixels. So a group's mean and band come from here, where every finite point counts once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tracking.columns.points import Floats, Ints


@dataclass(frozen=True, slots=True)
class Averages:
    """Of one run, in no order: from `x` on it has `counts` finite points with the mean `values`. A count of 0 is a break."""

    x: Ints | Floats
    values: Floats
    counts: Ints

    @property
    def grain(self) -> tuple[float, float]:
        """(where the first of its buckets begins, how far they are apart); of its points where it has no bucket."""
        of_buckets = self.counts > 1
        starts = np.sort(self.x[of_buckets] if of_buckets.any() else self.x, kind="stable")
        if len(starts) < 2:
            return (float(starts[0]) if len(starts) else 0.0), 0.0
        with np.errstate(over="ignore"):
            apart = float(np.sort(np.diff(starts.astype(np.float64)))[len(starts) // 2 - 1])  # half of them are no wider
        return float(starts[0]), apart if apart < np.inf else 0.0


@dataclass(frozen=True, slots=True)
class Cells:
    """`count` stretches of x, side by side from `start` on, each `width` long; what is drawn lies from `first` to `last`."""

    start: float
    width: float
    count: int
    first: float
    last: float

    @property
    def middles(self) -> Floats:
        halves = self.start / 2 + (np.arange(self.count) + 0.5) * (self.width / 2)  # what a metric spans may pass float64
        found: Floats = np.clip(halves, self.first / 2, self.last / 2) * 2
        return found

    def holding(self, x: Ints | Floats) -> Ints:
        """The number of the cell that each place is in."""
        places = (x / 2 - self.start / 2) / (self.width / 2)
        found: Ints = np.clip(np.floor(places), 0, self.count - 1).astype(np.int64)
        return found


def averages_of(buckets: Sequence[Mapping[str, npt.NDArray[Any]]], points: Sequence[tuple[Ints | Floats, Floats]]) -> Averages:
    """What buckets of a pyramid and single points come to."""
    parts = [_of_buckets(some) for some in buckets] + [_of_points(x, values) for x, values in points]
    if len(parts) == 1:
        return parts[0]
    return Averages(
        np.concatenate([part.x for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.counts for part in parts]),
    )


def _of_buckets(buckets: Mapping[str, npt.NDArray[Any]]) -> Averages:
    # A level's sum is float32, so a mean is right to 6e-8 of its size: this shows only where all that a curve does is less than
    # some 1e-5 of what it is. There, as where the sum overflowed, it stays at least between the extremes, which are exact.
    counts = buckets["n"].astype(np.int64)
    means = buckets["sum"] / np.maximum(counts, 1).astype(np.float64)
    means = np.where(counts > 0, np.clip(means, buckets["vmin"], buckets["vmax"]), 0.0)
    return Averages(buckets["step"], means, counts)


def _of_points(x: Ints | Floats, values: Floats) -> Averages:
    finite = np.isfinite(values)
    return Averages(x, np.where(finite, values, 0.0), finite.astype(np.int64))


def cells_of(first: float, last: float, sampled: Sequence[Averages], width: int) -> Cells:
    """Cells for a chart of what lies from `first` to `last`, at most some width / 2: a curve has 3/4 bucket per pixel or more.

    A cell is a whole number of the widest buckets, and begins where one does: so each holds as many points as the next, else
    the band would widen and narrow with their number. Runs that logged alike have their buckets at the same steps.
    """
    anchor, grain = max((run.grain for run in sampled), key=lambda grain: grain[1])
    most = max(width // 2, 1)
    wide = (last / 2 - first / 2) / most * 2
    if grain > 0:
        wide = grain * max(np.ceil(wide / grain), 1.0)
        first = min(first, anchor - grain * np.ceil((anchor - first) / grain))
    if not 0 < wide < np.inf:  # one place, or a span at the ends of float64
        return Cells(first, 1.0, 1, first, last)
    return Cells(first, wide, int((last / 2 - first / 2) // (wide / 2)) + 1, first, last)


def means_over(cells: Cells, run: Averages) -> Floats:
    """A run's mean in each of the cells, NaN before its first and after its last, and where it has only NaN and infinities.

    A cell that it skips has what a line between its neighbours has. The first and last that it reaches may be begun and not
    full: one with less than half the points of its neighbour is averaged with it, else every band would flare at its ends.
    """
    if not len(run.x):
        return np.full(cells.count, np.nan)
    at = cells.holding(run.x)
    counts = np.bincount(at, run.counts, cells.count)
    shares = run.counts / np.maximum(counts[at], 1)  # a sum of values may overflow where their mean does not
    means = np.bincount(at, run.values * shares, cells.count)
    means[counts == 0] = np.nan
    held = np.flatnonzero(np.bincount(at, minlength=cells.count))
    if len(held) > 1:
        for end, beside in (held[:2], held[:-3:-1]):
            if 0 < counts[end] < counts[beside] / 2:
                share = counts[end] / (counts[end] + counts[beside])
                means[end] = share * means[end] + (1 - share) * means[beside]
    with np.errstate(over="ignore", invalid="ignore"):
        found: Floats = np.interp(np.arange(cells.count), held, means[held], left=np.nan, right=np.nan)
    return found
