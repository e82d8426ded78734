"""What a list reads of its runs is what they are, of this project and of runs in use only."""

import pytest

from accounts.actor import Actor
from accounts.models import User
from tests.factories.tracking import make_run
from tracking.actions.bin import bin_run
from tracking.models import Heartbeat, Project, Run
from tracking.queries import run_listed
from tracking.queries.run_listed import ListedRun, listed


def test_a_listed_run_says_what_the_run_says(project: Project, bob: User) -> None:
    made = make_run(project, bob, "one", config={"lr": [1, None]}, group="g", job_type="train", seed=7)
    run = Run.objects.get(pk=made.pk)
    [found] = listed(project, [run.pk])
    ours = [name for name in ListedRun.__slots__ if name != "seen_at"]
    assert {name: getattr(found, name) for name in ours} == {name: getattr(run, name) for name in ours}
    assert found.seen_at == run.heartbeat.seen_at
    Heartbeat.objects.filter(run=run).delete()
    assert listed(project, [run.pk])[0].seen_at == run.created_at


def test_runs_are_listed_as_asked_for_and_no_others(
    project: Project, elsewhere_project: Project, bob: User, charlie: User
) -> None:
    one, two, binned = (make_run(project, bob, name) for name in ("one", "two", "binned"))
    theirs = make_run(elsewhere_project, charlie)
    bin_run(by=Actor(bob), run=binned)
    for _ in range(7):  # PostgreSQL makes a plan for all values after five
        assert [run.pk for run in listed(project, [two.pk, binned.pk, theirs.pk, 10**12, one.pk])] == [two.pk, one.pk]
    assert listed(project, []) == []


def test_configs_of_a_list_are_read_up_to_a_bound(project: Project, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [make_run(project, bob, config={"text": "x" * 400}) for _ in range(5)]
    monkeypatch.setattr(run_listed, "LISTED_CONFIGS", 1_000)
    found = listed(project, [run.pk for run in runs])
    assert [bool(run.config) for run in found] == [False, False, False, True, True]  # the newest
