"""One metric or setting of all runs of a project, as arrays: from the blocks, and from the truth what they do not have yet."""

from collections.abc import Iterable, Sequence

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
    field = FIELD_OF[metric.aggregate]
    changed, fresh = _uncopied_readings(project, metric.key, field)
    sql = f"SELECT runs, {field} FROM tracking_metricblock WHERE project_id = %s AND key = %s ORDER BY block"  # noqa: S608 - fixed words
    rows = rows_of(sql, [project.pk, metric.key])
    runs, values = ids_from(b"".join(row[0] for row in rows)), floats_from(b"".join(row[1] for row in rows))
    if not len(changed):
        return runs, values
    stays = ~np.isin(runs, changed)
    runs, values = np.concatenate([runs[stays], changed]), np.concatenate([values[stays], fresh])
    order = np.argsort(runs, kind="stable")  # two sorted parts: merged, not sorted anew
    return runs[order], values[order]


def _uncopied_readings(project: Project, key: str, field: str) -> tuple[Ids, Floats]:
    """(runs noted as changed, by id, their readings). Two texts of bytes: of thousands, rows cost more than finding them."""
    sql = f"""
        SELECT coalesce(string_agg(int8send(run_id), ''::bytea), ''), coalesce(string_agg(float8send(value), ''::bytea), '')
        FROM (
            SELECT noted.run_id, coalesce(CASE WHEN end_step <= last_step THEN {field} END, 'NaN') AS value FROM (
                SELECT DISTINCT run_id FROM tracking_uncopied WHERE project_id = %s AND kind = 'metric'
            ) AS noted LEFT JOIN tracking_series AS series ON series.run_id = noted.run_id AND key = %s ORDER BY noted.run_id
        ) AS read
    """  # noqa: S608 - fixed words only
    [(runs, values)] = rows_of(sql, [project.pk, key])
    return np.frombuffer(runs, dtype=">i8").astype(np.int64), np.frombuffer(values, dtype=">f8").astype(np.float64)


def setting_column(project: Project, key: str) -> tuple[Ids, Floats]:
    """(runs by id, numbers that sort as their settings do); runs without the setting are missing. `key` is dotted."""
    changed = _uncopied_settings(project)
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


def readings_for(run_ids: Sequence[int]) -> dict[str, list[Reading]]:
    """key -> the readings of each of these runs that has it, folded (see reading.py)."""
    if not run_ids:
        return {}
    readings = ", ".join(f"CASE WHEN end_step <= last_step THEN {name} ELSE 'NaN' END" for name in READINGS)
    sql = f"SELECT key, run_id, {readings} FROM tracking_series WHERE run_id = ANY(%s::bigint[])"  # noqa: S608 - fixed words only
    found: dict[str, list[Reading]] = {}
    for key, *reading in rows_of(sql, [list(run_ids)]):
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


def _uncopied_settings(project: Project) -> list[int]:
    sql = "SELECT DISTINCT run_id FROM tracking_uncopied WHERE project_id = %s AND kind = 'config'"
    return [run_id for (run_id,) in rows_of(sql, [project.pk])]
