"""One metric or setting of all runs of a project, as arrays: from the blocks, and from the truth what they do not have yet."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from kit.rows import rows_of
from tracking.columns.block import (
    READINGS,
    Floats,
    Ids,
    Ordering,
    PackedSettings,
    Reading,
    floats_from,
    ids_from,
    ordering_of,
    ranked,
    settings_renewed,
)
from tracking.models import Project, Run
from tracking.queries.config import settings_in
from tracking.queries.goal import KeyMetric
from tracking.queries.reading import FIELD_OF


def metric_column(project: Project, metric: KeyMetric) -> tuple[Ids, Floats]:
    """(runs by id, their readings); NaN for a run that has none."""
    # What changed is asked for first: a run that is copied meanwhile is then seen twice, never missed.
    changed = _uncopied(project, "metric")
    fresh = readings_for(changed, [metric.key]).get(metric.key, [])
    field = FIELD_OF[metric.aggregate]
    sql = f"SELECT runs, {field} FROM tracking_metricblock WHERE project_id = %s AND key = %s ORDER BY block"  # noqa: S608 - fixed words
    rows = rows_of(sql, [project.pk, metric.key])
    runs, values = ids_from(b"".join(row[0] for row in rows)), floats_from(b"".join(row[1] for row in rows))
    if not changed:
        return runs, values
    place = 1 + READINGS.index(field)
    stays = ~np.isin(runs, changed)
    new = np.array([row[0] for row in fresh], dtype=np.int64)
    runs = np.concatenate([runs[stays], new])
    values = np.concatenate([values[stays], np.array([row[place] for row in fresh], dtype=np.float64)])
    order = np.argsort(runs)
    return runs[order], values[order]


def setting_column(project: Project, key: str) -> tuple[Ids, Floats]:
    """(runs by id, numbers that sort as their settings do); runs without the setting are missing. `key` is dotted."""
    changed = _uncopied(project, "config")
    fresh = settings_for(changed).get(key, {})
    sql = "SELECT runs, numbers, words, codes FROM tracking_configblock WHERE project_id = %s AND key = %s ORDER BY block"
    blocks = [PackedSettings(*row) for row in rows_of(sql, [project.pk, key])]
    if changed:
        touched = np.array(changed, dtype=np.int64)
        blocks = [
            block if not np.isin(ids_from(block.runs), touched).any() else settings_renewed(block, touched, {})
            for block in blocks
        ]
        blocks.append(settings_renewed(None, touched, fresh))
    runs, values = ranked(blocks)
    order = np.argsort(runs)
    return runs[order], values[order]


def readings_for(run_ids: Sequence[int], keys: Collection[str] | None = None) -> dict[str, list[Reading]]:
    """key -> the readings of each of these runs that has it, folded (see reading.py)."""
    if not run_ids:
        return {}
    narrowed = "" if keys is None else "AND key = ANY(%s::text[])"
    readings = ", ".join(f"CASE WHEN end_step <= last_step THEN {name} ELSE 'NaN' END" for name in READINGS)
    sql = f"""
        SELECT key, run_id, {readings} FROM tracking_series WHERE run_id = ANY(%s::bigint[]) {narrowed}
    """  # noqa: S608 - fixed words only
    found: dict[str, list[Reading]] = {}
    for key, *reading in rows_of(sql, [list(run_ids)] if keys is None else [list(run_ids), list(keys)]):
        found.setdefault(key, []).append(tuple(reading))
    return found


def settings_for(run_ids: Iterable[int]) -> dict[str, dict[int, Ordering]]:
    """dotted key -> run -> what the setting is sorted by, of these runs."""
    found: dict[str, dict[int, Ordering]] = {}
    for run_id, config in Run.everything.filter(pk__in=list(run_ids)).values_list("pk", "config"):
        for key, value in settings_in(config).items():
            if (ordering := ordering_of(value)) is not None:
                found.setdefault(key, {})[run_id] = ordering
    return found


def _uncopied(project: Project, kind: str) -> list[int]:
    sql = "SELECT DISTINCT run_id FROM tracking_uncopied WHERE project_id = %s AND kind = %s"
    return [run_id for (run_id,) in rows_of(sql, [project.pk, kind])]
