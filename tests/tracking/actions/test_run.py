"""Beginning and editing runs."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.actor import Actor
from accounts.models import User
from tests.factories.accounts import make_cast
from tests.factories.tracking import make_project, make_run
from tracking.actions.run import RunStart, UidTaken, UnacceptableRun, edit_run, start_run
from tracking.actions.tag import UnacceptableTag, set_tags, tag_runs, untag_run
from tracking.models import Project, Run, Tag

UID = "0123456789abcdef"


@pytest.mark.parametrize(
    "start",
    [
        {"uid": "short"},
        {"uid": UID.upper()},
        {"uid": "i" * 16},
        {"uid": UID + "\n"},
        {"name": "a\nb"},
        {"group": "x" * 201},
        {"notes": "a\0b"},
        {"notes": "x" * 20_001},
        {"seed": 2**63},
    ],
)
def test_what_a_run_cannot_be_is_refused_and_nothing_is_made(project: Project, bob: User, start: dict[str, object]) -> None:
    with pytest.raises(UnacceptableRun):
        start_run(by=Actor(bob), project=project, start=RunStart(**({"uid": UID} | start)))
    assert Run.objects.count() == 0


def test_a_uid_belongs_to_one_project_for_ever(project: Project, team: object, bob: User) -> None:
    make_run(project, bob, uid=UID)
    with pytest.raises(UidTaken):
        make_run(make_project(project.team, bob, "other"), bob, uid=UID)


@pytest.mark.django_db(transaction=True)
def test_many_that_begin_the_same_run_at_once_begin_one() -> None:
    cast = make_cast()
    project = make_project(cast.team, cast.bob)

    def begin(_: int) -> bool:
        try:
            return start_run(by=Actor(cast.bob), project=project, start=RunStart(uid=UID, tags=("a", "b")))[1]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(begin, range(8))) == [False] * 7 + [True]
    run = Run.objects.get()
    assert (run.tags.count(), run.heartbeat.revision) == (2, 0)


def test_an_edit_changes_what_it_names_and_moves_the_revision(project: Project, bob: User) -> None:
    run = make_run(project, bob, "one", group="g")
    edit_run(by=Actor(bob), run=run, notes="line\r\nline  ")
    run.refresh_from_db()
    assert (run.name, run.group, run.notes, run.heartbeat.revision) == ("one", "g", "line\nline", 1)
    with pytest.raises(UnacceptableRun):
        edit_run(by=Actor(bob), run=run, name="  ")


def test_tags_are_one_row_per_word_of_a_project(project: Project, bob: User) -> None:
    one, two = make_run(project, bob), make_run(project, bob)
    tag_runs(by=Actor(bob), project=project, runs=[one, two], names=[" warm ", "warm", "b"])
    assert list(Tag.objects.values_list("name", flat=True)) == ["b", "warm"]
    untag_run(by=Actor(bob), run=one, names=["warm", "never"])
    set_tags(by=Actor(bob), run=two, names=["c"])
    assert [sorted(run.tags.values_list("name", flat=True)) for run in (one, two)] == [["b"], ["c"]]


def test_a_run_never_has_more_than_its_share_of_tags(project: Project, bob: User) -> None:
    run = make_run(project, bob, tags=tuple(f"t{i}" for i in range(60)))
    with pytest.raises(UnacceptableTag):
        tag_runs(by=Actor(bob), project=project, runs=[run], names=[f"u{i}" for i in range(5)])
    assert (run.tags.count(), Tag.objects.count()) == (60, 60)
    run.heartbeat.refresh_from_db()
    assert run.heartbeat.revision == 0
