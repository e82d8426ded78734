"""What the store must hold of one run, by the rules of docs/wire.md and not by the store's code: plain Python, no columns."""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.factories.batch import Row

Place = tuple[int, str, int, int]
"""step, writer, seq, position in the batch: names a point of a metric for ever, and orders its history"""
Point = tuple[int, int, str, float]
"""step, unix ms, writer, value"""


def bits(value: float) -> int:
    """The 64 bits of a float: NaN equals itself, and 0.0 is not -0.0."""
    return int(struct.unpack("<Q", struct.pack("<d", value))[0])


def is_acceptable(time: int, key: str) -> bool:
    """Whether a value of this key at this time (unix ms) is taken; those that are not are refused by themselves."""
    return time >= 0 and key.isprintable()


@dataclass
class Oracle:
    """key -> place -> (time, value) of every point that was taken."""

    said: dict[str, dict[Place, tuple[int, float]]] = field(default_factory=dict)

    def take(self, writer: str, seq: int, rows: Sequence[Row]) -> int:
        """A batch was accepted; the number of points it has."""
        points = 0
        for order, (step, time, cells) in enumerate(rows):
            for key, value in cells.items():
                if is_acceptable(time, key):
                    self.said.setdefault(key, {})[step, writer, seq, order] = (time, value)
                    points += 1
        return points

    def history(self, key: str) -> list[tuple[Place, int, int]]:
        """(place, time, bits of the value) of every point, in the order in which a history tells them."""
        return [(place, time, bits(value)) for place, (time, value) in sorted(self.said[key].items())]

    def winners(self, key: str) -> dict[Place, Point]:
        """The points that count, by step: of one writer's at one step the one with the highest place."""
        last = {place[:2]: place for place in sorted(self.said[key])}
        return {place: (place[0], self.said[key][place][0], place[1], self.said[key][place][1]) for place in last.values()}

    def summary(self, key: str) -> tuple[Any, ...]:
        """(points, bad, greatest step, superseded); of finite values: (step, value) of first, last, min, max, then the mean."""
        winners = self.winners(key).values()
        finite = sorted(point for point in winners if math.isfinite(point[3]))
        superseded = len(self.said[key]) - len(winners)
        counts = (len(winners), len(winners) - len(finite), max(point[0] for point in winners), superseded)
        if not finite:
            return counts
        low, high = min(point[3] for point in finite), max(point[3] for point in finite)
        return (
            *counts,
            (finite[0][0], finite[0][3]),
            (finite[-1][0], finite[-1][3]),
            (min(point[0] for point in finite if point[3] == low), low),
            (min(point[0] for point in finite if point[3] == high), high),
            float(sum(Fraction(point[3]) for point in finite) / len(finite)),
        )
