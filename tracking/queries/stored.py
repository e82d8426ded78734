"""Rows of the metric store: what is folded, and what waits. Call inside `one_snapshot()` or the fold's own transaction."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kit.rows import array_of, rows_of
from tracking.columns.chunk import Span
from tracking.columns.groups import Waiting
from tracking.columns.summary import Summary

SUMMARY_COLUMNS = "n, bad, end_step, first_step, first, last_step, last, vmin, vmin_step, vmax, vmax_step, sum"


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """A folded series of a run; `no` names it among the run's chunks."""

    run_id: int
    no: int
    key: str
    summary: Summary


def stored_series(run_ids: Sequence[int], keys: Collection[str] | None = None) -> list[StoredSeries]:
    """The folded series of these runs, in the order of run and key; only of `keys` when they are given."""
    narrowed = "" if keys is None else "AND key = ANY(%s::text[])"
    sql = f"""
        SELECT run_id, no, key, {SUMMARY_COLUMNS}, superseded FROM tracking_series
        WHERE run_id = ANY(%s::bigint[]) {narrowed} ORDER BY run_id, key
    """  # noqa: S608 - fixed words only
    params = [list(run_ids)] if keys is None else [list(run_ids), list(keys)]
    return [StoredSeries(run_id, no, key, _summary(rest)) for run_id, no, key, *rest in rows_of(sql, params)]


def waiting_of(run_ids: Sequence[int]) -> dict[int, list[Waiting]]:
    """run id -> its batches that are not folded; runs without any are missing."""
    sql = "SELECT run_id, writer, seq, codec, body FROM tracking_payload WHERE run_id = ANY(%s::bigint[])"
    found: dict[int, list[Waiting]] = {}
    for run_id, writer, seq, codec, body in rows_of(sql, [list(run_ids)]):
        found.setdefault(run_id, []).append(Waiting(writer, seq, codec, body))
    return found


def chunk_summaries(run_id: int, series_nos: Iterable[int]) -> dict[int, list[tuple[Span, Summary]]]:
    """series no -> each of its chunks with the part of the summary it holds, by step."""
    sql = f"""
        SELECT series_no, start_step, {SUMMARY_COLUMNS} FROM tracking_chunk
        WHERE run_id = %s AND series_no = ANY(%s::int[]) ORDER BY series_no, start_step
    """  # noqa: S608 - fixed words only
    found: dict[int, list[tuple[Span, Summary]]] = {}
    for no, start, *rest in rows_of(sql, [run_id, list(series_nos)]):
        summary = _summary([*rest, 0])
        found.setdefault(no, []).append((Span(start, summary.end_step, summary.n), summary))
    return found


def bodies_of(wanted: Sequence[tuple[int, int, int]]) -> dict[tuple[int, int, int], bytes]:
    """(run id, series no, first step) -> the body of that chunk."""
    if not wanted:
        return {}
    sql = """
        SELECT run_id, series_no, start_step, body FROM tracking_chunk
        JOIN unnest(%s::bigint[], %s::int[], %s::bigint[]) AS wanted (run_id, series_no, start_step)
        USING (run_id, series_no, start_step)
    """
    columns = [array_of(column) for column in zip(*wanted, strict=True)]
    return {(run_id, no, start): body for run_id, no, start, body in rows_of(sql, columns)}


def _summary(columns: Sequence[Any]) -> Summary:
    """From SUMMARY_COLUMNS and the number of superseded values."""
    *scalars, expansion, superseded = columns
    return Summary(*scalars, tuple(expansion), superseded)  # type: ignore[call-arg]
