"""Stored chunks as a chart reads them: one by one, or all of a series in one row where PostgreSQL can join its level.

The levels of a chunk end at 1024 points to a bucket; above them the chunk itself is a bucket, by the summary in its row. So a
series of 10^8 points is read as some hundred kilobytes, and a chunk that is rewritten has nothing else to bring up to date.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kit.rows import array_of, rows_of
from tracking.columns.chunk import Span
from tracking.columns.marks import MARK, Marks
from tracking.columns.points import Floats, Ints
from tracking.columns.pyramid import AVERAGED, FANS, unpack_levels
from tracking.limits import CHUNK_POINTS

RAW = 1
LEVELS = (CHUNK_POINTS, *reversed(FANS))  # points to a bucket, coarsest first

# A chunk's extremes, ends, count and sum, of finite values (NaN where there is none), as PostgreSQL sends numbers.
_FIELDS = ("vmin", "vmax", "first", "last")
_ENDS = [(name + end, kind) for name in _FIELDS for end, kind in (("", ">f8"), ("_step", ">i8"))]
_HEAD = np.dtype([("start", ">i8"), *_ENDS, ("n", ">i4"), ("sum", ">f8")])
_SENT = " || ".join(
    [f"float8send(coalesce({name}, 'NaN')) || int8send(coalesce({name}_step, start_step))" for name in _FIELDS]
    + ["int4send(n - bad) || float8send(coalesce(sum[1], 0))"]  # an expansion begins with the float nearest to the sum
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stored series, and the level to read it by. New points lie between the steps `near`; None: nowhere."""

    run_id: int
    no: int
    fan: int
    near: tuple[int, int] | None

    @property
    def place(self) -> tuple[int, int]:
        return self.run_id, self.no

    @property
    def is_joined(self) -> bool:
        return self.fan >= FANS[-1]


@dataclass(frozen=True, slots=True)
class Slice:
    """A stored chunk as read: `data` is its body where `fan` is 1, else that level. first and last are of finite values."""

    no: int
    span: Span
    bad: int
    first: tuple[int, float] | None
    last: tuple[int, float] | None
    marks: bytes
    fan: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Joined:
    """Chunks that lie in the range and hold no new point: `n` points, `bad` of them not finite.

    buckets: in no order; lasts: the last finite point of each, by step; ends: the first and last finite point of all.
    """

    n: int
    bad: int
    marks: Marks
    buckets: Mapping[str, npt.NDArray[Any]]
    lasts: tuple[Ints, Floats]
    ends: list[tuple[int, float]]


def places_of(run_ids: Sequence[int], keys: Collection[str]) -> dict[tuple[int, str], tuple[int, int]]:
    """(run id, key) -> (series no, folded points). Whole summaries would cost a chart of many runs a tenth of its time."""
    sql = "SELECT run_id, key, no, n FROM tracking_series WHERE run_id = ANY(%s::bigint[]) AND key = ANY(%s::text[])"
    return {(run_id, key): (no, n) for run_id, key, no, n in rows_of(sql, [list(run_ids), list(keys)])}


def slices_of(wanted: Sequence[Wanted], first: int, last: int) -> dict[tuple[int, int], list[Slice]]:
    """(run id, series no) -> the chunks with steps from `first` to `last` that are read one by one."""
    sql = """
        SELECT run_id, series_no, start_step, end_step, n, bad, first_step, first, last_step, last, marks, least(fan, 1024),
               CASE fan WHEN 1 THEN body WHEN 16 THEN l16 WHEN 128 THEN l128 ELSE l1024 END
        FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::bigint[], %s::bigint[])
             AS wanted (run_id, series_no, fan, near_first, near_last)
        JOIN tracking_chunk USING (run_id, series_no)
        WHERE end_step >= %s AND start_step <= %s
          AND (fan < 1024 OR start_step < %s OR end_step > %s OR (end_step >= near_first AND start_step <= near_last))
        ORDER BY run_id, series_no, start_step
    """
    found: dict[tuple[int, int], list[Slice]] = {}
    rows = rows_of(sql, [*_columns(wanted), first, last, first, last]) if wanted else []
    for run_id, no, start, end, n, bad, first_step, head, last_step, tail, marks, fan, data in rows:
        ends = [None if step is None else (step, value) for step, value in ((first_step, head), (last_step, tail))]
        found.setdefault((run_id, no), []).append(Slice(no, Span(start, end, n), bad, ends[0], ends[1], marks, fan, data))
    return found


def joined_of(wanted: Sequence[Wanted], first: int, last: int) -> dict[tuple[int, int], Joined]:
    """(run id, series no) -> the chunks that `slices_of` leaves out: within the range, of series read by a top level."""
    # Each series by itself and in no order: grouping all of them may be planned as a sort, which carries the levels along.
    sql = f"""
        SELECT run_id, series_no, whole.* FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::bigint[], %s::bigint[])
             AS wanted (run_id, series_no, fan, near_first, near_last), LATERAL (
            SELECT sum(n) AS n, sum(bad), string_agg(int8send(start_step) || {_SENT}, ''), string_agg(marks, ''),
                   string_agg(CASE fan WHEN 1024 THEN l1024 END, '')
            FROM tracking_chunk AS chunk WHERE chunk.run_id = wanted.run_id AND chunk.series_no = wanted.series_no
              AND start_step >= %s AND end_step <= %s
              AND (near_first IS NULL OR end_step < near_first OR start_step > near_last)
        ) AS whole WHERE whole.n > 0
    """  # noqa: S608 - fixed words only
    rows = rows_of(sql, [*_columns(wanted), first, last]) if wanted else []
    return {
        (run_id, no): _joined(int(n), int(bad), np.frombuffer(heads, dtype=_HEAD), marks, level)
        for run_id, no, n, bad, heads, marks, level in rows
    }


def _columns(wanted: Sequence[Wanted]) -> list[str]:
    rows = [(one.run_id, one.no, one.fan, *(one.near or (None, None))) for one in wanted]
    return [array_of(column) for column in zip(*rows, strict=True)]


def _joined(n: int, bad: int, heads: npt.NDArray[np.void], marks: bytes, level: bytes | None) -> Joined:
    heads = heads[np.argsort(heads["start"])]
    own = {name: heads[name].astype(heads[name].dtype.newbyteorder("=")) for name in heads.dtype.names or ()}
    buckets = unpack_levels([level], FANS[-1], AVERAGED) if level else {**own, "step": own["start"]}
    finite = ~np.isnan(own["last"])
    lasts = own["last_step"][finite], own["last"][finite]
    firsts = own["first_step"][finite], own["first"][finite]
    ends = [(int(steps[at]), float(values[at])) for (steps, values), at in ((firsts, 0), (lasts, -1)) if len(steps)]
    return Joined(n, bad, np.frombuffer(marks, dtype=MARK), buckets, lasts, ends)
