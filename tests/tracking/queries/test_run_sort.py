"""Orders of a run list against a plain sort in Python, whatever is copied already."""

import math
import random
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import Actor
from accounts.models import User
from kit.rows import rows_of
from tests.factories.tracking import log_metrics, make_run
from tracking.actions.tag import tag_run
from tracking.aggregates import block
from tracking.aggregates.block import copy_changes, forget_blocks, note_change
from tracking.columns.block import ordering_of
from tracking.limits import BLOCK_RUNS
from tracking.models import ConfigBlock, MetricBlock, Project, Run, Series, Uncopied
from tracking.queries.goal import KeyMetric
from tracking.queries.run_query import parse_query
from tracking.queries.run_sort import Matching, Sort, first_in_order, matching_in
from tracking.queries.run_table import Wish, run_table

METRICS = {"loss.min": KeyMetric("loss", "min"), "acc.max": KeyMetric("acc", "max"), "lr.last": KeyMetric("lr", "last")}
METRICS["acc.mean"] = KeyMetric("acc", "mean")
CONFIGS = {"config.lr": ("lr",), "config.opt.name": ("opt", "name"), "config.mixed": ("mixed",)}
MIXED = [None, 3, -1.5, 2**70, "b", "a", True, False, [1, 2], {}, 3.0, "ä"]
QUERIES = ["", "state:finished", "state:finished seed:1", "even", "EVEN tag:good", 'group:"g 1"', "name:nothing"]


def made(project: Project, user: User, count: int, rng: random.Random) -> None:
    for i in range(count):
        config = {"lr": rng.choice([0.1, 0.01, 3, 1e-5]), "opt": {"name": rng.choice(["adam", "sgd", "Lion"])}}
        config["mixed"] = rng.choice(MIXED)
        kept = {key: value for key, value in config.items() if rng.random() < 0.8}
        name = f"{'Even' if i % 2 == 0 else 'odd'} {rng.randrange(9)}"
        run = make_run(project, user, name, config=kept, seed=rng.choice([None, 1, 2]), group=f"g {i % 3}")
        if rng.random() < 0.3:
            tag_run(by=Actor(user), run=run, names=["good"])
        ends = [1.0, 2.0, 2.0, -3.0, 0.0, math.nan, math.inf, 1e300]
        metrics = {key: [rng.choice(ends[:5]), rng.choice(ends)] for key in ("loss", "acc", "lr") if rng.random() < 0.8}
        finish = {"finish": {"state": "finished", "exit_code": 0}} if rng.random() < 0.7 else {}
        if metrics or finish:
            log_metrics(run, metrics, **finish)


def matching_of(project: Project, query: str) -> Matching:
    return matching_in(project, parse_query(query))


def plainly(runs: list[Run], query: str, values: dict[Run, Any], *, descending: bool) -> list[int]:
    """Ids of the runs that match, by their values, None last, equal ones newest first."""
    found = [run for run in runs if plainly_matches(run, query)]
    found.sort(key=lambda run: (run.created_at, run.pk), reverse=True)
    having = [run for run in found if values[run] is not None]
    having.sort(key=lambda run: values[run], reverse=descending)
    return [run.pk for run in having] + [run.pk for run in found if values[run] is None]


def plainly_matches(run: Run, query: str) -> bool:
    words = query.lower().split()
    if query.startswith("group:"):
        return run.group == "g 1"
    tags = {tag.name for tag in run.tags.all()}
    holds = {"state:finished": run.state == "finished", "seed:1": run.seed == 1, "tag:good": "good" in tags}
    return all(holds[word] if word in holds else word.removeprefix("name:") in run.name.lower() for word in words)


def reading(key: str, field: str) -> Callable[[Run], float | None]:
    def found(run: Run) -> float | None:
        series = Series.objects.filter(run=run, key=key).first()
        return None if series is None or series.last_step != series.end_step else getattr(series, field)

    return found


def setting(*path: str) -> Callable[[Run], tuple[int, Any] | None]:
    def found(run: Run) -> tuple[int, Any] | None:
        value: Any = run.config
        for word in path:
            value = value.get(word) if isinstance(value, dict) else None
        place = ordering_of(value)
        return None if place is None else (isinstance(place, str), place)

    return found


