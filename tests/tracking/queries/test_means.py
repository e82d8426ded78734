"""What a group's mean and band are made of: every finite point counts once, however a curve is drawn."""

import math
from typing import Any

import numpy as np
import pytest

from accounts.models import User
from tests.factories.tracking import make_run
from tests.tracking.queries.test_curve import send
from tests.tracking.queries.test_frame import read
from tracking.columns.points import Floats
from tracking.limits import CHUNK_POINTS
from tracking.models import Project, Run
from tracking.queries.curve import Curve, curves_of, curves_over
from tracking.queries.frame import Drawing, frame_of
from tracking.queries.means import Averages, averages_of, cells_of, means_over

N = 100_000


@pytest.fixture
def runs(project: Project, bob: User) -> list[Run]:
    return [make_run(project, bob, config={"lr": 0.1}) for _ in range(8)]


def noise(runs: list[Run], n: int = N) -> Floats:
    return np.random.default_rng(5).normal(size=(len(runs), n))


def curves(runs: list[Run], **choice: Any) -> list[Curve]:
    found = curves_of([run.pk for run in runs], ["loss"], averaged=True, **choice)
    return [found[run.pk, "loss"] for run in runs]


def true_means(curve: Curve, steps: Any, values: Floats) -> tuple[Floats, Floats]:
    """(mean of the finite values in each cell, how many there are) by brute force; of begun cells at the ends as they are."""
    assert curve.cells is not None
    cell = (np.asarray(steps) - int(curve.cells.start)) // int(curve.cells.width)
    held = [values[cell == i] for i in range(curve.cells.count)]
    finite = [some[np.isfinite(some)] for some in held]
    return np.array([some.mean() if len(some) else math.nan for some in finite]), np.array([len(some) for some in finite])


def means(curve: Curve) -> Floats:
    assert curve.means is not None
    return curve.means


@pytest.mark.parametrize("fold", [(True,) * 6, (True, True, True, False, False, True), (False,) * 6])
@pytest.mark.parametrize("choice", [{}, {"first": 20_001, "last": 90_000}, {"width": 100}, {"width": 2000, "first": 33_333}])
def test_the_spread_of_means_is_that_of_all_points(runs: list[Run], fold: tuple[bool, ...], choice: dict[str, int]) -> None:
    """Folded, half folded with holes of points that wait within chunks, and not at all; whole and zoomed."""
    values = noise(runs)
    parts = [*np.split(np.arange(N), CHUNK_POINTS * np.array([1, 2, 3, 5])), np.arange(0, N, 20_000)]
    values[:, parts[-1]] = -7.0
    for run, row in zip(runs, values, strict=True):
        for seq, (part, folded) in enumerate(zip(parts, fold, strict=True)):
            send(run, part, row[part] if seq == 5 else np.where(part % 20_000, row[part], 7.0), seq, fold=folded)
    found = curves(runs, **choice)
    first, last = choice.get("first", 0), choice.get("last", N - 1)
    steps = np.arange(first, last + 1)
    truth = [true_means(curve, steps, row[steps]) for curve, row in zip(found, values, strict=True)]
    inner = slice(1, -1)
    assert {curve.cells for curve in found} == {found[0].cells}
    assert choice.get("width", 1000) / 5 <= len(means(found[0])) <= choice.get("width", 1000) / 2 + 2
    got, expected = (np.std(rows, axis=0, ddof=1)[inner] for rows in ([means(one) for one in found], [one for one, _ in truth]))
    np.testing.assert_allclose(got, expected, rtol=1e-5)
    for curve, (mean, counts) in zip(found, truth, strict=True):
        np.testing.assert_allclose(means(curve)[inner], mean[inner], rtol=0, atol=1e-6)
        assert len(set(counts[inner])) == 1
    assert np.median(got) == pytest.approx(1 / math.sqrt(truth[0][1][1]), rel=0.1)


def test_the_spread_is_right_where_each_run_was_folded_in_its_own_way(runs: list[Run]) -> None:
    values, random = noise(runs), np.random.default_rng(6)
    for run, row in zip(runs, values, strict=True):
        for seq, part in enumerate(np.split(np.arange(N), np.sort(random.choice(N, 6, replace=False)))):
            send(run, part, row[part], seq, fold=seq != 4)
    for choice in ({}, {"first": 10_000, "last": 70_000}):
        found = curves(runs, **choice)
        assert found[0].cells is not None
        spread = np.std([means(one) for one in found], axis=0, ddof=1)
        assert np.sqrt(np.mean(spread**2)) * math.sqrt(found[0].cells.width) == pytest.approx(1, abs=0.05)


def test_a_spike_is_drawn_and_weighs_as_one_point(runs: list[Run]) -> None:
    values = noise(runs[:1])[0]
    values[50_000] = 1e4
    send(runs[0], range(N), values)
    [found] = curves(runs[:1])
    assert found.values.max() == 1e4
    mean, counts = true_means(found, range(N), values)
    assert means(found)[1:-1] == pytest.approx(mean[1:-1], abs=1e-3)
    assert means(found).max() == pytest.approx(1e4 / counts[1], abs=1)


