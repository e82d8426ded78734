"""Every point of a series, bit by bit, page by page: also those that a later value of the same writer replaced."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kit.rows import one_snapshot, rows_of
from tracking.columns.body import unpack_bodies
from tracking.columns.groups import arrived
from tracking.columns.points import NO_POINTS, Points, arrangement_of, joined, split
from tracking.limits import CHUNK_POINTS, HISTORY_POINTS
from tracking.models import Run
from tracking.queries.stored import stored_series, waiting_of
from tracking.queries.stretch import Range

AT_ONCE = 16 * CHUNK_POINTS  # points of one read of `counting_points`: some 10 MB


@dataclass(frozen=True, slots=True)
class History:
    """Points by step, writer and time of arrival at the writer; `superseded` (bool, n) is true for values that do not count.

    `next` is the step the next page begins with; None when this is the last one.
    """

    points: Points
    superseded: npt.NDArray[np.bool_]
    next: int | None

    @property
    def counting(self) -> Points:
        return self.points.take(~self.superseded)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is read of the folded points; up to the step `until` nothing of them is missing."""

    points: Points
    until: int


def history_of(run: Run, key: str, within: Range | None = None, limit: int = HISTORY_POINTS) -> History | None:
    """The exact history of one metric between two steps, from the first on; None when the run has no such series.

    About `limit` points at most: a page ends where a step does, so one step alone may hold more.
    """
    return _page(run, key, within or Range(), limit, replaced=True)


def counting_points(run: Run, key: str) -> Iterator[Points]:
    """The points of a metric that count, by step, in parts. No part is empty, and no transaction is open between two.

    Each step is read at one moment, so a fold meanwhile neither doubles nor hides a point.
    """
    within: Range | None = Range()
    while within is not None:
        page = _page(run, key, within, AT_ONCE, replaced=False)
        if page is not None and len(page.points):
            yield page.counting
        within = None if page is None or page.next is None else Range(first=page.next)


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


def _page(run: Run, key: str, within: Range, limit: int, *, replaced: bool) -> History | None:
    with one_snapshot():
        series = stored_series([run.pk], [key])
        stored = _folded(run.pk, series[0].no, within, limit, replaced) if series else _Stored(NO_POINTS, within.last)
        new = arrived(waiting_of([run.pk]).get(run.pk, []), {key}).get(key)
    if new is None and not series:
        return None
    parts = [stored.points] if new is None else [stored.points, new.winners, new.superseded]
    points = joined([_between(part, within.first, stored.until) for part in parts])
    plan = arrangement_of(points.steps, points.writers, points.ranks)
    ordered = points if plan.order is None else points.take(plan.order)
    superseded = np.zeros(len(ordered), dtype=np.bool_) if plan.winners is None else ~plan.winners
    end = _end(ordered, limit)
    rest = int(ordered.steps[end]) if end < len(ordered) else stored.until + 1 if stored.until < within.last else None
    return History(ordered.take(slice(0, end)), superseded[:end], rest)


def _folded(run_id: int, no: int, within: Range, limit: int, replaced: bool) -> _Stored:
    """The chunks from the first step on that hold `limit` points together; and replaced values, which are in no order."""
    sql = """
        SELECT body, following FROM (
            SELECT start_step, body, sum(n) OVER chunks - n AS before, lead(start_step) OVER chunks AS following
            FROM tracking_chunk WHERE run_id = %s AND series_no = %s AND end_step >= %s AND start_step <= %s
            WINDOW chunks AS (ORDER BY start_step)
        ) AS chunk WHERE before < %s ORDER BY start_step
    """
    rows = rows_of(sql, [run_id, no, within.first, within.last, limit])
    following = rows[-1][1] if rows else None
    bodies = [body for body, _ in rows]
    if replaced:
        others = "SELECT body FROM tracking_superseded WHERE run_id = %s AND series_no = %s ORDER BY no"
        bodies += [body for (body,) in rows_of(others, [run_id, no])]
    return _Stored(unpack_bodies(bodies), within.last if following is None else following - 1)


def _between(points: Points, first: int, last: int) -> Points:
    inside = (points.steps >= first) & (points.steps <= last)
    return points if inside.all() else points.take(inside)


def _end(points: Points, limit: int) -> int:
    """Where a page of about `limit` points ends: not within a step."""
    if len(points) <= limit:
        return len(points)
    step = points.steps[limit]
    return int(np.searchsorted(points.steps, step, "left")) or int(np.searchsorted(points.steps, step, "right"))
