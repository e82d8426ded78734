"""What a fold writes. Called inside its transaction only."""

from collections.abc import Sequence

from django.db import connection

from kit.rows import array_of
from tracking.columns.body import pack_body
from tracking.columns.chunk import PackedChunk
from tracking.columns.points import Points
from tracking.columns.summary import Summary

_SUMMARY = {  # as both tables have it; `n`, `bad` and `sum` are of other types in each
    "end_step": "int8",
    "first_step": "int8",
    "first": "float8",
    "last_step": "int8",
    "last": "float8",
    "vmin": "float8",
    "vmin_step": "int8",
    "vmax": "float8",
    "vmax_step": "int8",
}
_CHUNK = {
    "run_id": "int8",
    "series_no": "int4",
    "start_step": "int8",
    "n": "int4",
    "bad": "int4",
    **_SUMMARY,
    "sum": "float8[]",
    "marks": "bytea",
    "l16": "bytea",
    "l128": "bytea",
    "l1024": "bytea",
    "body": "bytea",
}
_SERIES = {
    "no": "int4",
    "key": "text",
    "n": "int8",
    "bad": "int8",
    **_SUMMARY,
    "sum": "text",  # an array of arrays would be unnested flat
    "superseded": "int8",
    "mean": "float8",
}


def delete_chunks(run_id: int, chunks: Sequence[tuple[int, int]]) -> None:
    """`chunks` are (series no, first step)."""
    if not chunks:
        return
    sql = """
        DELETE FROM tracking_chunk USING unnest(%s::int[], %s::bigint[]) AS gone (no, start)
        WHERE run_id = %s AND series_no = gone.no AND start_step = gone.start
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [array_of(no for no, _ in chunks), array_of(start for _, start in chunks), run_id])


def insert_chunks(run_id: int, chunks: Sequence[tuple[int, PackedChunk]]) -> None:
    sql = f"COPY tracking_chunk ({', '.join(_CHUNK)}) FROM STDIN (FORMAT BINARY)"
    # `copy` is psycopg's: Django's wrapper does not see its errors unless told to.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(sql) as copy:
        copy.set_types(list(_CHUNK.values()))
        for no, chunk in chunks:
            levels = chunk.levels
            copy.write_row(
                [run_id, no, chunk.start, *_scalars(chunk.summary), list(chunk.summary.sum), chunk.marks, *levels, chunk.body]
            )


def add_superseded(run_id: int, replaced: Sequence[tuple[int, Points]]) -> None:
    sql = """
        INSERT INTO tracking_superseded (run_id, series_no, no, n, body)
        SELECT %s, %s, coalesce(max(no), 0) + 1, %s, %s FROM tracking_superseded WHERE run_id = %s AND series_no = %s
    """
    with connection.cursor() as cursor:
        for no, points in replaced:
            cursor.execute(sql, [run_id, no, len(points), pack_body(points), run_id, no])


def upsert_series(run_id: int, summaries: Sequence[tuple[int, str, Summary]]) -> None:
    """`summaries` are (series no, key, summary)."""
    arrays = ", ".join(f"%s::{kind}[]" for kind in _SERIES.values())
    values = ", ".join("sum::float8[]" if name == "sum" else name for name in _SERIES)
    changes = ", ".join(f"{name} = excluded.{name}" for name in _SERIES if name not in {"no", "key"})
    sql = f"""
        INSERT INTO tracking_series (run_id, {", ".join(_SERIES)})
        SELECT %s, {values} FROM unnest({arrays}) AS new ({", ".join(_SERIES)})
        ON CONFLICT (run_id, no) DO UPDATE SET {changes}
    """  # noqa: S608 - fixed words only
    rows = [(no, *_scalars(summary), summary.superseded, summary.mean) for no, _, summary in summaries]
    nos, *numbers = (array_of(column) for column in zip(*rows, strict=True))
    keys, sums = [key for _, key, _ in summaries], [array_of(summary.sum) for _, _, summary in summaries]
    with connection.cursor() as cursor:
        cursor.execute(sql, [run_id, nos, keys, *numbers[:-2], sums, *numbers[-2:]])


def _scalars(summary: Summary) -> tuple[int | float | None, ...]:
    return (
        summary.n,
        summary.bad,
        summary.end_step,
        summary.first_step,
        summary.first,
        summary.last_step,
        summary.last,
        summary.vmin,
        summary.vmin_step,
        summary.vmax,
        summary.vmax_step,
    )
