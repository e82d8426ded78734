"""What the store holds, in the words of tests/factories/oracle.py."""

from typing import Any

import numpy as np

from tests.factories.oracle import Place
from tracking.columns.summary import Summary
from tracking.limits import BATCH_RECORDS
from tracking.queries.history import History


def told(history: History) -> list[tuple[Place, int, int]]:
    """(place, time, bits of the value) of every point of a history, in its order."""
    points = history.points
    writers = [points.names[writer] for writer in points.writers.tolist()]
    ranks = [divmod(rank, BATCH_RECORDS) for rank in points.ranks.tolist()]
    columns = (points.steps.tolist(), writers, ranks, points.times.tolist(), points.values.view(np.uint64).tolist())
    return [((step, writer, *rank), time, value) for step, writer, rank, time, value in zip(*columns, strict=True)]


def flat(summary: Summary) -> tuple[Any, ...]:
    """A summary as `Oracle.summary` says it."""
    counts = (summary.n, summary.bad, summary.end_step, summary.superseded)
    if not summary.finite:
        return counts
    return (
        *counts,
        (summary.first_step, summary.first),
        (summary.last_step, summary.last),
        (summary.vmin_step, summary.vmin),
        (summary.vmax_step, summary.vmax),
        summary.mean,
    )
