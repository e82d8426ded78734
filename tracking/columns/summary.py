"""What a set of points comes to. Depends on the set only, never on the order of arrival."""

from dataclasses import dataclass, replace

import numpy as np

from tracking.columns.exact import expansion_of_few, expansion_of_sum, mean_of, total_of
from tracking.columns.points import Points


@dataclass(frozen=True, slots=True)
class Summary:
    """n winning points, of which `bad` are NaN or infinite; everything else is of the finite ones, None when there are none.

    first and last go by step: of several writers' values there, first is the earliest, last the latest by their clocks.
    Of equal extremes the lowest step counts. `sum` is an exact expansion, see tracking.columns.exact.
    """

    n: int
    bad: int
    end_step: int
    first_step: int | None
    first: float | None
    last_step: int | None
    last: float | None
    vmin: float | None
    vmin_step: int | None
    vmax: float | None
    vmax_step: int | None
    sum: tuple[float, ...]
    superseded: int = 0

    @property
    def finite(self) -> int:
        return self.n - self.bad

    @property
    def mean(self) -> float | None:
        return mean_of(total_of(self.sum), self.finite) if self.finite else None

    def with_superseded(self, count: int) -> "Summary":
        return replace(self, superseded=count)

    def reading(self, aggregate: str) -> float | None:
        """ "min", "max", "last", "first" or "mean"."""
        return {"min": self.vmin, "max": self.vmax, "last": self.last, "first": self.first, "mean": self.mean}[aggregate]


def summary_of(points: Points) -> Summary:
    """The summary of at least one winning point, in order of step."""
    finite = np.isfinite(points.values)
    n, end_step = len(points), int(points.steps[-1])
    good = points if finite.all() else points.take(finite)
    if not len(good):
        return Summary(n, n, end_step, None, None, None, None, None, None, None, None, sum=())
    low, high = int(good.values.argmin()), int(good.values.argmax())
    first, last = _first(good), _last(good)
    return Summary(
        n=n,
        bad=n - len(good),
        end_step=end_step,
        first_step=int(good.steps[first]),
        first=float(good.values[first]),
        last_step=int(good.steps[last]),
        last=float(good.values[last]),
        vmin=float(good.values[low]),
        vmin_step=int(good.steps[low]),
        vmax=float(good.values[high]),
        vmax_step=int(good.steps[high]),
        sum=expansion_of_sum(good.values),
    )


def combined(earlier: Summary, later: Summary) -> Summary:
    """The summary of two sets of points; every step of `later` is greater than every step of `earlier`."""
    n, bad = earlier.n + later.n, earlier.bad + later.bad
    superseded = earlier.superseded + later.superseded
    head = earlier if earlier.finite else later
    tail = later if later.finite else earlier
    low = tail if _beats(tail.vmin, head.vmin, 1) else head
    high = tail if _beats(tail.vmax, head.vmax, -1) else head
    return Summary(
        n=n,
        bad=bad,
        end_step=later.end_step,
        first_step=head.first_step,
        first=head.first,
        last_step=tail.last_step,
        last=tail.last,
        vmin=low.vmin,
        vmin_step=low.vmin_step,
        vmax=high.vmax,
        vmax_step=high.vmax_step,
        sum=expansion_of_few(earlier.sum + later.sum),
        superseded=superseded,
    )


def _beats(new: float | None, old: float | None, sign: int) -> bool:
    return new is not None and old is not None and sign * new < sign * old


def _first(good: Points) -> int:
    """Position of the earliest of the values at the lowest step."""
    same = int(np.searchsorted(good.steps, good.steps[0], side="right"))
    return 0 if same == 1 else int(np.lexsort((good.writers[:same], good.times[:same]))[0])


def _last(good: Points) -> int:
    start = int(np.searchsorted(good.steps, good.steps[-1], side="left"))
    tied = slice(start, len(good))
    return start if start == len(good) - 1 else start + int(np.lexsort((good.writers[tied], good.times[tied]))[-1])
