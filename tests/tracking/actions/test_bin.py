"""Into the bin and out again: hidden everywhere meanwhile, and nothing is lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Team, User
from reports.actions.comment import comment_on_run
from reports.models import Comment
from tests.factories.at_once import at_once
from tests.factories.batch import batch_of, line
from tests.factories.tracking import log_metrics, make_run
from tracking.actions.bin import bin_run, condemn_run, restore_run
from tracking.actions.run import RunStart, UidTaken, start_run
from tracking.aggregates.purge import condemn_old, purge_run
from tracking.errors import RunPurged
from tracking.ingest.accept import accept_batch
from tracking.ingest.pulse import note_life
from tracking.limits import BIN_DAYS
from tracking.models import BinnedRun, LoggedRun, Project, Run, Tombstone
from tracking.queries.bin import bin_of, in_bin, runs_condemned
from tracking.queries.history import history_of
from tracking.queries.project import projects_of
from tracking.queries.pulse import project_revision, pulse_of
from tracking.queries.run import runs_matching, runs_meant, runs_named
from tracking.queries.team_home import recent_runs


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob, "one")


def condemned(run: Run, by: User) -> Run:
    bin_run(by=Actor(by), run=run)
    condemn_run(by=Actor(by), run=run)
    return run


def test_no_reader_finds_a_run_in_the_bin(team: Team, project: Project, run: Run, bob: User, alice: User) -> None:
    other = make_run(project, bob, "two")
    bin_run(by=Actor(alice), run=run)
    assert list(project.runs.all()) == [other]
    assert runs_matching(project, "", 10).runs == (other,)
    assert runs_matching(project, "", 10).total == 1
    assert runs_named(project, [run.uid]) is None
    assert runs_meant(project, ["one", run.uid]) == {}
    assert set(pulse_of(project, [run.uid, other.uid])["runs"]) == {other.uid}
    assert [recent.run for recent in recent_runs(team)] == [other]
    [counted] = projects_of(team)
    assert (counted.runs, counted.running, counted.last_run_at) == (1, 1, other.created_at)
    assert (bin_of(project).runs, bin_of(project).total) == ((BinnedRun.objects.get(pk=run.pk),), 1)


def test_a_project_whose_runs_are_all_in_the_bin_has_none(team: Team, project: Project, run: Run, alice: User) -> None:
    bin_run(by=Actor(alice), run=run)
    [counted] = projects_of(team)
    assert (counted.runs, counted.running, counted.last_run_at) == (0, 0, None)


def test_open_pages_learn_of_it_by_the_revision(project: Project, run: Run, alice: User) -> None:
    seen = [project_revision(project)]
    bin_run(by=Actor(alice), run=run)
    seen.append(project_revision(project))
    restore_run(by=Actor(alice), run=run)
    seen.append(project_revision(project))
    assert seen == sorted(set(seen))


def test_a_run_in_the_bin_takes_records_and_has_them_when_it_is_restored(run: Run, project: Project, alice: User) -> None:
    log_metrics(run, {"loss": [3.0]})
    bin_run(by=Actor(alice), run=run)
    sent = LoggedRun.objects.get(pk=run.pk)
    log_metrics(sent, {"loss": [2.0]}, seq=1, first_step=1, config={"lr": 0.1})
    accept_batch(sent, "w", 2, codec="", body=batch_of(line("loss", [1.0], first_step=2)))
    assert note_life(sent) == "running"
    assert start_run(by=Actor(alice), project=project, start=RunStart(uid=run.uid))[1] is False
    assert not Run.objects.exists()
    assert restore_run(by=Actor(alice), run=run)
    restored = Run.objects.get(pk=run.pk)
    history = history_of(restored, "loss")
    assert history is not None
    assert history.points.values.tolist() == [3.0, 2.0, 1.0]
    assert (restored.config, restored.binned_at, restored.binned_by) == ({"lr": 0.1}, None, None)


def test_who_deleted_first_stays_named(run: Run, project: Project, alice: User, bob: User) -> None:
    bin_run(by=Actor(alice), run=run)
    bin_run(by=Actor(bob), run=run)
    found = in_bin(project, run.uid)
    assert found is not None
    assert found.binned_by == alice
    assert in_bin(project, "\0") is None


def test_comments_on_it_are_hidden_and_come_back(run: Run, team: Team, alice: User) -> None:
    comment = comment_on_run(by=Actor(alice), run=run, body="Odd.")
    teams = Team.objects.all()
    assert list(Comment.objects.in_teams(teams)) == [comment]
    bin_run(by=Actor(alice), run=run)
    assert not Comment.objects.in_teams(teams).exists()
    restore_run(by=Actor(alice), run=run)
    assert list(Comment.objects.in_teams(teams)) == [comment]


def test_what_is_condemned_cannot_be_restored(run: Run, alice: User) -> None:
    assert not restore_run(by=Actor(alice), run=run)  # it is not in the bin
    condemned(run, alice)
    assert not restore_run(by=Actor(alice), run=run)
    assert runs_condemned() == [run.pk]


@pytest.mark.django_db(transaction=True)
def test_restored_and_condemned_at_once_it_is_one_of_both(project: Project, alice: User) -> None:
    for _ in range(20):
        run = make_run(project, alice)
        bin_run(by=Actor(alice), run=run)
        verbs = [lambda run=run: restore_run(by=Actor(alice), run=run), lambda run=run: condemn_run(by=Actor(alice), run=run)]
        told = at_once(2, lambda verbs=verbs: verbs.pop()())
        assert (True in told) == Run.objects.filter(pk=run.pk).exists()
        assert (True in told) == (run.pk not in runs_condemned(1_000))


def test_a_run_in_use_cannot_be_condemned(run: Run, alice: User) -> None:
    condemn_run(by=Actor(alice), run=run)
    assert Run.objects.get(pk=run.pk).condemned_at is None


def test_the_bin_keeps_a_run_its_days_and_no_longer(project: Project, bob: User, alice: User) -> None:
    young, old = make_run(project, bob), make_run(project, bob)
    for run, days in ((young, BIN_DAYS - 1), (old, BIN_DAYS)):
        bin_run(by=Actor(alice), run=run)
        Run.everything.filter(pk=run.pk).update(binned_at=timezone.now() - timedelta(days=days, minutes=1))
    assert condemn_old() == 1
    assert runs_condemned() == [old.pk]
    kept = BinnedRun.objects.get(pk=young.pk)
    assert kept.kept_until is not None
    assert timedelta(hours=23) < kept.kept_until - timezone.now() < timedelta(days=1)


@pytest.mark.parametrize("purged", [False, True], ids=["condemned", "purged"])
def test_a_uid_is_never_used_again(run: Run, project: Project, elsewhere_project: Project, alice: User, purged: bool) -> None:
    condemned(run, alice)
    if purged:
        purge_run(run.pk)
    with pytest.raises(RunPurged):
        start_run(by=Actor(alice), project=project, start=RunStart(uid=run.uid))
    with pytest.raises(UidTaken):  # elsewhere one learns no more than of any uid that is taken
        start_run(by=Actor(alice), project=elsewhere_project, start=RunStart(uid=run.uid))
    assert not Run.objects.filter(uid=run.uid).exists()


def test_the_stone_outlives_its_project(run: Run, project: Project, elsewhere_project: Project, alice: User) -> None:
    condemned(run, alice)
    purge_run(run.pk)
    project.delete()
    assert Tombstone.objects.get(uid=run.uid).project is None
    with pytest.raises(UidTaken):
        start_run(by=Actor(alice), project=elsewhere_project, start=RunStart(uid=run.uid))
