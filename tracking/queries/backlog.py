"""What is accepted and not folded yet, and which of it is worth folding now."""

from django.db import connection

from tracking.enums import ENDINGS
from tracking.limits import FOLD_AGE_SECONDS, FOLD_POINTS, FOLD_POINTS_PER_SERIES, FOLDS_AT_ONCE

_DUE = """
    SELECT waiting.run_id
    FROM (SELECT run_id, sum(points) AS points, min(received_at) AS oldest FROM tracking_payload GROUP BY run_id) AS waiting
    JOIN tracking_run AS run ON run.id = waiting.run_id AND run.condemned_at IS NULL
    WHERE waiting.oldest < now() - make_interval(secs => %s)
       OR run.state = ANY(%s)
       OR waiting.points >= greatest(%s, %s * (SELECT count(*) FROM tracking_series WHERE run_id = waiting.run_id))
    ORDER BY waiting.oldest LIMIT %s
"""


def oldest_unfolded_seconds() -> float | None:
    """How long the oldest batch has waited for the fold, by the database's clock; None when nothing waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp() - min(received_at))::float8 FROM tracking_payload")
        return max(0.0, found) if (found := cursor.fetchone()[0]) is not None else None


def runs_due(most: int = FOLDS_AT_ONCE) -> list[int]:
    """Ids of the runs whose batches should be folded now, longest waiting first, at most `most`.

    A fold costs per fold and per series before it costs per point, so it waits for a good bite: fifty points per series and
    ten thousand in all, unless the oldest batch has aged or the run has ended. Readers add what waits meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [FOLD_AGE_SECONDS, sorted(ENDINGS), FOLD_POINTS, FOLD_POINTS_PER_SERIES, most])
        return [row[0] for row in cursor.fetchall()]
