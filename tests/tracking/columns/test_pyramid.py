"""Levels above the points."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tracking.columns.points import Points
from tracking.columns.pyramid import BUCKET, FANS, buckets_from, buckets_of, packed_levels
from tracking.columns.summary import summary_of

anything = st.one_of(st.floats(width=32), st.sampled_from([float("nan"), float("inf"), float("-inf"), -0.0, 1e308, 5e-324]))


def points_of(values: list[float]) -> Points:
    n = len(values)
    steps = np.arange(n, dtype=np.int64) * 3 - 7
    zeros = np.zeros(n, dtype=np.uint32)
    return Points(steps=steps, times=steps * 1000, values=np.array(values), ranks=steps, writers=zeros, names=("w",))


@given(st.lists(anything, min_size=1, max_size=16))
def test_the_one_bucket_of_few_points_is_that_of_many(values: list[float]) -> None:
    points = points_of(values)
    one = buckets_from([int(points.steps[0])], [summary_of(points)])
    found = buckets_of(points.steps[None], points.values[None], 16)
    assert one.dtype == found.dtype == BUCKET
    for name in set(BUCKET.names or ()) - {"sum"}:
        np.testing.assert_array_equal(one[name], found[name], err_msg=name)


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=16))
def test_its_sum_is_that_of_the_values(values: list[float]) -> None:
    points = points_of(values)
    assert buckets_from([0], [summary_of(points)])["sum"][0, 0] == np.float32(math.fsum(values))


@given(st.integers(1, 2100).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.integers(0, 2**32), min_size=1, max_size=4))))
def test_levels_built_together_are_those_built_one_by_one(case: tuple[int, list[int]]) -> None:
    n, seeds = case
    odd = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0, 1.5])
    chunks = []
    for seed in seeds:
        random = np.random.default_rng(seed)
        chunks.append(points_of(np.where(random.random(n) < 0.5, random.choice(odd, n), random.normal(0, 1, n)).tolist()))
    steps = np.stack([points.steps + place for place, points in enumerate(chunks)])
    values, summaries = np.stack([points.values for points in chunks]), [summary_of(points) for points in chunks]
    for fan in FANS:
        alone = [packed_levels(steps[[i]], values[[i]], [summaries[i]], fan)[0] for i in range(len(chunks))]
        assert packed_levels(steps, values, summaries, fan) == alone
