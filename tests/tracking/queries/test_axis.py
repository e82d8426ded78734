"""Curves over time and over another metric: every point at its true x, every extreme kept, nothing left out unsaid."""

import math
from typing import Any

import msgspec
import numpy as np
import pytest

from accounts.models import User
from tests.factories.tracking import make_run
from tests.tracking.queries.test_frame import read
from tracking.aggregates.fold import fold_run
from tracking.ingest.accept import accept_batch
from tracking.models import Project, Run
from tracking.queries import axis
from tracking.queries.curve import Curve, Mark, curves_over
from tracking.queries.frame import Drawing, TooManyPoints, frame_of

START = 1_700_000_000_000


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob)


def send(run: Run, key: str, steps: Any, times: Any, values: Any, seq: int, writer: str = "w", *, fold: bool = True) -> None:
    columns = [np.asarray(steps, "<i8"), START + np.asarray(times, "<i8"), np.asarray(values, "<f8")]
    group = [[key], b"", *(column.tobytes() for column in columns)]
    accept_batch(run, writer, seq, codec="", body=msgspec.msgpack.encode({"v": 1, "groups": [group], "updates": []}))
    if fold:
        fold_run(run.pk)


def over(run: Run, x: str, *, width: int = 1000, first: float | None = None, last: float | None = None) -> Curve:
    within = -math.inf if first is None else first, math.inf if last is None else last
    return curves_over(x, [run.pk], ["loss"], width=width, within=within)[run.pk, "loss"]


def pairs(found: Curve) -> list[tuple[float, float]]:
    return list(zip(found.steps.tolist(), found.values.tolist(), strict=True))


@pytest.mark.parametrize("fold", [True, False])
def test_time_is_seconds_since_the_first_point_or_of_the_clock(run: Run, fold: bool) -> None:
    send(run, "loss", [0, 5], [500, 1750], [3.0, 2.0], 0)
    send(run, "loss", [9, 5], [9_000, 2_000], [1.0, 2.5], 1, fold=fold)
    assert pairs(over(run, "relative")) == [(0, 3.0), (1.5, 2.5), (8.5, 1.0)]
    assert pairs(over(run, "wall")) == [(START / 1000 + x, y) for x, y in ((0.5, 3.0), (2.0, 2.5), (9.0, 1.0))]
    part = over(run, "relative", first=1.5, last=8)
    assert (pairs(part), part.total, part.sampled) == ([(1.5, 2.5)], 1, 1)


def test_points_are_in_the_order_of_time_whatever_their_steps(run: Run) -> None:
    send(run, "loss", [0, 1, 2], [2_000, 0, 1_000], [math.nan, 1.0, 2.0], 0)
    found = over(run, "relative")
    assert found.steps.tolist() == [0, 1, 2]
    assert found.bad == (Mark(2.0, "nan", (1.0, 2.0)),)
    assert found.bad_total == 1


def test_a_point_stands_over_what_its_writer_had_logged_last(run: Run) -> None:
    send(run, "loss", [-1, 0, 1, 2, 3], [0] * 5, [5.0, 4.0, 3.0, 2.0, 1.0], 0)
    send(run, "tokens", [0, 2, 3, 7], [0] * 4, [100.0, 300.0, math.nan, 9.0], 1)
    send(run, "loss", [1, 2], [0] * 2, [30.0, 20.0], 0, writer="v", fold=False)
    send(run, "tokens", [1], [0], [200.0], 1, writer="v")
    found = over(run, "tokens")
    assert pairs(found) == [(100.0, 4.0), (100.0, 3.0), (200.0, 30.0), (200.0, 20.0), (300.0, 2.0), (300.0, 1.0)]
    assert (found.total, found.unplaced) == (6, 1)
    header, columns = read(frame_of([run], "loss", Drawing(x="tokens")))
    placed = ("tokens", 1, [100, 100, 200, 200, 300, 300])
    assert (header["x"], header["runs"][0]["unplaced"], columns["x"].tolist()) == placed
    nowhere = over(run, "nobody's")
    assert (pairs(nowhere), nowhere.total, nowhere.unplaced) == ([], 0, 7)


@pytest.mark.parametrize("x", ["relative", "wall", "tokens"])
def test_every_extreme_is_drawn_at_its_true_place(run: Run, x: str) -> None:
    random, n = np.random.default_rng(3), 40_000
    times = np.cumsum(random.integers(1, 5_000, n))
    values, tokens = random.normal(size=n), np.cumsum(random.integers(0, 3, n)).astype(float)
    spike = int(random.integers(n))
    values[spike] = 99.0
    send(run, "loss", range(n), times, values, 0)
    send(run, "tokens", range(n), times, tokens, 1)
    place = {"relative": (times - times[0]) / 1000, "wall": (START + times) / 1000, "tokens": tokens}[x]
    truth = set(zip(place.tolist(), values.tolist(), strict=True))
    for width, reach in ((1, n), (7, 500), (300, n), (1000, 3_000)):
        first, last = place[max(0, spike - reach)], place[min(n - 1, spike + reach)]
        found = over(run, x, width=width, first=float(first), last=float(last))
        inside = values[(place >= first) & (place <= last)]
        assert set(pairs(found)) <= truth
        assert (place[spike], 99.0) in pairs(found)
        assert (found.values.min(), found.values.max(), found.total) == (inside.min(), inside.max(), len(inside))
        assert len(found.steps) <= 2 * width + 4
        assert bool(np.all(found.steps[1:] >= found.steps[:-1]))


@pytest.mark.parametrize("waiting", [1, 4, 9])
def test_more_points_than_can_be_read_one_by_one_are_refused(run: Run, monkeypatch: pytest.MonkeyPatch, waiting: int) -> None:
    """Also those that wait for the fold, and values that they replace."""
    send(run, "loss", range(10 - waiting), [0] * (10 - waiting), range(10 - waiting), 0)
    send(run, "acc", range(10), [0] * 10, range(10), 1, fold=False)
    send(run, "loss", [0] * waiting, [0] * waiting, range(waiting), 2, fold=False)
    monkeypatch.setattr(axis, "EXACT_POINTS", 10)
    assert over(run, "wall").total
    monkeypatch.setattr(axis, "EXACT_POINTS", 9)
    with pytest.raises(TooManyPoints, match="at most 9 points"):
        over(run, "wall")
    assert frame_of([run], "loss")


def test_a_metric_that_spans_more_than_a_float_holds_is_an_axis(run: Run) -> None:
    x = np.linspace(-1.0, 1.0, 5_000) * 1.7e308
    for seq, (key, values) in enumerate((("x", x), ("loss", np.arange(5_000.0)))):
        send(run, key, np.arange(5_000), np.zeros(5_000), values, seq)
    found = over(run, "x", width=100)
    assert (found.total, pairs(found)[0], pairs(found)[-1]) == (5_000, (-1.7e308, 0.0), (1.7e308, 4_999.0))
    assert 100 <= len(found.steps) <= 202
