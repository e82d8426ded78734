"""Promise D6 in charts: no extreme is lost, NaN and infinities are marked, a sample says so."""

import math
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from tests.factories.batch import batch_of, line
from tests.factories.tracking import make_run
from tracking.aggregates.fold import fold_run
from tracking.ingest.accept import accept_batch
from tracking.limits import CHUNK_POINTS
from tracking.models import Chunk, Project, Run
from tracking.queries import stretch
from tracking.queries.curve import Curve, Mark, curve_of, curves_of

START = 1_700_000_000_000


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob)


def send(run: Run, steps: Any, values: Any, seq: int = 0, writer: str = "w", *, fold: bool = True) -> None:
    steps, values = np.asarray(steps, dtype="<i8"), np.asarray(values, dtype="<f8")
    group = [["loss"], b"", steps.tobytes(), (START + np.arange(len(steps))).astype("<i8").tobytes(), values.tobytes()]
    accept_batch(run, writer, seq, codec="", body=msgspec.msgpack.encode({"v": 1, "groups": [group], "updates": []}))
    if fold:
        fold_run(run.pk)


def curve(run: Run, **choice: Any) -> Curve:
    found = curve_of(run, "loss", **choice)
    assert found is not None
    return found


def pairs(found: Curve) -> list[tuple[int, float]]:
    finite = np.isfinite(found.values)
    return list(zip(found.steps[finite].tolist(), found.values[finite].tolist(), strict=True))


def test_a_short_series_is_drawn_whole(run: Run) -> None:
    send(run, [0, 10, 20], [3.0, 1.0, 2.0])
    found = curve(run)
    assert pairs(found) == [(0, 3.0), (10, 1.0), (20, 2.0)]
    assert (found.total, found.sampled, found.bad_total, found.bad) == (3, 1, 0, ())


def test_there_is_no_curve_without_the_metric(run: Run) -> None:
    send(run, [0], [1.0])
    assert curve_of(run, "acc") is None


