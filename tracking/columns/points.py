"""Points of one series as columns, and the rule for two values at one step (promise D5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Index = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Points:
    """n points: five columns of length n.

    steps int64, times int64 (unix ms), values float64, ranks int64 (sequence of the batch x 2^20 + position in it: orders one
    writer's records), writers uint32 (index into `names`, which is sorted, so that comparing indexes compares names).
    """

    steps: Ints
    times: Ints
    values: Floats
    ranks: Ints
    writers: npt.NDArray[np.uint32]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.steps)

    def take(self, index: Index | slice) -> "Points":
        """The points at `index`: positions, a mask or a slice."""
        return Points(
            steps=self.steps[index],
            times=self.times[index],
            values=self.values[index],
            ranks=self.ranks[index],
            writers=self.writers[index],
            names=self.names,
        )


NO_POINTS = Points(
    steps=np.zeros(0, dtype=np.int64),
    times=np.zeros(0, dtype=np.int64),
    values=np.zeros(0, dtype=np.float64),
    ranks=np.zeros(0, dtype=np.int64),
    writers=np.zeros(0, dtype=np.uint32),
    names=(),
)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How columns come into the order (step, writer, rank), and who wins there. None: they are in order; all win."""

    order: Index | None
    winners: Index | None

    def winning(self, column: Index) -> Index:
        ordered = column if self.order is None else column[self.order]
        return ordered if self.winners is None else ordered[self.winners]

    def superseded(self, column: Index) -> Index:
        ordered = column if self.order is None else column[self.order]
        return ordered[:0] if self.winners is None else ordered[~self.winners]


def arrangement_of(steps: Ints, writers: Index, ranks: Ints) -> Arrangement:
    """Of one writer's points at one step the highest rank wins; two writers both stay."""
    if bool(np.all(steps[1:] > steps[:-1])):
        return Arrangement(order=None, winners=None)
    order = np.lexsort((ranks, writers, steps))
    ordered_steps, ordered_writers = steps[order], writers[order]
    replaced = (ordered_steps[1:] == ordered_steps[:-1]) & (ordered_writers[1:] == ordered_writers[:-1])
    return Arrangement(order=order, winners=np.append(~replaced, True) if replaced.any() else None)


def split(points: Points) -> tuple[Points, Points]:
    """(winning points in the order of step and writer, superseded ones)."""
    plan = arrangement_of(points.steps, points.writers, points.ranks)
    ordered = points if plan.order is None else points.take(plan.order)
    if plan.winners is None:
        return ordered, ordered.take(slice(0, 0))
    return ordered.take(plan.winners), ordered.take(~plan.winners)


def joined(parts: Sequence[Points]) -> Points:
    """All points of all parts, one after the other. `parts` has at least one."""
    if len(parts) == 1:
        return parts[0]
    names, writers = parts[0].names, [part.writers for part in parts]
    if any(part.names != names for part in parts):
        names = tuple(sorted({name for part in parts for name in part.names}))
        place = {name: i for i, name in enumerate(names)}
        writers = [np.array([place[name] for name in part.names], dtype=np.uint32)[part.writers] for part in parts]
    return Points(
        steps=np.concatenate([part.steps for part in parts]),
        times=np.concatenate([part.times for part in parts]),
        values=np.concatenate([part.values for part in parts]),
        ranks=np.concatenate([part.ranks for part in parts]),
        writers=np.concatenate(writers),
        names=names,
    )
