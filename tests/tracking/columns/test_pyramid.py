"""Levels above the points."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tracking.columns.points import Points
from tracking.columns.pyramid import BUCKET, bucket_of, buckets_of
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
    one, found = bucket_of(int(points.steps[0]), summary_of(points)), buckets_of(points, 16)
    assert one.dtype == found.dtype == BUCKET
    for name in set(BUCKET.names or ()) - {"sum"}:
        np.testing.assert_array_equal(one[name], found[name], err_msg=name)


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=16))
def test_its_sum_is_that_of_the_values(values: list[float]) -> None:
    points = points_of(values)
    assert bucket_of(0, summary_of(points))["sum"][0] == np.float32(math.fsum(values))
