"""Curves as small as a word, for tables."""

from collections.abc import Sequence

import numpy as np

from tracking.models import Run
from tracking.queries.curve import curves_of


def spark_of(runs: Sequence[Run], key: str, points: int = 32) -> dict[int, list[float]]:
    """run id -> about `points` finite values of the metric by step, extremes among them; runs without it are missing."""
    curves = curves_of([run.pk for run in runs], key, width=max(points // 2, 1))
    return {run_id: curve.values[np.isfinite(curve.values)].tolist() for run_id, curve in curves.items()}