def test_a_spike_is_seen_at_every_zoom(run: Run) -> None:
    n = 300_000
    values = np.sin(np.arange(n) / 1000)
    values[123_457], values[123_459] = 99.0, -99.0
    for seq, part in enumerate(np.array_split(np.arange(n), 7)):
        send(run, part * 10, values[part], seq)
    for choice in ({"width": 10}, {"width": 200}, {"width": 1000}, {"width": 300, "first": 1_000_000, "last": 1_500_000}):
        found = curve(run, **choice)
        drawn = pairs(found)
        assert (1_234_570, 99.0) in drawn
        assert (1_234_590, -99.0) in drawn
        assert len(drawn) <= 2 * choice["width"] + 4
        assert all(values[step // 10] == value for step, value in drawn)
        assert found.sampled > 1
    assert pairs(curve(run, width=10))[0] == (0, values[0])
    assert pairs(curve(run, width=10))[-1] == ((n - 1) * 10, values[-1])
    near = curve(run, width=1000, first=1_234_000, last=1_235_000)
    assert (near.total, near.sampled, len(near.steps)) == (101, 1, 101)


def test_a_spike_that_comes_late_is_seen_at_every_zoom(run: Run) -> None:
    """Ever higher spikes in a series of many chunks, folded or not, at every width in every window, against brute force."""
    random, n = np.random.default_rng(7), 150_000
    values = random.normal(size=n)
    values[40_000:90_000:7] = math.nan
    send(run, range(n), values)
    for seq in range(1, 31):
        step, height = int(random.integers(n)), float(random.choice([-1, 1]) * (100 + seq))
        values[step] = height
        send(run, [step], [height], seq, fold=bool(random.integers(2)))
        for width in (1, 2, 12, int(random.integers(1, 2000))):
            first, last = max(0, step - int(random.integers(n))), step + int(random.integers(n))
            for window in ({}, {"first": first, "last": last}):
                found = curve(run, width=width, **window)
                inside = values[first : last + 1] if window else values
                drawn = pairs(found)
                assert (step, height) in drawn
                assert all(values[at] == value for at, value in drawn)
                assert len(drawn) <= 2 * width + 4
                assert (found.total, found.bad_total) == (len(inside), np.isnan(inside).sum())
                got = [value for _, value in drawn]
                assert (min(got), max(got)) == (np.nanmin(inside), np.nanmax(inside))


def test_a_mark_of_a_long_series_finds_its_last_finite_point_chunks_before(run: Run) -> None:
    values = np.zeros(100_000)
    values[20_000:] = math.nan
    send(run, range(100_000), values)
    for width in (1, 50, 2000):
        found = curve(run, width=width)
        assert (found.bad_total, len(found.bad)) == (80_000, 20)
        assert {mark.last for mark in found.bad} == {(19_999, 0.0)}
        assert [mark.step for mark in found.bad] == list(range(20_000, 20_020))


def test_nan_and_infinities_are_marked_with_the_last_finite_point(run: Run) -> None:
    send(run, range(6), [math.nan, 1.0, math.inf, -math.inf, 2.0, math.nan])
    for _ in range(2):
        found = curve(run)
        assert found.bad == (
            Mark(0, "nan", None),
            Mark(2, "inf", (1, 1.0)),
            Mark(3, "-inf", (1, 1.0)),
            Mark(5, "nan", (4, 2.0)),
        )
        assert found.bad_total == 4
        assert np.isnan(found.values).any()
        assert pairs(found) == [(1, 1.0), (4, 2.0)]
        fold_run(run.pk)


def test_a_mark_finds_the_last_finite_point_in_an_earlier_chunk_or_batch(run: Run) -> None:
    send(run, range(20_000), np.arange(20_000.0))
    send(run, range(20_000, 20_100), [math.nan] * 100, 1)
    send(run, [20_200], [math.inf], 2, fold=False)
    found = curve(run, width=100)
    assert found.bad_total == 101
    assert len(found.bad) == 20
    assert {mark.last for mark in found.bad} == {(19_999, 19_999.0)}


def test_unfolded_points_replace_folded_ones_under_a_level(run: Run) -> None:
    n = 200_000
    send(run, range(n), np.zeros(n))
    send(run, [77_777], [50.0], 1, fold=False)
    send(run, [150_000], [60.0], 0, writer="other", fold=False)
    found = curve(run, width=100)
    assert found.total == n + 1
    assert {(77_777, 50.0), (150_000, 60.0)} <= set(pairs(found))
    fold_run(run.pk)
    send(run, [77_777], [0.0], 2)
    assert {(150_000, 60.0)} == {pair for pair in pairs(curve(run, width=100)) if pair[1] != 0}


def test_unfolded_points_all_over_a_long_series_are_drawn_without_opening_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    n = 5 * CHUNK_POINTS
    send(run, np.arange(n) * 2, np.zeros(n))
    late = np.arange(5) * 2 * CHUNK_POINTS + 101
    late[4] -= 1  # replaces a value
    send(run, late, np.arange(1.0, 6.0), seq=1, fold=False)
    exact = curve(run, width=100)
    monkeypatch.setattr(stretch, "OPENED_CHUNKS", 4)
    found = curve(run, width=100)
    for one in (exact, found):
        assert set(zip(late.tolist(), [1.0, 2.0, 3.0, 4.0, 5.0], strict=True)) <= set(pairs(one))
    assert (exact.total, found.total) == (n + 4, n + 5)
    fold_run(run.pk)
    assert curve(run, width=100).total == n + 4


def test_steps_of_64_bits(run: Run) -> None:
    steps = [-(2**63), -1, 0, 2**63 - 1]
    send(run, steps, [1.0, 2.0, 3.0, 4.0])
    assert pairs(curve(run)) == list(zip(steps, [1.0, 2.0, 3.0, 4.0], strict=True))
    assert pairs(curve(run, first=-1, last=2**63 - 1)) == list(zip(steps[1:], [2.0, 3.0, 4.0], strict=True))


def test_a_series_of_nothing_finite(run: Run) -> None:
    send(run, range(50_000), np.full(50_000, math.nan))
    found = curve(run, width=100)
    assert pairs(found) == []
    assert (found.total, found.bad_total, len(found.bad)) == (50_000, 50_000, 20)


def test_chunks_are_full_and_no_step_is_in_two(run: Run) -> None:
    send(run, np.repeat(np.arange(20_000), 1), np.arange(20_000.0))
    send(run, np.arange(10_000, 40_000), np.arange(30_000.0), 0, writer="other")
    spans = list(Chunk.objects.filter(run=run).order_by("start_step").values_list("start_step", "end_step", "n"))
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    assert sum(n for _, _, n in spans) == 50_000
    assert max(n for _, _, n in spans) <= 16_385


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(seed=32768, n=574, width=16, folds=[False, True, True], late=0, cut=(125, 573))  # an end that is an extreme too
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 6_000),
    width=st.integers(1, 40),
    folds=st.lists(st.booleans(), min_size=3, max_size=3),
    late=st.integers(0, 5),
    cut=st.tuples(st.integers(-10, 7_000), st.integers(-10, 7_000)),
)
def test_every_drawn_point_is_real_and_every_extreme_is_drawn(
    project: Project, bob: User, seed: int, n: int, width: int, folds: list[bool], late: int, cut: tuple[int, int]
) -> None:
    random = np.random.default_rng(seed)
    run = make_run(project, bob)
    values = random.normal(size=n)
    values[random.random(n) < 0.05] = random.choice([math.nan, math.inf, -math.inf])
    for seq, (part, fold) in enumerate(zip(np.array_split(np.arange(n), 3), folds, strict=True)):
        if len(part):
            send(run, part, values[part], seq, fold=fold)
    for i in range(late):
        step = int(random.integers(0, n))
        values[step] = random.normal() * 3
        send(run, [step], [values[step]], 10 + i, fold=False)
    first, last = min(cut), max(cut)
    found = curve_of(run, "loss", width=width, first=first, last=last)
    assert found is not None
    steps = np.arange(n)
    inside = (steps >= first) & (steps <= last)
    finite = inside & np.isfinite(values)
    assert found.total == inside.sum()
    assert found.bad_total == inside.sum() - finite.sum()
    assert [mark.step for mark in found.bad] == steps[inside & ~np.isfinite(values)][:20].tolist()
    drawn = pairs(found)
    assert all(values[step] == value and first <= step <= last for step, value in drawn)
    assert [step for step, _ in drawn] == sorted({step for step, _ in drawn})
    assert len(drawn) <= 2 * width + 4
    if finite.any():
        got = [value for _, value in drawn]
        assert (min(got), max(got)) == (values[finite].min(), values[finite].max())
        assert (drawn[0][0], drawn[-1][0]) == (steps[finite][0], steps[finite][-1])
    if found.sampled == 1:
        assert len(drawn) == finite.sum()


