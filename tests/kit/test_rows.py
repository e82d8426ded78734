"""Numbers on their way to a statement of our own."""

import pytest

from kit.rows import array_of, rows_of

pytestmark = pytest.mark.django_db


def test_floats_arrive_bit_by_bit() -> None:
    numbers = [0.0, -0.0, 5e-324, 1.7976931348623157e308, 0.1, float("inf"), float("nan"), None]
    assert repr(rows_of("SELECT %s::float8[]", [array_of(numbers)])[0][0]) == repr(numbers)


def test_whole_numbers_of_64_bits_and_none_at_all() -> None:
    numbers = [-(2**63), 2**63 - 1, 0, None]
    assert rows_of("SELECT %s::int8[], %s::int8[]", [array_of(numbers), array_of([])]) == [(numbers, [])]
