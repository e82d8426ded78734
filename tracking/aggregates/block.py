"""Keeping the blocks that lists sort by: changes are noted where they happen, and a worker brings them in, many at a time."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from django.db import connection, transaction

from kit.rows import rows_of
from tracking.columns.block import Ids, PackedMetrics, PackedSettings, metrics_renewed, settings_renewed
from tracking.limits import BLOCK_RUNS, COPIED_AT_ONCE
from tracking.models import ConfigBlock, MetricBlock, Uncopied
from tracking.queries.block import readings_for, settings_for

_LOCK = 0x4C42 << 48  # beside those of the folds, see tracking.aggregates.fold
_KEYS_AT_ONCE = 500  # blocks held in memory together: some 16 MB


def note_change(kind: Literal["metric", "config"], run_ids: Sequence[int]) -> None:
    """These runs' metrics or settings have changed, or the runs are about to go. Call in the transaction that changes them."""
    sql = """
        INSERT INTO tracking_uncopied (project_id, run_id, kind)
        SELECT project_id, id, %s FROM tracking_run WHERE id = ANY(%s::bigint[]) ORDER BY id
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [kind, list(run_ids)])


def forget_blocks() -> None:
    """Begin the copy anew: every run is noted as changed."""
    everything = """
        INSERT INTO tracking_uncopied (project_id, run_id, kind)
        SELECT project_id, id, kind FROM tracking_run, unnest(ARRAY['metric', 'config']) AS kind ORDER BY kind, id
    """
    with transaction.atomic(), connection.cursor() as cursor:
        for table in (MetricBlock, ConfigBlock, Uncopied):  # no TRUNCATE: readers would wait for it
            table.objects.all().delete()
        cursor.execute(everything)


def copy_changes(most: int = COPIED_AT_ONCE) -> int:
    """Bring noted changes into the blocks, all of them, some `most` in a transaction; how many there were.

    0 when nothing waits or another worker is at it.
    """
    total = 0
    while done := _copy_some(most):
        total += done
    return total


def _copy_some(most: int) -> int:
    with transaction.atomic():
        if not rows_of("SELECT pg_try_advisory_xact_lock(%s::bigint)", [_LOCK])[0][0]:
            return 0
        # The truth is read by later statements than the notes are taken by, so it has all that they tell of.
        sql = """
            DELETE FROM tracking_uncopied WHERE id IN (SELECT id FROM tracking_uncopied ORDER BY id LIMIT %s)
            RETURNING project_id, kind, run_id
        """
        taken = rows_of(sql, [most])
        groups: dict[tuple[int, str, int], set[int]] = {}
        for project_id, kind, run_id in taken:
            groups.setdefault((project_id, kind, run_id // BLOCK_RUNS), set()).add(run_id)
        for (project_id, kind, block), run_ids in groups.items():
            copy = _copy_metrics if kind == "metric" else _copy_settings
            copy(project_id, block, np.array(sorted(run_ids), dtype=np.int64))
        return len(taken)


def _copy_metrics(project_id: int, block: int, touched: Ids) -> None:
    fresh = readings_for(touched.tolist())
    keys = sorted(fresh)
    if len(_existing(touched)) < len(touched):  # a run is gone: its values may stand under keys that nobody else has
        keys = sorted({*fresh, *_keys("tracking_metricblock", project_id, block)})
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        some = keys[start : start + _KEYS_AT_ONCE]
        sql = """
            SELECT key, runs, last, vmin, vmax FROM tracking_metricblock
            WHERE project_id = %s AND key = ANY(%s::text[]) AND block = %s
        """
        stored = {key: PackedMetrics(*rest) for key, *rest in rows_of(sql, [project_id, some, block])}
        made = {key: metrics_renewed(stored.get(key), touched, fresh.get(key, [])) for key in some}
        rows = [(key, new.runs, new.last, new.vmin, new.vmax) for key, new in made.items() if new != stored.get(key)]
        _write("tracking_metricblock", {"last": "bytea", "vmin": "bytea", "vmax": "bytea"}, project_id, block, rows)


def _copy_settings(project_id: int, block: int, touched: Ids) -> None:
    fresh = settings_for(touched.tolist())
    # A setting may have left a run's config, so all that stand in the block are looked at.
    keys = sorted({*fresh, *_keys("tracking_configblock", project_id, block)})
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        some = keys[start : start + _KEYS_AT_ONCE]
        sql = """
            SELECT key, runs, numbers, words, codes FROM tracking_configblock
            WHERE project_id = %s AND key = ANY(%s::text[]) AND block = %s
        """
        stored = {key: PackedSettings(*rest) for key, *rest in rows_of(sql, [project_id, some, block])}
        made = {key: settings_renewed(stored.get(key), touched, fresh.get(key, {})) for key in some}
        rows = [(key, new.runs, new.numbers, new.words, new.codes) for key, new in made.items() if new != stored.get(key)]
        _write("tracking_configblock", {"numbers": "bytea", "words": "text", "codes": "bytea"}, project_id, block, rows)


def _existing(run_ids: Ids) -> list[Any]:
    return rows_of("SELECT id FROM tracking_run WHERE id = ANY(%s::bigint[])", [run_ids.tolist()])


def _keys(table: str, project_id: int, block: int) -> list[str]:
    sql = f"SELECT key FROM {table} WHERE project_id = %s AND block = %s"  # noqa: S608 - one of two words
    return [key for (key,) in rows_of(sql, [project_id, block])]


def _write(table: str, columns: dict[str, str], project_id: int, block: int, rows: Sequence[tuple[Any, ...]]) -> None:
    """`rows` are (key, runs, one value per column); those without runs go."""
    empty = [key for key, runs, *_ in rows if not runs]
    full = [row for row in rows if row[1]]
    arrays = ", ".join(f"%s::{kind}[]" for kind in ("text", "bytea", *columns.values()))
    names = ", ".join(columns)
    changes = ", ".join(f"{name} = excluded.{name}" for name in ("runs", *columns))
    sql = f"""
        INSERT INTO {table} (project_id, block, key, runs, {names})
        SELECT %s, %s, key, runs, {names} FROM unnest({arrays}) AS new (key, runs, {names})
        ON CONFLICT (project_id, key, block) DO UPDATE SET {changes}
    """  # noqa: S608 - fixed words only
    with connection.cursor() as cursor:
        if empty:
            cursor.execute(
                f"DELETE FROM {table} WHERE project_id = %s AND block = %s AND key = ANY(%s::text[])",  # noqa: S608 - one of two words
                [project_id, block, empty],
            )
        if full:
            cursor.execute(sql, [project_id, block, *map(list, zip(*full, strict=True))])