def test_runs_that_logged_otherwise_share_cells(runs: list[Run]) -> None:
    """A long run by its buckets, a shorter and an unfolded one, one of few points, one that is all NaN from the middle on."""
    send(runs[0], range(N), np.arange(N) / N)
    send(runs[1], np.arange(N // 2) + 7, (np.arange(N // 2) + 7) / N)
    send(runs[2], np.arange(0, N, 3), np.arange(0, N, 3) / N, fold=False)
    send(runs[3], [0, N // 2, N - 1], [0.0, 0.5, 1.0])
    send(runs[4], range(N), np.where(np.arange(N) < N // 2, np.arange(N) / N, math.nan))
    found = curves(runs[:5], width=400)
    assert [curve.sampled > 1 for curve in found] == [True, True, True, False, True]
    cells = found[0].cells
    assert cells is not None
    line, half = cells.middles / N, cells.count // 2
    for curve in (found[0], found[2], found[3]):
        assert means(curve) == pytest.approx(line, abs=cells.width / N)
    assert means(found[1])[: half - 1] == pytest.approx(line[: half - 1], abs=cells.width / N)
    assert means(found[4])[: half - 1] == pytest.approx(line[: half - 1], abs=cells.width / N)
    assert np.isnan(means(found[1])[half + 2 :]).all()
    assert np.isnan(means(found[4])[half + 2 :]).all()


def test_a_break_stays_a_break_and_a_gap_is_crossed(runs: list[Run]) -> None:
    steps = np.concatenate([np.arange(40_000), np.arange(60_000, N)])
    values = np.where((steps >= 20_000) & (steps < 30_000), math.inf, 1.0)
    send(runs[0], steps, values)
    [found] = curves(runs[:1], width=100)
    assert found.cells is not None
    broken = np.isnan(means(found))
    middles = found.cells.middles
    assert broken[(middles > 22_000) & (middles < 28_000)].all()
    assert not broken[(middles < 18_000) | (middles > 32_000)].any()


def test_chunks_that_are_buckets_have_their_exact_means(runs: list[Run]) -> None:
    n = 8 * CHUNK_POINTS
    values = 1e9 + np.arange(n) * 1e-3
    send(runs[0], range(n), values)
    [found] = curves(runs[:1], width=4)
    assert found.cells is not None
    mean, counts = true_means(found, range(n), values)
    assert set(counts) == {found.cells.width}
    assert means(found) == pytest.approx(mean, abs=1e-6)


def test_means_stay_between_the_extremes_where_float32_is_too_coarse(runs: list[Run]) -> None:
    for run, values in zip(runs, (1e6 + noise(runs[:1])[0] * 1e-3, np.full(N, 1e300), np.full(N, -1.7e308)), strict=False):
        send(run, range(N), values)
        [found] = curves([run])
        assert found.values[0] == values[0]
        assert means(found) == pytest.approx(np.clip(means(found), values.min(), values.max()), rel=1e-15)


@pytest.mark.parametrize("x", ["relative", "wall", "loss"])
def test_means_over_another_axis_are_of_the_points(runs: list[Run], x: str) -> None:
    values = np.sort(noise(runs[:2], 20_000), axis=1)
    for run, row in zip(runs, values, strict=False):
        send(run, range(20_000), row)
    found = curves_over(x, [run.pk for run in runs[:2]], ["loss"], width=200, averaged=True)
    for run, row in zip(runs, values, strict=False):
        one = found[run.pk, "loss"]
        assert one.cells is not None
        start = {"relative": 0, "wall": 1_700_000_000}.get(x)
        place = row if start is None else start + np.arange(20_000) / 1000
        assert one.cells.count <= 101
        at = np.clip(np.floor((place - one.cells.start) / one.cells.width).astype(int), 0, one.cells.count - 1)
        counts = np.bincount(at, minlength=one.cells.count)
        assert counts.sum() == 20_000
        mean = np.bincount(at, row, one.cells.count) / np.maximum(counts, 1)
        well = counts > 20
        well[[0, -1]] = False
        assert means(one)[well] == pytest.approx(mean[well], rel=1e-2, abs=1e-2)


def test_a_frame_of_a_group_has_means_where_a_run_is_sampled(runs: list[Run]) -> None:
    send(runs[0], range(5_000), np.full(5_000, 2.0))
    send(runs[1], range(100), np.full(100, 3.0))
    header, columns = read(frame_of(runs[:2], "loss", Drawing(width=200, group="config.lr")))
    assert set(header["columns"]) == {"x", "y", "cell", "mean"}
    cells = columns["cell"]
    assert (len(columns["mean"]), columns["mean"].dtype) == (2 * len(cells), np.dtype("<f4"))
    assert 0 < cells[0] < cells[-1] <= 4_999
    long, short = columns["mean"].reshape(2, -1)
    assert (long == 2).all()
    np.testing.assert_array_equal(short, np.where(cells < 100, 3, math.nan))
    for drawing in (Drawing(width=200), Drawing(width=200, group="config.lr", last=99)):  # no group; nothing sampled
        header, _ = read(frame_of(runs[:2], "loss", drawing))
        assert set(header["columns"]) == {"x", "y"}


def test_one_place_is_one_cell_and_nothing_has_no_mean() -> None:
    one = averages_of([], [(np.array([5, 5]), np.array([1.0, math.nan]))])
    cells = cells_of(5.0, 5.0, [one], 100)
    assert (cells.count, cells.middles.tolist(), means_over(cells, one).tolist()) == (1, [5.0], [1.0])
    nothing = Averages(np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64))
    assert np.isnan(means_over(cells, nothing)).all()


@pytest.mark.parametrize("ends", [(-(2.0**63), 2.0**63), (-1.7e308, 1.7e308), (0.0, 5e-324)])
def test_an_axis_of_any_span_has_its_cells(ends: tuple[float, float]) -> None:
    x = np.linspace(ends[0] / 2, ends[1] / 2, 1_000) * 2
    run = averages_of([], [(x, np.arange(1_000.0))])
    cells = cells_of(x[0], x[-1], [run], 100)
    found = means_over(cells, run)
    assert 1 <= cells.count <= 52
    assert found[np.isfinite(found)].mean() == pytest.approx(499.5, rel=0.05)
    assert np.isfinite(cells.middles).all()
