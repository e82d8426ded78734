"""Rules for metrics: the nearest speaks, and everything that reads a metric listens."""

import math
from typing import Any

import pytest

from accounts.models import User
from tests.factories.tracking import log_metrics, make_run
from tracking.aggregates.block import copy_changes
from tracking.models import Project, Run
from tracking.queries.goal import KeyMetric, better, key_metrics, loss_keys, reading_of
from tracking.queries.rule import NO_RULES, Rule, Rules, rules_among, rules_of
from tracking.queries.run_overview import overview_of
from tracking.queries.run_query import parse_query
from tracking.queries.run_table import Wish, run_table
from tracking.queries.team_home import recent_runs


def rule(key: str, goal: str | None = None, summary: str | None = None, step_metric: str | None = None) -> dict[str, Any]:
    return {"key": key, "goal": goal, "summary": summary, "step_metric": step_metric}


RULES = Rules(
    {"val/loss": Rule(summary="mean"), "val/f": Rule(goal="maximize"), "epoch": Rule()},
    (("val/", Rule("minimize", "last", "epoch")), ("", Rule("maximize", None, "hour"))),
)


@pytest.mark.parametrize(
    ("key", "way", "reading", "over"),
    [
        ("val/loss", "min", "mean", "epoch"),  # its own word first, the rest from the longest pattern
        ("val/f", "max", "max", "epoch"),  # a goal of its own: the pattern's summary is of another goal
        ("val/x", "min", "last", "epoch"),
        ("train/loss", "max", "max", "hour"),
        ("hour", "max", "max", None),  # over itself it would be a straight line
    ],
)
def test_the_nearest_rule_speaks(key: str, way: str, reading: str, over: str | None) -> None:
    assert (better(key, RULES), reading_of(key, RULES), RULES.of(key).step_metric) == (way, reading, over)


def test_without_a_rule_the_name_decides() -> None:
    assert [(better(key, NO_RULES), reading_of(key, NO_RULES)) for key in ("loss", "acc", "lr")] == [
        ("min", "min"),
        ("max", "max"),
        ("last", "last"),
    ]
    assert better("lr", Rules({"lr": Rule(summary="max")})) == "max"


def test_what_a_rule_names_comes_first() -> None:
    keys = ["train/loss", "val/loss", "val/acc", "speed", "gap"]
    rules = Rules({"speed": Rule(summary="mean"), "gap": Rule(goal="minimize")})
    assert key_metrics(keys, 3, rules) == [KeyMetric("gap", "min"), KeyMetric("speed", "mean"), KeyMetric("val/loss", "min")]
    assert loss_keys(keys, 2, rules) == ["gap", "val/loss"]


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob, "one")


def test_rules_of_runs(run: Run, project: Project, bob: User) -> None:
    log_metrics(run, {"loss": [1.0]}, metric=rule("val/*", "minimize"))
    log_metrics(run, {"loss": [1.0]}, seq=1, first_step=1, metric=rule("val/*", None, "mean", "epoch"))
    log_metrics(run, {"loss": [1.0]}, seq=2, first_step=2, metric=rule("*", "maximize"))
    bare = make_run(project, bob)
    told = Rules(
        {"val/*": Rule(None, "mean", "epoch"), "*": Rule("maximize")},
        (("val/", Rule(None, "mean", "epoch")), ("", Rule("maximize"))),
    )
    assert rules_of([run.pk, bare.pk]) == {run.pk: told}
    assert rules_among([bare.pk, run.pk]) == told
    assert rules_among([bare.pk]) == NO_RULES


def test_the_run_page_reads_by_the_rules(run: Run) -> None:
    log_metrics(run, {"speed": [4.0, 1.0, 1.0], "epoch": [0.0, 0.5, 1.0]}, metric=rule("speed", "maximize", "mean", "epoch"))
    seen = overview_of(run)
    assert (seen.figures[0].metric.name, seen.figures[0].value) == ("speed.mean", 2.0)
    assert seen.axes == {"speed": "epoch"}
    log_metrics(run, {"speed": [math.nan]}, seq=1, first_step=3)
    value = overview_of(run).figures[0].value
    assert value is not None
    assert math.isnan(value)


def test_an_axis_that_was_never_logged_is_none(run: Run) -> None:
    log_metrics(run, {"speed": [4.0]}, metric=rule("*", None, None, "epoch"))
    assert overview_of(run).axes == {}
    assert run_table(run.project, Wish(query=parse_query(""))).axes == {}


@pytest.mark.parametrize("copied", [False, True])
def test_the_newest_rule_speaks_for_the_project_and_nan_sorts_last_both_ways(project: Project, bob: User, copied: bool) -> None:
    runs = [make_run(project, bob, name) for name in ("low", "high", "diverged", "none")]
    for at, (run, values) in enumerate(zip(runs, ([1.0, 2.0], [9.0, 1.0], [50.0, math.nan]), strict=False)):
        said = {"metric": rule("speed", "minimize" if at == 0 else "maximize", "mean", "epoch")} if at < 2 else {}
        log_metrics(run, {"speed": values, "epoch": [0.0, 1.0]}, **said)
    if copied:
        copy_changes()
    for sort, names in (("speed.mean", ["low", "high"]), ("-speed.mean", ["high", "low"])):
        table = run_table(project, Wish(query=parse_query(""), sort=sort))
        assert (table.sort.text, table.metrics[0]) == (sort, "speed.mean")
        assert [row.run.name for row in table.rows] == [*names, "none", "diverged"]
        assert better("speed", table.rules) == "max"
        assert table.axes == {"speed": "epoch"}
    assert [(recent.goal, recent.value) for recent in recent_runs(project.team)][-1] == (KeyMetric("speed", "mean"), 1.5)


@pytest.mark.parametrize("word", ["step", "relative", "wall"])
def test_a_metric_named_like_an_axis_of_its_own_is_drawn_over_by_nobody(word: str) -> None:
    assert Rules({"loss": Rule(step_metric=word)}).axis_of("loss", {"loss", word}) == ""
