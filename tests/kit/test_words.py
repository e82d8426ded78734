"""How times, numbers and people are written."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from kit.words import counted, day_of, initials_of, lasting, reading, since

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (timedelta(seconds=-5), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(seconds=60), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=13), "13 days ago"),
        (timedelta(days=14), "8 Nov"),
        (timedelta(days=400), "18 Oct 2025"),
    ],
)
def test_since(before: timedelta, text: str) -> None:
    assert since(NOW - before, NOW) == text


def test_day_names_the_year_only_when_it_is_another() -> None:
    assert day_of(datetime(2026, 3, 4, 9, 5, tzinfo=UTC), NOW) == "4 Mar, 09:05"
    assert day_of(datetime(2025, 3, 4, 9, 5, tzinfo=UTC), NOW) == "4 Mar 2025, 09:05"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (8.24, "8.2 s"),
        (9.96, "10 s"),
        (59.6, "1 min 00 s"),
        (250, "4 min 10 s"),
        (22320, "6 h 12 m"),
        (200_000, "2 d 7 h"),
    ],
)
def test_lasting(seconds: float, text: str) -> None:
    assert lasting(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.92134, "2.921"),
        (0.0412, "0.0412"),
        (178_123, "178.1k"),
        (9_999, "9999"),
        (9_999.9, "10000"),
        (12_345, "12.35k"),
        (1_250_000, "1.25M"),
        (3e9, "3G"),
        (1e20, "1e20"),
        (3e-4, "3e-4"),
        (-3e-7, "−3e-7"),
        (-0.5, "−0.5"),
        (0.0, "0"),
        (-0.0, "0"),
        (float("nan"), "NaN"),
        (float("inf"), "Inf"),
        (float("-inf"), "−Inf"),
    ],
)
def test_reading(value: float, text: str) -> None:
    assert reading(value) == text


def test_counted() -> None:
    assert counted(1208) == "1,208"
    assert counted(-1208) == "−1,208"


@pytest.mark.parametrize(
    ("name", "email", "text"),
    [
        ("Ana Kovač", "", "AK"),
        ("Ana Maria Kovač", "", "AK"),
        ("ana", "", "AN"),
        ("", "bek.tursunov@lab.example", "BT"),
        ("", "x@lab.example", "X"),
        ("", "", "?"),
    ],
)
def test_initials(name: str, email: str, text: str) -> None:
    assert initials_of(SimpleNamespace(name=name, email=email)) == text
