"""Tags beside each other: people and trainers that tag the same runs at the same moment."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from accounts.actor import Actor
from accounts.models import User
from tests.factories.batch import batch_of
from tests.factories.tracking import make_run
from tests.factories.waiting import until_waiting
from tracking.actions.tag import UnacceptableTag, tag_run, tag_runs
from tracking.ingest.accept import accept_batch
from tracking.limits import TAGS_PER_RUN
from tracking.models import Heartbeat, Project, Tag


def started(act: Callable[[], object], errors: list[BaseException]) -> threading.Thread:
    """`act` in a thread with a connection of its own; what it raises lands in `errors`."""

    def run() -> None:
        try:
            act()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_people_and_trainers_tag_the_same_runs_without_a_deadlock(project: Project, bob: User) -> None:
    one, two = make_run(project, bob), make_run(project, bob)
    Tag.objects.called(project, ["x"])
    body = batch_of(updates=[(1000, "tags", {"add": ["x"], "remove": []})])
    errors: list[BaseException] = []
    with transaction.atomic():  # both queue up behind this heartbeat, the trainer first
        Heartbeat.objects.select_for_update().get(run=one)
        trainer = started(lambda: accept_batch(one, "w", 0, codec="", body=body), errors)
        until_waiting(1)
        person = started(lambda: tag_runs(by=Actor(bob), project=project, runs=[two, one], names=["x"]), errors)
        until_waiting(2)
    trainer.join()
    person.join()
    assert errors == []
    assert [run.tags.count() for run in (one, two)] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_two_people_do_not_both_put_on_the_last_tag(project: Project, bob: User) -> None:
    run = make_run(project, bob, tags=tuple(f"t{i}" for i in range(TAGS_PER_RUN - 1)))
    Tag.objects.called(project, ["a", "b"])
    errors: list[BaseException] = []
    with transaction.atomic():
        tag_run(by=Actor(bob), run=run, names=["a"])
        other = started(lambda: tag_run(by=Actor(bob), run=run, names=["b"]), errors)
        until_waiting(1)
    other.join()
    assert [type(error) for error in errors] == [UnacceptableTag]
    assert run.tags.count() == TAGS_PER_RUN
