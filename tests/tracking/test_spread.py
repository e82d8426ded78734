"""The tables of the metric store can be spread by the run, as docs/scale.md says, and nothing is lost or doubled."""

from pathlib import Path

import pytest
from django.db import connection

from accounts.actor import Actor
from accounts.models import User
from tests.factories.tracking import log_metrics, make_run
from tracking.actions.bin import bin_run, condemn_run
from tracking.aggregates.fold import fold_run
from tracking.aggregates.purge import purge_run
from tracking.errors import RunPurged
from tracking.models import Project, Run
from tracking.queries.curve import curve_of
from tracking.queries.history import history_of

SPREAD = (Path(__file__).parents[2] / "docs" / "spread.sql").read_text()


def spread() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks that wait cannot be renamed
        cursor.execute(SPREAD)


def structure() -> set[str]:
    """Names of the constraints and indexes of the tables as the site knows them."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT place::text || ' ' || name FROM (
                SELECT conrelid::regclass, conname FROM pg_constraint
                UNION SELECT indrelid::regclass, indexrelid::regclass::name FROM pg_index
            ) AS named (place, name) WHERE place::text ~ '^tracking_[a-z]+$'
        """)
        return {name for (name,) in cursor.fetchall()}


def values_of(run: Run) -> list[float]:
    history = history_of(run, "loss")
    return [] if history is None else history.counting.values.tolist()


@pytest.mark.parametrize("when", ["before", "between", "after"])
def test_a_spread_store_keeps_what_it_is_given(project: Project, bob: User, when: str) -> None:
    before = structure()
    if when == "before":
        spread()
    runs = [make_run(project, bob) for _ in range(40)]
    for number, run in enumerate(runs):
        log_metrics(run, {"loss": [float(number)] * 30})
        log_metrics(run, {"loss": [float(number)] * 30}, seq=1, first_step=20, fold=False)
    if when == "between":
        spread()
    for run in runs:
        fold_run(run.pk)
    if when == "after":
        spread()
    assert structure() == before
    assert [values_of(run) for run in runs] == [[float(number)] * 50 for number in range(40)]
    assert [len(curve.steps) for run in runs if (curve := curve_of(run, "loss"))] == [50] * 40


def test_a_purge_takes_nothing_of_the_neighbours(project: Project, bob: User) -> None:
    spread()
    runs = [make_run(project, bob) for _ in range(40)]
    for number, run in enumerate(runs):
        log_metrics(run, {"loss": [float(number)] * 3})
        log_metrics(run, {"loss": [-1.0]}, seq=1, first_step=3, fold=False)
    gone, *stay = runs
    bin_run(by=Actor(bob), run=gone)
    condemn_run(by=Actor(bob), run=gone)
    while purge_run(gone.pk):
        pass
    assert not Run.everything.filter(pk=gone.pk).exists()
    assert [values_of(run) for run in stay] == [[float(number)] * 3 + [-1.0] for number in range(1, 40)]
    with pytest.raises(RunPurged):
        log_metrics(gone, {"loss": [0.0]}, seq=2, first_step=4)
