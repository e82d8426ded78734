"""Sums without rounding."""

import sys
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tracking.columns.exact import UNIT, exact_sum, expansion_of, expansion_of_few, expansion_of_sum, mean_of, total_of

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(finite, min_size=1, max_size=60), st.sampled_from([1, 65]))
def test_a_sum_is_exact_and_its_expansion_too(values: list[float], times: int) -> None:
    values = values * times  # few are added otherwise than many
    total = exact_sum(np.array(values))
    must = sum(map(Fraction, values))
    assert Fraction(total, 1 << UNIT) == must
    expansion = expansion_of(total)
    assert sum(map(Fraction, expansion)) == must
    assert expansion_of_few(values) == expansion_of_sum(np.array(values)) == expansion
    assert total_of(expansion) == total
    assert mean_of(total, len(values)) == float(must / len(values))


@given(st.permutations([1e308, 1e308, -1e308, 5e-324, 1.0, -3.5, 2**0.5]))
def test_equal_sums_are_written_equally(values: list[float]) -> None:
    half = len(values) // 2
    parts = [expansion_of(exact_sum(np.array(part))) for part in (values[:half], values[half:])]
    assert expansion_of_few(parts[0] + parts[1]) == expansion_of(exact_sum(np.array(sorted(values))))
    assert expansion_of(sum(map(total_of, parts))) == expansion_of(exact_sum(np.array(sorted(values))))


def test_sums_beyond_a_float() -> None:
    largest = sys.float_info.max
    total = exact_sum(np.full(3, largest))
    assert expansion_of(total) == expansion_of_few([largest] * 3) == (largest,) * 3
    assert mean_of(total, 3) == largest
    assert expansion_of(exact_sum(np.array([1.0, -1.0]))) == ()
