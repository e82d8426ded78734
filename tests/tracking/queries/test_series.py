"""Summaries with what is not folded yet."""

import math
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from tests.factories.batch import batch_of, line
from tests.factories.tracking import log_metrics, make_run
from tracking.aggregates.fold import fold_run
from tracking.ingest.accept import accept_batch
from tracking.models import Project, Run
from tracking.queries.pulse import pulse_of
from tracking.queries.series import outline_of, series_of, summaries_of


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob)


def test_a_summary_is_of_finite_values_and_names_their_steps(run: Run) -> None:
    values = [math.nan, 2.0, -1.0, math.inf, 5.0, 5.0, math.nan]
    accept_batch(run, "w", 0, codec="", body=batch_of(line("loss", values, first_step=10)))
    for _ in range(2):
        (found,) = series_of(run)
        summary = found.summary
        assert (found.key, summary.n, summary.bad, summary.end_step) == ("loss", 7, 3, 16)
        assert (summary.first_step, summary.first, summary.last_step, summary.last) == (11, 2.0, 15, 5.0)
        assert (summary.vmin_step, summary.vmin, summary.vmax_step, summary.vmax) == (12, -1.0, 14, 5.0)
        assert (summary.mean, summary.reading("max")) == (2.75, 5.0)
        fold_run(run.pk)


def test_nothing_finite_has_no_extremes(run: Run) -> None:
    accept_batch(run, "w", 0, codec="", body=batch_of(line("loss", [math.nan, math.inf])))
    for _ in range(2):
        summary = series_of(run)[0].summary
        assert (summary.n, summary.bad, summary.mean, summary.vmin, summary.last) == (2, 2, None, None, None)
        fold_run(run.pk)


def test_the_mean_does_not_round_on_the_way(run: Run) -> None:
    for seq, value in enumerate([1e16, 1.0, -1e16]):
        accept_batch(run, "w", seq, codec="", body=batch_of(line("loss", [value], first_step=seq)))
        fold_run(run.pk)
    assert series_of(run)[0].summary.mean == 1 / 3


def test_summaries_of_three_runs_cost_as_many_statements_as_of_one(
    project: Project, bob: User, django_assert_num_queries: Any
) -> None:
    runs = [make_run(project, bob) for _ in range(3)]
    for run in runs:
        accept_batch(run, "w", 0, codec="", body=batch_of([(0, 0, {"loss": 1.0, "acc": 0.5, "other": 1.0})]))
        fold_run(run.pk)
        accept_batch(run, "w", 1, codec="", body=batch_of([(1, 0, {"loss": 3.0})]))
    for some in (runs[:1], runs):
        with django_assert_num_queries(2):
            found = summaries_of(some, ["loss", "acc"])
        assert {(run.pk, key): found[run.pk][key].mean for run in some for key in found[run.pk]} == {
            **{(run.pk, "loss"): 2.0 for run in some},
            **{(run.pk, "acc"): 0.5 for run in some},
        }


def test_a_pulse_moves_with_what_changes(project: Project, elsewhere_project: Project, bob: User) -> None:
    one, two = make_run(project, bob), make_run(project, bob)
    before = pulse_of(project, [one.uid, two.uid, "a\0b"])
    assert before["runs"] == {one.uid: [0, "running"], two.uid: [0, "running"]}
    accept_batch(one, "w", 0, codec="", body=batch_of(line("loss", [1.0])))
    after = pulse_of(project, [one.uid, two.uid])
    assert after["runs"] == {one.uid: [1, "running"], two.uid: [0, "running"]}
    assert after["project"] == before["project"] + 1
    three = make_run(project, bob)
    later = (three.created_at - two.created_at) // timedelta(microseconds=1)
    assert pulse_of(project, [])["project"] == after["project"] + later
    assert pulse_of(elsewhere_project, [one.uid])["runs"] == {}


@pytest.mark.parametrize("fold", [0, 1, 2])
def test_an_outline_tells_of_all_metrics_folded_or_not(project: Project, bob: User, fold: int) -> None:
    run = make_run(project, bob)
    log_metrics(run, {f"layer/{i}": [1.0, 2.0] for i in range(30)} | {"loss": [3.0, 4.0]}, fold=fold > 0)
    log_metrics(run, {"loss": [2.0], "acc": [0.5], "layer/29": [0.0]}, seq=1, first_step=1, fold=fold > 1)
    whole, few = outline_of(run, 100), outline_of(run, 3, {"layer/17", "none"})
    assert whole.keys == [line.key for line in series_of(run)]
    assert (whole.count, whole.end_step, whole.points) == (few.count, few.end_step, few.points) == (32, 1, 65)
    assert {"acc", "loss", "layer/17"} <= set(few.keys)
    assert "none" not in few.keys
    assert len(few.keys) <= 7


def test_an_outline_of_a_run_that_said_nothing(project: Project, bob: User) -> None:
    outline = outline_of(make_run(project, bob), 10)
    assert (outline.keys, outline.count, outline.end_step, outline.points) == ([], 0, None, 0)
