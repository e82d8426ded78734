"""Rows of superseded values are kept apart by the places of their points, whatever the order in which these come."""

from itertools import pairwise

import numpy as np
import pytest

from tests.tracking.columns.test_chunk import points_at
from tracking.columns.place import Place, Row, before, filed, in_order, place_of, rows_from, through
from tracking.columns.points import Points
from tracking.limits import CHUNK_POINTS


def rows_of(stored: dict[int, Points]) -> list[Row]:
    rows = [Row(no, len(points), place_of(points, 0), place_of(points, -1)) for no, points in stored.items()]
    return sorted(rows, key=lambda row: row.first)


def file(stored: dict[int, Points], points: Points) -> int:
    """What a fold does with `points`; how many stored points it writes anew."""
    rewritten, end = 0, max(stored, default=0)
    for rows, some in list(filed(rows_of(stored), points)):
        for piece in rows_from([stored.pop(row.no) for row in rows], some):
            end += 1
            stored[end] = piece
        rewritten += sum(row.n for row in rows)
    return rewritten


def places_in(stored: dict[int, Points]) -> list[Place]:
    return [place_of(stored[row.no], at) for row in rows_of(stored) for at in range(row.n)]


def test_places_compare_as_points_are_ordered() -> None:
    points = points_at([1, 1, 2, 2], ("a", "b"), [0, 1, 0, 0])
    places = [place_of(points, at) for at in range(4)]
    assert places == [(1, "a", 0), (1, "b", 1), (2, "a", 2), (2, "a", 3)]
    assert [before(points, place) for place in places] == [0, 1, 2, 3]
    assert [through(points, place) for place in places] == [1, 2, 3, 4]
    assert [before(points, Place(step)) for step in (1, 2, 3)] == [0, 2, 4]


@pytest.mark.parametrize("seed", range(20))
def test_rows_never_overlap_and_keep_every_point(seed: int) -> None:
    random = np.random.default_rng(seed)
    n = 400
    points = in_order(points_at(random.integers(0, 5, n), ("a", "b", "c"), random.integers(0, 3, n).tolist()))
    stored: dict[int, Points] = {}
    at = random.permutation(n)
    while len(at):
        some, at = at[: (size := int(random.integers(1, 60)))], at[size:]
        file(stored, points.take(np.sort(some)))
        rows = rows_of(stored)
        assert all(row.last < following.first for row, following in pairwise(rows))
    assert places_in(stored) == [place_of(points, at) for at in range(n)]


def test_writers_that_go_on_side_by_side_rewrite_little() -> None:
    """Sixty folds of four writers at one step: each fold's points fall between rows of the others."""
    stored: dict[int, Points] = {}
    names, each, folds, rewritten = ("a", "b", "c", "d"), 1000, 60, 0
    for fold in range(folds):
        ranks = np.tile(np.arange(fold * each, (fold + 1) * each), 4)
        writers = np.repeat(np.arange(4, dtype=np.uint32), each)
        zero = np.zeros(4 * each, dtype=np.int64)
        rewritten += file(stored, Points(zero, zero, zero.astype(float), ranks, writers, names))
    total = 4 * each * folds
    assert sum(map(len, stored.values())) == total
    assert max(map(len, stored.values())) <= CHUNK_POINTS
    assert len(stored) <= 4 * 10  # of 240 that were written
    assert rewritten < 4 * total
