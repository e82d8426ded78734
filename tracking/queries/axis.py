"""Curves over time or over another metric instead of the step.

Levels of the pyramid know steps only, so every point in question is read, and `EXACT_POINTS` bounds them; then the curve is
thinned by pixels of the axis asked for, with the same extremes. Call inside one snapshot.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from kit.rows import rows_of
from tracking.columns.body import unpack_body
from tracking.columns.groups import arrived
from tracking.columns.points import NO_POINTS, Floats, Points, joined, split
from tracking.errors import TooManyPoints
from tracking.limits import EXACT_POINTS
from tracking.queries.parts import places_of
from tracking.queries.stored import waiting_of

STEP, RELATIVE, WALL = "step", "relative", "wall"


@dataclass(frozen=True, slots=True)
class Placed:
    """Points of one series by `x` (float64; of equal ones the lower step comes first). `unplaced`: points that have no x."""

    x: Floats
    values: Floats
    unplaced: int


def placed_of(run_ids: Sequence[int], keys: Collection[str], axis: str) -> dict[tuple[int, str], Placed]:
    """(run id, key) -> its points over `axis`; runs without a metric are missing there.

    RELATIVE: seconds since the first point of the series by its clock; WALL: Unix seconds; any other word is a metric, of
    which the same writer's last value by that step is taken. Raises TooManyPoints.
    """
    other = None if axis in {RELATIVE, WALL} else axis
    points = _points_of(run_ids, {*keys, other} if other else set(keys))
    found = {what: one for what, one in points.items() if what[1] in keys}
    if other:
        return {(run_id, key): _over(one, points.get((run_id, other), NO_POINTS)) for (run_id, key), one in found.items()}
    return {what: _over_time(one, since_first=axis == RELATIVE) for what, one in found.items()}


def _points_of(run_ids: Sequence[int], keys: Collection[str]) -> dict[tuple[int, str], Points]:
    """(run id, key) -> every point that counts, by step, folded or not."""
    places = places_of(run_ids, keys)
    total = _counted(sum(n for _, n in places.values()))
    waiting: dict[tuple[int, str], Points] = {}
    for run_id, batches in waiting_of(run_ids).items():
        for key, new in arrived(batches, keys).items():
            total = _counted(total + len(new.winners) + len(new.superseded))
            waiting[run_id, key] = new.winners
    sql = """
        SELECT run_id, series_no, body FROM unnest(%s::bigint[], %s::int[]) AS wanted (run_id, series_no)
        JOIN tracking_chunk USING (run_id, series_no) ORDER BY run_id, series_no, start_step
    """
    parts: dict[tuple[int, int], list[Points]] = {}
    for run_id, no, body in rows_of(sql, [[run_id for run_id, _ in places], [no for no, _ in places.values()]]):
        parts.setdefault((run_id, no), []).append(unpack_body(body))
    found = {(run_id, key): joined(parts[run_id, no]) for (run_id, key), (no, _) in places.items() if (run_id, no) in parts}
    for what, points in waiting.items():
        found[what] = split(joined([found[what], points]))[0] if what in found else points
    return found


def _counted(points: int) -> int:
    """What is read so far, asked before more is read."""
    if points > EXACT_POINTS:
        raise TooManyPoints(
            f"Over another axis than the step a chart reads at most {EXACT_POINTS:,} points, and these are more. "
            "Ask for fewer runs or metrics, or draw it by step."
        )
    return points


def _over_time(points: Points, *, since_first: bool) -> Placed:
    start = int(points.times.min()) if since_first and len(points) else 0
    return _by_x((points.times - start) / 1000, points.values, unplaced=0)


def _over(points: Points, other: Points) -> Placed:
    """The points over the last finite value of `other` that their writer had logged by their step: often it comes by itself."""
    mine, theirs = [], []
    for number, name in enumerate(points.names):
        if name not in other.names:
            continue
        ours = np.flatnonzero(points.writers == number)
        others = np.flatnonzero((other.writers == other.names.index(name)) & np.isfinite(other.values))
        last = np.searchsorted(other.steps[others], points.steps[ours], side="right") - 1
        mine.append(ours[last >= 0])
        theirs.append(others[last[last >= 0]])
    at = np.concatenate(mine) if mine else np.zeros(0, dtype=np.int64)
    x = other.values[np.concatenate(theirs)] if theirs else np.zeros(0)
    by_step = np.argsort(at)  # of equal x the lower step comes first
    return _by_x(x[by_step], points.values[at[by_step]], unplaced=len(points) - len(at))


def _by_x(x: Floats, values: Floats, unplaced: int) -> Placed:
    order = np.argsort(x, kind="stable")
    return Placed(x[order], values[order], unplaced)
