"""What is accepted and not folded yet, and which of it is worth folding now."""

from django.db import connection

from kit.rows import rows_of
from tracking.enums import ENDINGS
from tracking.limits import (
    FOLD_AGE_MOST_SECONDS,
    FOLD_AGE_SECONDS,
    FOLD_AGE_SECONDS_PER_SERIES,
    FOLD_BATCHES,
    FOLD_POINTS,
    FOLD_POINTS_PER_SERIES,
    FOLDS_AT_ONCE,
    WAITING_BATCH,
)

_DUE = """
    SELECT waiting.run_id
    FROM (
        SELECT run_id, sum(points) AS points, count(*) AS batches, min(received_at) AS oldest
        FROM tracking_payload GROUP BY run_id
    ) AS waiting
    JOIN tracking_run AS run ON run.id = waiting.run_id AND run.condemned_at IS NULL
    CROSS JOIN LATERAL (SELECT count(*) AS n FROM tracking_series WHERE run_id = waiting.run_id) AS series
    WHERE waiting.oldest < clock_timestamp() - make_interval(secs => least(%s, %s + %s * series.n))
       OR run.state = ANY(%s)
       OR waiting.batches >= %s
       OR waiting.points >= greatest(%s, %s * series.n)
    ORDER BY waiting.oldest LIMIT %s
"""


def oldest_unfolded_seconds() -> float | None:
    """How long the oldest batch has waited for the fold, by the database's clock; None when nothing waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp() - min(received_at))::float8 FROM tracking_payload")
        return max(0.0, found) if (found := cursor.fetchone()[0]) is not None else None


def waiting_weights() -> dict[int, int]:
    """run id -> what its unfolded batches cost a reader, in points (see tracking.limits); runs without any are missing."""
    sql = "SELECT run_id, sum(points) + %s::bigint * count(*) FROM tracking_payload GROUP BY run_id"
    return {run_id: int(weight) for run_id, weight in rows_of(sql, [WAITING_BATCH])}


def runs_due(most: int = FOLDS_AT_ONCE) -> list[int]:
    """Ids of the runs whose batches should be folded now, longest waiting first, at most `most`.

    A fold costs per fold and per series before it costs per point, so it waits for a good bite: fifty points per series and
    ten thousand in all, unless batches are many, the oldest has aged (later for a run of many series) or the run has ended.
    Readers add what waits meanwhile.
    """
    age = [FOLD_AGE_MOST_SECONDS, FOLD_AGE_SECONDS, FOLD_AGE_SECONDS_PER_SERIES]
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [*age, sorted(ENDINGS), FOLD_BATCHES, FOLD_POINTS, FOLD_POINTS_PER_SERIES, most])
        return [row[0] for row in cursor.fetchall()]
