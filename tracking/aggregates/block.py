"""Keeping the blocks that lists sort by: changes are noted where they happen, and a worker brings them in, many at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Literal

import numpy as np
from django.db import connection, transaction

from kit.rows import rows_of
from tracking.aggregates.hold import hold_blocks
from tracking.columns.block import READINGS, Ids, PackedMetrics, PackedSettings, metrics_renewed, settings_renewed
from tracking.limits import BLOCK_RUNS, COPIED_AT_ONCE, COPIED_KEYS
from tracking.models import ConfigBlock, MetricBlock, Uncopied
from tracking.queries.block import readings_for, settings_for

_KEYS_AT_ONCE = 500  # blocks held in memory together: some 16 MB


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of block: its table with the types of what is beside `runs`, where the truth is read, how a block is made anew.

    nothing: what `truth` has of a key that none of the runs has. keeps_keys: a run never loses a key as long as it is there.
    """

    table: str
    columns: Mapping[str, str]
    packed: type[PackedMetrics] | type[PackedSettings]
    truth: Callable[[list[int]], Mapping[str, Any]]
    renewed: Callable[[Any, Ids, Any], PackedMetrics | PackedSettings]
    nothing: Any
    keeps_keys: bool


_KINDS = {
    "metric": _Kind(
        table="tracking_metricblock",
        columns=dict.fromkeys(READINGS, "bytea"),
        packed=PackedMetrics,
        truth=readings_for,
        renewed=metrics_renewed,
        nothing=[],
        keeps_keys=True,
    ),
    "config": _Kind(
        table="tracking_configblock",
        columns={"numbers": "bytea", "words": "text", "codes": "bytea"},
        packed=PackedSettings,
        truth=settings_for,
        renewed=settings_renewed,
        nothing={},
        keeps_keys=False,
    ),
}


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
    """Bring noted changes into the blocks, all of them; how many there were. Projects take turns, a transaction each.

    A transaction takes some `most` runs, and not many whose metrics are many. 0 when nothing waits or another worker is at it.
    """
    total = 0
    while done := sum(_copy_some(project_id, most) for project_id in _projects_waiting()):
        total += done
    return total


def _projects_waiting() -> list[int]:
    return [project_id for (project_id,) in rows_of("SELECT DISTINCT project_id FROM tracking_uncopied")]


def _copy_some(project_id: int, most: int) -> int:
    with transaction.atomic():
        if not hold_blocks():
            return 0
        # The truth is read by later statements than the notes are taken by, so it has all that they tell of.
        sql = """
            WITH noted AS (
                SELECT DISTINCT kind, run_id FROM tracking_uncopied WHERE project_id = %s ORDER BY kind, run_id LIMIT %s
            ), weighed AS (
                SELECT kind, run_id, sum(CASE kind WHEN 'metric' THEN
                    (SELECT max(no) FROM tracking_series AS series WHERE series.run_id = noted.run_id) ELSE 1 END)
                    OVER (ORDER BY kind, run_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM noted
            )
            DELETE FROM tracking_uncopied AS gone USING weighed WHERE gone.project_id = %s
            AND (gone.kind, gone.run_id) = (weighed.kind, weighed.run_id) AND coalesce(before, 0) < %s
            RETURNING gone.kind, gone.run_id
        """
        taken = rows_of(sql, [project_id, most, project_id, COPIED_KEYS])
        groups: dict[tuple[str, int], set[int]] = {}
        for kind, run_id in taken:
            groups.setdefault((kind, run_id // BLOCK_RUNS), set()).add(run_id)
        for (kind, block), run_ids in groups.items():
            _copy(_KINDS[kind], project_id, block, np.array(sorted(run_ids), dtype=np.int64))
        return len(taken)


def _copy(kind: _Kind, project_id: int, block: int, touched: Ids) -> None:
    fresh = kind.truth(touched.tolist())
    keys = sorted(fresh)
    if not kind.keeps_keys or len(_existing(touched)) < len(touched):  # values may stand under keys that no run has any more
        keys = sorted({*fresh, *_keys(kind.table, project_id, block)})
    sql = f"""
        SELECT key, runs, {", ".join(kind.columns)} FROM {kind.table}
        WHERE project_id = %s AND key = ANY(%s::text[]) AND block = %s
    """  # noqa: S608 - fixed words only
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        some = keys[start : start + _KEYS_AT_ONCE]
        stored = {key: kind.packed(*rest) for key, *rest in rows_of(sql, [project_id, some, block])}
        made = {key: kind.renewed(stored.get(key), touched, fresh.get(key, kind.nothing)) for key in some}
        rows = [(key, *astuple(new)) for key, new in made.items() if new != stored.get(key)]
        _write(kind.table, kind.columns, project_id, block, rows)


def _existing(run_ids: Ids) -> list[Any]:
    return rows_of("SELECT id FROM tracking_run WHERE id = ANY(%s::bigint[])", [run_ids.tolist()])


def _keys(table: str, project_id: int, block: int) -> list[str]:
    sql = f"SELECT key FROM {table} WHERE project_id = %s AND block = %s"  # noqa: S608 - one of two words
    return [key for (key,) in rows_of(sql, [project_id, block])]


def _write(table: str, columns: Mapping[str, str], project_id: int, block: int, rows: Sequence[tuple[Any, ...]]) -> None:
    """`rows` are (key, runs, one value per column); those without runs go."""
    empty = [key for key, runs, *_ in rows if not runs]
    full = [row for row in rows if row[1]]
    # %b: as bytes. By itself psycopg makes the text of an array, which took more than all else here.
    arrays = ", ".join(f"%b::{kind}[]" for kind in ("text", "bytea", *columns.values()))
    names = ", ".join(columns)
    # What is as it was stays where it is: PostgreSQL writes a long value anew when it is given anew.
    kept = "{0} = CASE WHEN old.{0} = excluded.{0} THEN old.{0} ELSE excluded.{0} END"
    changes = ", ".join(map(kept.format, ("runs", *columns)))
    sql = f"""
        INSERT INTO {table} AS old (project_id, block, key, runs, {names})
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