def test_many_runs_are_read_in_as_many_statements_as_one(project: Project, bob: User, django_assert_num_queries: Any) -> None:
    runs = [make_run(project, bob) for _ in range(3)]
    for run in runs:
        send(run, range(10), np.arange(10.0))
        send(run, [10], [10.0], 1, fold=False)
    for some in (runs[:1], runs):
        with django_assert_num_queries(3):
            found = curves_of([run.pk for run in some], ["loss"])
        assert [len(found[run.pk, "loss"].steps) for run in some] == [11] * len(some)


def test_rows_of_one_metric(run: Run) -> None:
    accept_batch(run, "w", 0, codec="", body=batch_of(line("loss", [1.0, 2.0], first_step=5, every=5)))
    assert pairs(curve(run)) == [(5, 1.0), (10, 2.0)]


def test_a_chunk_from_the_first_step_there_is_to_the_last_is_drawn(run: Run) -> None:
    steps = [-(2**63), *range(1_000), 2**63 - 1]
    send(run, steps, np.arange(1_002.0))
    assert Chunk.objects.get(run=run).n == 1_002
    found = curve(run, width=1)
    assert (found.total, pairs(found)[0], pairs(found)[-1]) == (1_002, (-(2**63), 0.0), (2**63 - 1, 1_001.0))
