"""Curves as small as a word, for tables."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tracking.models import Run
from tracking.queries.curve import curves_of
from tracking.queries.run_listed import ListedRun


@dataclass(frozen=True, slots=True)
class SparkLine:
    """Values by step, extremes among them; a NaN breaks the line. `broken`: the series ended in NaN or an infinity."""

    steps: list[float]
    values: list[float]
    broken: bool


def spark_of(runs: Sequence[Run | ListedRun], key: str, points: int = 32) -> dict[int, SparkLine]:
    """run id -> about `points` points of the metric; runs without it are missing."""
    curves = curves_of([run.pk for run in runs], [key], width=max(points // 2, 1))
    lines = {run_id: (curve.steps.tolist(), curve.values.tolist()) for (run_id, _), curve in curves.items()}
    return {
        run_id: SparkLine(steps=steps, values=values, broken=not math.isfinite(values[-1]))
        for run_id, (steps, values) in lines.items()
        if values
    }