ORDERS: dict[str, Callable[[Run], Any]] = {
    "loss.min": reading("loss", "vmin"),
    "acc.max": reading("acc", "vmax"),
    "lr.last": reading("lr", "last"),
    "acc.mean": reading("acc", "mean"),
    "config.lr": setting("lr"),
    "config.opt.name": setting("opt", "name"),
    "config.mixed": setting("mixed"),
    "created": lambda run: run.created_at,
    "name": lambda run: run.name.lower(),
    "state": lambda run: run.state,
    "seed": lambda run: run.seed,
}


def arrive(project: Project, user: User, copied: str, rng: random.Random) -> None:
    """Runs whose values stand in the blocks as `copied` says."""
    made(project, user, 25, rng)
    if copied != "nothing":
        copy_changes()
    if copied == "half":
        for run in Run.objects.filter(project=project)[:12]:
            log_metrics(run, {"loss": [rng.choice([0.5, -9.0, math.nan])]}, seq=1, first_step=5, config={"lr": rng.random()})
        made(project, user, 5, rng)
    if copied == "anew":
        forget_blocks()
        copy_changes()


@pytest.mark.parametrize("copied", ["nothing", "half", "all", "anew"])
def test_every_order_is_that_of_a_plain_sort(
    project: Project, elsewhere_project: Project, bob: User, charlie: User, copied: str
) -> None:
    rng = random.Random(copied)
    made(elsewhere_project, charlie, 5, rng)
    arrive(project, bob, copied, rng)
    runs = list(Run.objects.filter(project=project).prefetch_related("tags"))
    values = {by: {run: value(run) for run in runs} for by, value in ORDERS.items()}
    for query, by, descending in product(QUERIES, ORDERS, (False, True)):
        matching = matching_of(project, query)
        expected = plainly(runs, query, values[by], descending=descending)
        assert len(matching.ids) == len(expected)
        for rows in (slice(0, 7), slice(7, 14), slice(0, 50)):
            assert matching.page(Sort(by, descending), METRICS, CONFIGS, rows) == expected[rows], (query, by, descending)


FLOATS = st.one_of(st.sampled_from([0.0, -0.0, 1.0, math.nan]), st.floats(allow_infinity=False))


@given(st.lists(FLOATS, max_size=40), st.integers(1, 45), st.booleans())
def test_the_first_in_order_are_those_of_a_stable_sort_with_nan_last(values: list[float], most: int, descending: bool) -> None:
    ids = np.arange(len(values), dtype=np.int64)
    sign = -1 if descending else 1
    expected = sorted(
        range(len(values)), key=lambda i: (math.isnan(values[i]), 0 if math.isnan(values[i]) else sign * values[i])
    )
    assert first_in_order(ids, np.array(values, dtype=np.float64), most, descending=descending).tolist() == expected[:most]


def test_blocks_are_a_copy_that_goes_with_what_it_is_of(project: Project, bob: User) -> None:
    one, two = (make_run(project, bob, config={"lr": lr, "gone": 1}) for lr in (1, 2))
    log_metrics(one, {"loss": [1.0], "mine": [1.0]})
    assert copy_changes() == Uncopied.objects.count() + 3
    assert set(MetricBlock.objects.values_list("key", flat=True)) == {"loss", "mine"}
    log_metrics(one, {}, seq=1, config={"lr": {"new": 3}})
    log_metrics(two, {}, seq=0, config={"gone": {}})
    copy_changes()
    assert set(ConfigBlock.objects.values_list("key", flat=True)) == {"lr", "lr.new", "gone"}
    assert copy_changes() == 0


