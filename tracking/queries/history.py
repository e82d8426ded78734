"""Every point of a series, bit by bit, page by page: also those that a later value of the same writer replaced.

A page reads the rows that begin within it and those it begins in, so what it costs goes with `limit`, not with the length of a
series or of a step. Beyond that it may read all that waits of the run, which back-pressure bounds, and of a step that many
writers logged all points that count: their number is that of the writers, each of which has a batch in the ledger.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kit.rows import one_snapshot, rows_of
from tracking.columns.body import unpack_bodies
from tracking.columns.groups import arrived
from tracking.columns.place import Place, before, place_of, through
from tracking.columns.points import NO_POINTS, Points, arrangement_of, joined, split
from tracking.errors import TooManyPoints
from tracking.limits import CHUNK_POINTS, HISTORY_POINTS
from tracking.models import Run
from tracking.queries.stored import stored_series, waiting_of
from tracking.queries.stretch import Range

AT_ONCE = 16 * CHUNK_POINTS  # points of one read of `counting_points`: some 10 MB
_END = Place(2**63)  # behind every point


@dataclass(frozen=True, slots=True)
class History:
    """Points by step, writer and time of arrival at the writer; `superseded` (bool, n) is true for values that do not count.

    `next` is the step that what follows begins with, which may be that of the last point; `after` the place of the last point.
    Both are None when nothing follows.
    """

    points: Points
    superseded: npt.NDArray[np.bool_]
    next: int | None

    @property
    def after(self) -> Place | None:
        return None if self.next is None else place_of(self.points, -1)

    @property
    def counting(self) -> Points:
        return self.points.take(~self.superseded)

    def until(self, at: int, following: int | None) -> "History":
        """The first `at` points."""
        return History(self.points.take(slice(0, at)), self.superseded[:at], following)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is read of the folded points; none of those that stand before `until` is missing."""

    counting: Points
    superseded: Points
    until: Place


def history_of(run: Run, key: str, within: Range | None = None, limit: int = HISTORY_POINTS) -> History | None:
    """The exact history of one metric between two steps, from the first on; None when the run has no such series.

    A page ends where a step does, after at most `limit` points unless its first step alone has more. Raises TooManyPoints when
    that has more than HISTORY_POINTS: then only pages of `history_after` bound it.
    """
    within = within or Range()
    page = _page(run, key, Place(within.first), within.last, limit, replaced=True)
    if page is None or page.next is None:
        return page
    whole = before(page.points, Place(page.next))
    return page.until(whole, page.next) if whole else _one_step(run, key, page.next, within.last)


def history_after(run: Run, key: str, after: Place | None, within: Range, limit: int = HISTORY_POINTS) -> History | None:
    """The same behind the place `after`, at most `limit` points: the page may end within a step."""
    begin = Place(within.first)
    return _page(run, key, begin if after is None else max(after, begin), within.last, limit, replaced=True)


def counting_points(run: Run, key: str) -> Iterator[Points]:
    """The points of a metric that count, by step, in parts. No part is empty, and no transaction is open between two.

    Each writer's step is read at one moment, so a fold meanwhile neither doubles nor hides a point.
    """
    after: Place | None = Place(Range().first)
    while after is not None:
        page = _page(run, key, after, Range().last, AT_ONCE, replaced=False)
        if page is not None and len(page.points):
            yield page.points
        # Not what has come to count meanwhile in place of the last point.
        after = page.after._replace(rank=2**63 - 1) if page is not None and page.after is not None else None


def whole_series(run: Run, keys: Sequence[str]) -> dict[str, Points]:
    """key -> its points that count, all at one moment: for series that together are few enough to be read at once."""
    sql = """
        SELECT series_no, body FROM tracking_chunk
        WHERE run_id = %s AND series_no = ANY(%s::int[]) ORDER BY series_no, start_step
    """
    with one_snapshot():
        known = {series.no: series.key for series in stored_series([run.pk], keys)}
        bodies = rows_of(sql, [run.pk, list(known)])
        new = arrived(waiting_of([run.pk]).get(run.pk, []), set(keys))
    folded: dict[str, list[bytes]] = {}
    for no, body in bodies:
        folded.setdefault(known[no], []).append(body)
    found: dict[str, Points] = {}
    for key in keys:
        points = unpack_bodies(folded.get(key, []))
        found[key] = split(joined([points, new[key].winners]))[0] if key in new else points
    return {key: points for key, points in found.items() if len(points)}


