"""What a fold writes. Called inside its transaction only."""

from collections.abc import Mapping, Sequence

from django.db import connection

from kit.rows import array_of, rows_of
from tracking.columns.body import pack_body, unpack_body
from tracking.columns.chunk import PackedChunk
from tracking.columns.place import Place, Row, filed, in_order, place_of, rows_from
from tracking.columns.points import Points, joined
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
_FIRST, _LAST = (", ".join(f"{end}_{word}" for word in ("step", "writer", "rank")) for end in ("first", "last"))
_TAIL = 12  # rows before the new points that these may take along, each twice the size of the next


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
    """Keep replaced points (series no, points) in rows of at most CHUNK_POINTS that do not overlap."""
    parts: dict[int, list[Points]] = {}
    for no, points in replaced:
        parts.setdefault(no, []).append(points)
    if not parts:
        return
    series = {no: in_order(joined(points)) for no, points in parts.items()}
    rows, ends = _superseded_near(run_id, series), _superseded_ends(run_id, list(series))
    for no, points in series.items():
        end = ends.get(no, 0)
        for small, some in filed(rows.get(no, []), points):
            pieces = rows_from(_take_superseded(run_id, no, [row.no for row in small]), some)
            _insert_superseded(run_id, no, end, pieces)
            end += len(pieces)


def _superseded_near(run_id: int, series: Mapping[int, Points]) -> dict[int, list[Row]]:
    """series no -> the rows among its new points, and some before them, by place."""
    sql = f"""
        SELECT new.series_no, row.* FROM
            unnest(%s::int[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[])
            AS new (series_no, first_step, first_writer, first_rank, last_step, last_writer, last_rank)
        CROSS JOIN LATERAL (
            (SELECT no, n, {_FIRST}, {_LAST} FROM tracking_superseded WHERE run_id = %s AND series_no = new.series_no
             AND ({_FIRST}) <= (new.first_step, new.first_writer, new.first_rank)
             ORDER BY first_step DESC, first_writer DESC, first_rank DESC LIMIT {_TAIL})
            UNION ALL
            SELECT no, n, {_FIRST}, {_LAST} FROM tracking_superseded WHERE run_id = %s AND series_no = new.series_no
            AND ({_FIRST}) > (new.first_step, new.first_writer, new.first_rank)
            AND ({_FIRST}) <= (new.last_step, new.last_writer, new.last_rank)
        ) AS row
    """  # noqa: S608 - fixed words only
    bounds = [(no, *place_of(points, 0), *place_of(points, -1)) for no, points in series.items()]
    found: dict[int, list[Row]] = {}
    for series_no, no, n, *places in rows_of(sql, [*map(list, zip(*bounds, strict=True)), run_id, run_id]):
        found.setdefault(series_no, []).append(Row(no, n, Place(*places[:3]), Place(*places[3:])))
    return {series_no: sorted(rows, key=lambda row: row.first) for series_no, rows in found.items()}


def _superseded_ends(run_id: int, series_nos: Sequence[int]) -> dict[int, int]:
    """series no -> the greatest number of its rows."""
    sql = "SELECT series_no, max(no) FROM tracking_superseded WHERE run_id = %s AND series_no = ANY(%s::int[]) GROUP BY 1"
    return dict(rows_of(sql, [run_id, list(series_nos)]))


def _take_superseded(run_id: int, series_no: int, nos: Sequence[int]) -> list[Points]:
    sql = "DELETE FROM tracking_superseded WHERE run_id = %s AND series_no = %s AND no = ANY(%s::int[]) RETURNING body"
    return [unpack_body(body) for (body,) in rows_of(sql, [run_id, series_no, list(nos)])] if nos else []


def _insert_superseded(run_id: int, series_no: int, end: int, pieces: Sequence[Points]) -> None:
    sql = f"""
        INSERT INTO tracking_superseded (run_id, series_no, no, n, {_FIRST}, {_LAST}, body)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    """  # noqa: S608 - fixed words only
    with connection.cursor() as cursor:
        for no, points in enumerate(pieces, end + 1):
            places = (*place_of(points, 0), *place_of(points, -1))
            cursor.execute(sql, (run_id, series_no, no, len(points), *places, pack_body(points)))


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