def test_projects_take_turns_and_wide_runs_come_one_by_one(
    project: Project, elsewhere_project: Project, bob: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(block, "COPIED_KEYS", 50)
    for _ in range(4):
        log_metrics(make_run(project, bob), {f"metric/{i}": [1.0] for i in range(40)})
    theirs = make_run(elsewhere_project, charlie)
    log_metrics(theirs, {"loss": [1.0]})
    Uncopied.objects.filter(kind="config").delete()
    with CaptureQueriesContext(connection) as seen:
        assert copy_changes() == 5
    turns = [query["sql"].partition("project_id = ")[2].split()[0] for query in seen if "WITH noted" in query["sql"]]
    mine, other = str(project.pk), str(elsewhere_project.pk)
    assert turns in ([mine, other, mine], [other, mine, mine])
    assert MetricBlock.objects.count() == 41


def test_a_run_that_goes_takes_its_values_along(project: Project, bob: User) -> None:
    one, two = (make_run(project, bob, config={"lr": lr}) for lr in (1, 2))
    log_metrics(one, {"loss": [1.0], "mine": [1.0]})
    log_metrics(two, {"loss": [2.0]})
    copy_changes()
    for kind in ("metric", "config"):
        note_change(kind, [one.pk])
    for table in (Run.tags.through, Series):
        table.objects.filter(run_id=one.pk).delete()
    Run.objects.filter(pk=one.pk).delete()
    for _ in range(2):
        for by in ("loss.min", "config.lr"):
            assert matching_of(project, "").page(Sort(by, False), METRICS, CONFIGS, slice(0, 50)) == [two.pk]
        copy_changes()
    ids = {bytes(block.runs) for table in (MetricBlock, ConfigBlock) for block in table.objects.all()}
    assert ids == {np.array([two.pk], dtype="<i8").tobytes()}


def test_runs_of_several_blocks_stand_in_one_order(project: Project, bob: User) -> None:
    ids = [10**9 + block * BLOCK_RUNS + i for i, block in enumerate((1, 2, 3, 2, 1))]
    for i, pk in enumerate(ids):
        Run.objects.create(pk=pk, project=project, name="far", created_by=bob, config={"lr": 5 - i})
        whole = {"n": 1, "bad": 0, "superseded": 0, "end_step": 0, "last_step": 0, "sum": []}
        Series.objects.create(run_id=pk, no=1, key="loss", vmin=i, **whole)
    forget_blocks()
    copy_changes()
    assert MetricBlock.objects.filter(key="loss").count() == 3
    matching = matching_of(project, "")
    assert matching.page(Sort("loss.min", False), METRICS, CONFIGS, slice(0, 50)) == ids
    assert matching.page(Sort("config.lr", True), METRICS, CONFIGS, slice(0, 50)) == ids


@pytest.mark.parametrize("descending", [False, True])
def test_the_first_by_name_are_read_off_an_index(project: Project, bob: User, descending: bool) -> None:
    Run.objects.bulk_create(Run(project=project, name=f"run {i}", state="finished", created_by=bob) for i in range(2_000))
    matching = matching_of(project, "state:finished")
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as asked:
        cursor.execute("ANALYZE tracking_run")
        matching.page(Sort("name", descending), METRICS, CONFIGS, slice(0, 7))
    plan = [line for (line,) in rows_of(f"EXPLAIN {asked[-1]['sql']}")]
    assert any("using run_by_name" in line for line in plan), plan


def test_a_list_shows_no_run_of_another_team(project: Project, elsewhere_project: Project, bob: User, charlie: User) -> None:
    mine = make_run(project, bob, "mine", config={"lr": 1})
    theirs = make_run(elsewhere_project, charlie, "theirs", config={"lr": 0})
    log_metrics(mine, {"loss": [1.0]})
    log_metrics(theirs, {"loss": [0.0]})
    for copied in (False, True):
        if copied:
            copy_changes()
        for sort in ("loss.min", "config.lr", "name", ""):
            table = run_table(project, Wish(query=parse_query(""), sort=sort))
            assert ([row.run.pk for row in table.rows], table.matched, table.total) == ([mine.pk], 1, 1)


def test_the_longest_names_fit_the_index(project: Project, bob: User) -> None:
    words = dict.fromkeys(("name", "group", "job_type"), "𝔘" * 200)
    run = make_run(project, bob, **words)
    assert matching_of(project, "𝔘𝔘").ids.tolist() == [run.pk]
    Run.objects.filter(pk=run.pk).update(name="Ⱥ" * 200)
    assert matching_of(project, "ⱥⱥ").ids.tolist() == [run.pk]
