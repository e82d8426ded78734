"""A curve in 96 x 20 pixels, as the path of an SVG."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from tracking.queries.spark import SparkLine

WIDTH, HEIGHT, EDGE = 96.0, 20.0, 2.0


@dataclass(frozen=True, slots=True)
class Spark:
    """`path` is the line; its end is a dot at (x, y), or a cross when the series ended in NaN or an infinity."""

    path: str
    x: str
    y: str
    broken: bool

    @property
    def cross(self) -> str:
        return f"M{float(self.x) - 3:.1f},{float(self.y) - 3:.1f} l6,6 m0,-6 l-6,6"


def spark(line: SparkLine | None, last_step: float) -> Spark | None:
    """The curve over 0..`last_step`, its own range from foot to head. None without a finite point; a NaN breaks the line."""
    finite = [value for value in line.values if math.isfinite(value)] if line else []
    if line is None or not finite:
        return None
    low, high = min(finite), max(finite)
    parts: list[str] = []
    x = y = ""
    pen = "M"
    for step, value in zip(line.steps, line.values, strict=True):
        if not math.isfinite(value):
            pen = "M"
            continue
        x, y = f"{_across(step, last_step):.1f}", f"{_down(value, low, high):.1f}"
        parts.append(f"{pen}{x},{y}")
        pen = "L"
    return Spark(path=" ".join(parts), x=x, y=y, broken=line.broken)


def last_step_of(lines: Iterable[SparkLine]) -> float:
    """The common right edge of a table's sparks, so that a run half way is seen as half way."""
    return max((line.steps[-1] for line in lines), default=0.0)


def _across(step: float, last_step: float) -> float:
    part = step / last_step if last_step > 0 else 1.0
    return EDGE + (WIDTH - 2 * EDGE) * min(1.0, max(0.0, part))


def _down(value: float, low: float, high: float) -> float:
    # Halved before subtracting: the range of two finite floats can be infinite.
    span = high / 2 - low / 2
    part = (value / 2 - low / 2) / span if span > 0 else 0.5
    return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * part
