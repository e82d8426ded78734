"""The one number to show of a metric of a run: its smallest, largest, last or mean value, from the folded summary."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kit.rows import rows_of
from tracking.models import Run, Series
from tracking.queries.goal import KeyMetric
from tracking.queries.rule import Aggregate
from tracking.queries.run_listed import ListedRun
from tracking.queries.series import Summary

KEYS = 500  # looked at when choosing what to show
RUNS = 20

FIELD_OF: dict[Aggregate, str] = {"min": "vmin", "max": "vmax", "last": "last", "mean": "mean"}


class _Folded(NamedTuple):
    """Of a series what a reading needs."""

    run_id: int
    key: str
    n: int
    end_step: int
    last_step: int | None
    last: float | None
    vmin: float | None
    vmax: float | None
    mean: float | None


def reading_in(series: Series | Summary | _Folded, aggregate: Aggregate) -> float | None:
    """NaN when the series ended in NaN or an infinity, or never was finite: a diverged run has no best. None for no points."""
    value: float | None = getattr(series, FIELD_OF[aggregate])
    if series.n and (value is None or series.last_step is None or series.end_step > series.last_step):
        return math.nan
    return value


def readings_of(runs: Iterable[Run | ListedRun], metrics: Sequence[KeyMetric]) -> dict[tuple[int, str], float | None]:
    """(id of run, "key.aggregate") -> value; what was not logged is missing."""
    by_key = {metric.key: metric for metric in metrics}
    sql = """
        SELECT run_id, key, n, end_step, last_step, last, vmin, vmax, mean FROM tracking_series
        WHERE run_id = ANY(%s::bigint[]) AND key = ANY(%s::text[])
    """
    rows = map(_Folded._make, rows_of(sql, [[run.pk for run in runs], list(by_key)]))
    return {(row.run_id, by_key[row.key].name): reading_in(row, by_key[row.key].aggregate) for row in rows}


def keys_in(runs: Sequence[Run | ListedRun]) -> list[str]:
    """Metric keys of these runs; of many runs the first `RUNS`, at most `KEYS` keys."""
    return [key for key, _ in _keys_of(runs)][:KEYS]


def common_keys_in(runs: Sequence[Run | ListedRun], enough: int) -> list[str]:
    """Those that half as many of the runs have as have the most common one; all of them where these are not `enough`.

    One run that logs other things than the rest does not decide what a list shows.
    """
    found = _keys_of(runs)
    common = [key for key, is_common in found if is_common]
    return (common if len(common) >= enough else [key for key, _ in found])[:KEYS]


def _keys_of(runs: Sequence[Run | ListedRun]) -> list[tuple[str, bool]]:
    # The first keys of all are among the first of each: nobody sorts 20 times 12,000.
    sql = """
        SELECT key, 2 * count(*) >= max(count(*)) OVER () FROM unnest(%s::bigint[]) AS asked (run_id), LATERAL (
            SELECT key FROM tracking_series WHERE tracking_series.run_id = asked.run_id ORDER BY key LIMIT %s
        ) AS first GROUP BY key ORDER BY key
    """
    return [(key, is_common) for key, is_common in rows_of(sql, [[run.pk for run in runs[:RUNS]], KEYS])]