def _one_step(run: Run, key: str, step: int, last: int) -> History | None:
    page = _page(run, key, Place(step), step, HISTORY_POINTS, replaced=True)
    if page is not None and page.next is not None:
        raise TooManyPoints(
            f"Step {step} alone has more than {HISTORY_POINTS:,} points. Ask with after= and nothing behind it, then with the "
            "`after` of the page before: such pages may end within a step.",
            step=step,
        )
    return None if page is None else page.until(len(page.points), step + 1 if step < last else None)


def _page(run: Run, key: str, after: Place, last: int, limit: int, *, replaced: bool) -> History | None:
    with one_snapshot():
        series = stored_series([run.pk], [key])
        new = arrived(waiting_of([run.pk]).get(run.pk, []), {key}).get(key)
        if new is None and not series:
            return None
        stored = _folded(run.pk, series[0].no if series else 0, after, last, limit, replaced)
    parts = [stored.counting] if new is None else [stored.counting, new.winners, new.superseded]
    points, superseded = _told(joined(parts), stored.superseded)
    if not replaced and superseded.any():
        points, superseded = points.take(~superseded), superseded[~superseded]
    begin, end = through(points, after), min(before(points, stored.until), before(points, Place(last + 1)))
    cut = slice(begin, min(end, begin + limit))
    following = int(points.steps[cut.stop]) if cut.stop < end else stored.until.step if stored.until < _END else None
    return History(points.take(cut), superseded[cut], following)


def _told(points: Points, others: Points) -> tuple[Points, npt.NDArray[np.bool_]]:
    """All points in order, and which of them do not count: `others`, and those of `points` that another one there beats."""
    counting, beaten = split(points)
    points = joined([part for part in (counting, beaten, others) if len(part)] or [counting])
    superseded = np.repeat([False, True], [len(counting), len(beaten) + len(others)])
    order = arrangement_of(points.steps, points.writers, points.ranks).order
    return (points, superseded) if order is None else (points.take(order), superseded[order])


def _folded(run_id: int, no: int, after: Place, last: int, limit: int, replaced: bool) -> _Stored:
    """The rows with points behind `after`, as many of each table as hold `limit` points."""
    chunks = """
        SELECT start_step AS step, '' COLLATE "C" AS writer, -1::bigint AS rank, n, body FROM tracking_chunk
        WHERE run_id = %(run)s AND series_no = %(no)s AND end_step >= %(step)s AND start_step <= %(last)s
    """
    others = """
        SELECT first_step AS step, first_writer AS writer, first_rank AS rank, n, body FROM tracking_superseded
        WHERE run_id = %(run)s AND series_no = %(no)s
          AND (last_step, last_writer, last_rank) > (%(step)s, %(writer)s, %(rank)s) AND first_step <= %(last)s
    """
    asked = {"run": run_id, "no": no, **after._asdict(), "last": last, "limit": limit}
    counting, until = _first_of(chunks, asked)
    superseded, others_until = _first_of(others, asked) if replaced else (NO_POINTS, _END)
    return _Stored(counting, superseded, min(until, others_until))


def _first_of(rows: str, asked: dict[str, int | str]) -> tuple[Points, Place]:
    """The points of rows that begin before what is asked for, and from there on of as many as hold `limit`.

    Beside them, where the next row begins: what stands before that is all there, as rows are taken by where they begin.
    """
    sql = f"""
        SELECT body, next_step, next_writer, next_rank FROM (
            SELECT body, row_number() OVER ordered AS place, lead(step) OVER ordered AS next_step,
                   lead(writer) OVER ordered AS next_writer, lead(rank) OVER ordered AS next_rank,
                   sum(CASE WHEN (step, writer, rank) > (%(step)s, %(writer)s, %(rank)s) THEN n ELSE 0 END)
                       OVER (ordered ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
            FROM ({rows}) AS stored WINDOW ordered AS (ORDER BY step, writer, rank)
        ) AS stored WHERE coalesce(before, 0) < %(limit)s ORDER BY place
    """  # noqa: S608 - fixed words only
    found = rows_of(sql, asked)
    until = _END if not found or found[-1][1] is None else Place(*found[-1][1:])
    return unpack_bodies([body for body, *_ in found]), until
