"""The place of a point in its series, which never changes: what pages of a history go on from, and what keeps rows apart."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from tracking.columns.chunk import first_taken
from tracking.columns.points import Points, arrangement_of, joined
from tracking.limits import CHUNK_POINTS


class Place(NamedTuple):
    """Step, writer's name and rank: no two points of a series share it. They compare in the order of the history."""

    step: int
    writer: str = ""
    rank: int = -1


def place_of(points: Points, at: int) -> Place:
    return Place(int(points.steps[at]), points.names[points.writers[at]], int(points.ranks[at]))


def before(points: Points, place: Place) -> int:
    """How many of the points, which are in order, stand before `place`."""
    return bisect_left(range(len(points)), place, key=lambda at: place_of(points, at))


def through(points: Points, place: Place) -> int:
    """How many of the points, which are in order, stand before `place` or at it."""
    return bisect_right(range(len(points)), place, key=lambda at: place_of(points, at))


@dataclass(frozen=True, slots=True)
class Row:
    """A stored row of `n` points: where the first and the last of them stand."""

    no: int
    n: int
    first: Place
    last: Place


def filed(rows: Sequence[Row], points: Points) -> Iterator[tuple[list[Row], Points]]:
    """How new points, in order, go beside stored rows, sorted by `first`: rows to write anew, and the points that join them.

    A point that falls within a row goes into it, so that no two rows overlap. What falls between two makes rows of its own and
    takes those before it along while they are at most twice as much, as chunks do at their tail: a point is rewritten some few
    times only.
    """
    free = at = 0  # the first row that is in no filing, the first point that is in none
    for place, row in enumerate(rows):
        head, tail = (max(at, count) for count in (before(points, row.first), before(points, row.last)))
        if at < head:
            yield _small(rows[free:place], head - at), points.take(slice(at, head))
            free = place
        if head < tail:
            yield [row], points.take(slice(head, tail))
            free = place + 1
        at = tail
    if at < len(points):
        yield _small(rows[free:], len(points) - at), points.take(slice(at, len(points)))


def _small(rows: Sequence[Row], in_hand: int) -> list[Row]:
    return list(rows[first_taken(rows, in_hand) :])


def rows_from(old: Sequence[Points], new: Points) -> list[Points]:
    """Stored points and those that join them, cut into rows of at most CHUNK_POINTS.

    Large ones are cut behind the last new point: where its writer goes on, the next ones then fall between two rows.
    """
    points = in_order(joined([*old, new]))
    cut = len(points) if len(points) <= CHUNK_POINTS // 2 else through(points, place_of(new, -1))
    sides = [points.take(side) for side in (slice(0, cut), slice(cut, len(points)))]
    return [part for side in sides if len(side) for part in _even(side)]


def in_order(points: Points) -> Points:
    order = arrangement_of(points.steps, points.writers, points.ranks).order
    return points if order is None else points.take(order)


def _even(points: Points) -> list[Points]:
    n = len(points)
    parts = -(-n // CHUNK_POINTS)
    return [points.take(slice(start, end)) for start, end in pairwise(n * part // parts for part in range(parts + 1))]
