"""Settings as text, never rounded."""

import math

import pytest

from tracking.rendering.value import value_text, whole_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3e-4, "3e-4"),
        (0.00123, "1.23e-3"),
        (0.1, "0.1"),
        (0.30000000000000004, "0.30000000000000004"),
        (1e22, "1e22"),
        (-0.0, "-0"),
        (2.0, "2"),
        (4000, "4,000"),
        (2**63, "9223372036854775808"),
        (True, "true"),
        (None, "null"),
        ("cosine", "cosine"),
        ([0.9, 0.95], "[0.9, 0.95]"),
        ({}, "{}"),
        (math.nan, "NaN"),
        (math.inf, "Inf"),
    ],
)
def test_as_a_person_would_have_typed_it(value: object, text: str) -> None:
    assert whole_text(value) == text


def test_a_table_shortens_and_the_run_page_does_not() -> None:
    assert value_text("x" * 100) == "x" * 59 + "…"
    assert whole_text("x" * 100) == "x" * 100
