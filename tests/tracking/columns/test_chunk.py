"""How a series is cut into chunks."""

import numpy as np
import pytest

from tracking.columns.body import pack_body, steps_and_values, unpack_bodies, unpack_body
from tracking.columns.chunk import Span, holding, pieces_of, regions_of
from tracking.columns.points import NO_POINTS, Points, joined, split
from tracking.columns.pyramid import FANS, buckets_of, pack_level, unpack_levels
from tracking.limits import CHUNK_POINTS


def points_at(steps: list[int] | np.ndarray, names: tuple[str, ...] = ("a",), writers: list[int] | None = None) -> Points:
    n = len(steps)
    random = np.random.default_rng(n)
    return Points(
        steps=np.asarray(steps, dtype=np.int64),
        times=np.arange(n, dtype=np.int64),
        values=random.integers(0, 2**64, n, dtype=np.uint64).view(np.float64),
        ranks=np.arange(n, dtype=np.int64),
        writers=np.zeros(n, dtype=np.uint32) if writers is None else np.array(writers, dtype=np.uint32),
        names=names,
    )


@pytest.mark.parametrize("n", [1, 31, 32, 5000])
def test_a_body_keeps_every_bit(n: int) -> None:
    points = points_at(np.arange(n) - 10, ("a", "b", "unused"), [i % 2 for i in range(n)])
    found = unpack_body(pack_body(points))
    for name in ("steps", "times", "values", "ranks"):
        assert getattr(found, name).tobytes() == getattr(points, name).tobytes()
    assert [found.names[i] for i in found.writers] == [points.names[i] for i in points.writers]
    assert "unused" not in found.names
    steps, values = steps_and_values(pack_body(points))
    assert (steps.tobytes(), values.tobytes()) == (points.steps.tobytes(), points.values.tobytes())


@pytest.mark.parametrize("sizes", [[], [1], [31, 32, 5000], [7, 40, 1]])
def test_bodies_unpacked_together_are_those_unpacked_one_by_one(sizes: list[int]) -> None:
    parts = [points_at(np.arange(n) + i, ("a", f"b{i}"), [(j + i) % 2 for j in range(n)]) for i, n in enumerate(sizes)]
    bodies = [pack_body(part) for part in parts]
    found, wanted = unpack_bodies(bodies), joined([unpack_body(body) for body in bodies] or [NO_POINTS])
    assert found.names == wanted.names
    for name in ("steps", "times", "values", "ranks", "writers"):
        assert getattr(found, name).tobytes() == getattr(wanted, name).tobytes()


@pytest.mark.parametrize("fan", FANS)
def test_levels_keep_extremes_at_their_steps(fan: int) -> None:
    points = points_at(np.sort(np.random.default_rng(1).integers(-(2**63), 2**63 - 1, 3000)))
    points.values[:1100] = np.nan
    buckets = unpack_levels(pack_level(buckets_of(points.steps[None], points.values[None], fan), fan), fan)
    for i, start in enumerate(range(0, 3000, fan)):
        values = points.values[start : start + fan]
        good = np.isfinite(values)
        assert (buckets["n"][i], buckets["bad"][i]) == (good.sum(), (~good).sum())
        assert buckets["step"][i] == points.steps[start]
        if good.any():
            low, high = values[good].min(), values[good].max()
            assert (buckets["vmin"][i], buckets["vmax"][i]) == (low, high)
            assert buckets["vmin_step"][i] == points.steps[start : start + fan][values == low][0]
            assert buckets["vmax_step"][i] == points.steps[start : start + fan][values == high][0]
        else:
            assert np.isnan(buckets["vmin"][i])


def test_pieces_are_full_at_the_tail_and_equal_elsewhere() -> None:
    points = points_at(np.arange(CHUNK_POINTS * 2 + 10))
    assert [len(piece) for piece in pieces_of(points, tail=True)] == [CHUNK_POINTS, CHUNK_POINTS, 10]
    assert [len(piece) for piece in pieces_of(points, tail=False)] == [10926, 10926, 10926]


def test_a_step_is_never_cut_in_two() -> None:
    steps = np.concatenate([np.arange(CHUNK_POINTS - 2), np.full(5, CHUNK_POINTS), np.full(CHUNK_POINTS + 3, CHUNK_POINTS + 1)])
    pieces = pieces_of(points_at(steps), tail=True)
    assert [len(piece) for piece in pieces] == [CHUNK_POINTS - 2, 5, CHUNK_POINTS + 3]
    assert sum(map(len, pieces)) == len(steps)


def test_new_points_find_their_chunks() -> None:
    spans = [Span(0, 99, 100), Span(200, 299, 100), Span(300, 309, 10)]

    def regions(*steps: int) -> list[tuple[slice, slice, bool]]:
        return [(region.spans, region.points, region.tail) for region in regions_of(spans, np.array(steps))]

    assert regions(400, 401, 402, 403, 404) == [(slice(2, 3), slice(0, 5), True)]
    assert regions(400) == [(slice(3, 3), slice(0, 1), True)]
    assert regions(50, 150, 250) == [(slice(0, 1), slice(0, 2), False), (slice(1, 2), slice(2, 3), False)]
    assert regions(-5) == [(slice(0, 1), slice(0, 1), False)]
    assert regions(305, *range(400, 405)) == [(slice(2, 3), slice(0, 6), True)]
    assert holding(spans, np.array([-5, 150, 250, 309, 310])) == [1, 2]


def test_the_highest_rank_of_a_writer_wins_and_writers_stay_apart() -> None:
    points = points_at([5, 5, 5, 1], ("a", "b"), [0, 0, 1, 0])
    points.ranks[:] = [9, 3, 1, 2]
    winners, beaten = split(points)
    assert list(zip(winners.steps, winners.ranks, winners.writers, strict=True)) == [(1, 2, 0), (5, 9, 0), (5, 1, 1)]
    assert beaten.ranks.tolist() == [3]
