"""A purge leaves a stone and nothing else, in small steps, whatever happens beside it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from django.db import connection, models, transaction

from accounts.actor import Actor
from accounts.models import User
from config.celery import app
from kit.refusal import Refusal
from reports.actions.comment import comment_on_run, reply
from tests.factories.batch import batch_of, line
from tests.factories.tracking import PIXEL, make_image, make_run
from tests.factories.waiting import until_waiting
from tracking import tasks
from tracking.actions.bin import bin_run, condemn_run
from tracking.aggregates import purge
from tracking.aggregates.block import copy_changes
from tracking.aggregates.fold import fold_run
from tracking.aggregates.hold import hold
from tracking.aggregates.purge import purge_run
from tracking.errors import BatchConflict, RunPurged
from tracking.ingest.accept import accept_batch
from tracking.ingest.pulse import note_life
from tracking.models import (
    Batch,
    Blob,
    Chunk,
    ConfigBlock,
    Conflict,
    Image,
    LastWord,
    LoggedRun,
    MetricBlock,
    Payload,
    Project,
    Run,
    Series,
    Superseded,
    Tombstone,
    Update,
)
from tracking.queries.backlog import runs_due
from tracking.queries.history import history_of


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob)


def condemn(run: Run) -> None:
    actor = Actor(run.created_by)
    bin_run(by=actor, run=run)
    condemn_run(by=actor, run=run)


def log(run: Run, values: Any, seq: int = 0, first_step: int = 0, updates: Any = (), writer: str = "w") -> None:
    accept_batch(run, writer, seq, codec="", body=batch_of(line("loss", values, first_step), updates))


def fill(run: Run, bob: User) -> None:
    """Something in every table that belongs to a run."""
    config, tags = (1000, "config", {"lr": 0.1}), (1000, "tags", {"add": ["promising"], "remove": []})
    log(run, [1.0, 2.0], updates=[config, tags])
    log(run, [5.0], 1, first_step=1)  # the value before it is superseded
    fold_run(run.pk)
    log(run, [3.0], 2, first_step=7)
    with pytest.raises(BatchConflict):
        log(run, [9.0], 2, first_step=7)
    make_image(run)
    thread = comment_on_run(by=Actor(bob), run=run, body="Odd.")
    reply(by=Actor(bob), comment=thread, body="Indeed.")


def left_of(run_id: int) -> dict[str, int]:
    """How many rows refer to this run, by model, after the next copy to the blocks; what stands in those is counted too."""
    copy_changes()
    related = [one for one in Run._meta.get_fields(include_hidden=True) if one.auto_created and not one.concrete]
    found = {}
    for one in related:
        model, column = one.related_model, one.field.name
        assert isinstance(model, type)
        assert issubclass(model, models.Model)
        found[model.__name__] = model._base_manager.filter(**{column: run_id}).count()
    for block in (MetricBlock, ConfigBlock):
        found[block.__name__] = sum(
            run_id in np.frombuffer(runs, "<i8") for runs in block.objects.values_list("runs", flat=True)
        )
    return {name: count for name, count in found.items() if count}


def values_of(run: Run) -> list[float]:
    history = history_of(run, "loss")
    return [] if history is None else history.points.values.tolist()


def test_nothing_is_left_but_a_stone(run: Run, project: Project, bob: User) -> None:
    other = make_run(project, bob)
    for one in (run, other):
        fill(one, bob)
    before = left_of(other.pk)
    assert left_of(run.pk) == before
    stored = {"Batch", "Payload", "Chunk", "Series", "Superseded", "Conflict", "Update", "LastWord", "Extent", "Image"}
    assert set(before) >= {*stored, "Comment"}
    condemn(run)
    assert purge_run(run.pk) == 10  # one step for each of nine tables, and the last
    assert left_of(run.pk) == {}
    assert not Run.everything.filter(pk=run.pk).exists()
    stone = Tombstone.objects.get()
    assert (stone.uid, stone.project) == (run.uid, project)
    assert left_of(other.pk) == before
    assert values_of(other) == [1.0, 2.0, 5.0, 3.0]
    assert Blob.objects.get().images.get().run == other
    assert purge_run(run.pk) == 0


def test_only_what_is_condemned_is_purged(run: Run, bob: User) -> None:
    fill(run, bob)
    assert purge_run(run.pk) == 0
    bin_run(by=Actor(bob), run=run)
    assert purge_run(run.pk) == 0
    assert set(left_of(run.pk)) >= {"Batch", "Payload", "Chunk"}


@pytest.mark.parametrize(
    ("rows", "size", "left"), [(3, 1 << 40, [7, 4, 1, 0]), (1_000, 100_000, [8, 6, 4, 2, 0])], ids=["rows", "bytes"]
)
def test_a_step_is_bounded(run: Run, monkeypatch: pytest.MonkeyPatch, rows: int, size: int, left: list[int]) -> None:
    monkeypatch.setattr(purge, "PURGE_ROWS", rows)
    monkeypatch.setattr(purge, "PURGE_BYTES", size)
    noise = np.random.default_rng(7).normal(size=(10, 2_000))
    for seq, values in enumerate(noise):  # a payload of some 56 kB each: two reach 100,000 bytes
        log(run, values.tolist(), seq, first_step=2_000 * seq)
    condemn(run)
    seen = []
    while purge_run(run.pk, most=1):
        seen.append(Payload.objects.count())
    assert seen[: len(left)] == left
    assert left_of(run.pk) == {}


def test_last_words_are_bounded_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    log(run, [1.0], updates=[(1000, "config", {f"k{i}": i for i in range(7)})])
    monkeypatch.setattr(purge, "PURGE_ROWS", 3)
    condemn(run)
    left = []
    while purge_run(run.pk, most=1):
        left.append(LastWord.objects.count())
    assert left == [7, 7, 4, 1, 0, 0, 0]  # its payload, its update, the words in three steps, the ledger, the run


def test_images_are_bounded_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for seq in range(5):
        blob = Blob.keep(PIXEL + bytes([seq]) * 1_000)
        Image.objects.create(run=run, writer="w", seq=seq, order=0, key="k", step=0, time=0, width=1, height=1, blob=blob)
    monkeypatch.setattr(purge, "PURGE_BYTES", 2_000)
    condemn(run)
    left = []
    while purge_run(run.pk, most=1):
        left.append((Image.objects.count(), Blob.objects.count()))
    assert left == [(3, 3), (1, 1), (0, 0), (0, 0)]


def test_a_blob_of_two_runs_stays_until_the_last_goes(run: Run, project: Project, bob: User) -> None:
    other = make_run(project, bob)
    for one in (run, other):
        Image.objects.create(
            run=one, writer="w", seq=0, order=0, key="k", step=0, time=0, width=1, height=1, blob=Blob.keep(PIXEL)
        )
    condemn(run)
    purge_run(run.pk)
    assert (Image.objects.count(), Blob.objects.count()) == (1, 1)
    condemn(other)
    purge_run(other.pk)
    assert (Image.objects.count(), Blob.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_in_any_step_leaves_work_that_beat_finds(run: Run, bob: User) -> None:
    fill(run, bob)
    condemn(run)
    for step in range(10):
        with transaction.atomic():
            assert purge_run(run.pk, most=1) == 1
            transaction.set_rollback(True)  # as a killed worker leaves it
        assert purge_run(run.pk, most=1) == 1, step
    assert purge_run(run.pk) == 0
    assert left_of(run.pk) == {}
    assert Tombstone.objects.count() == 1


def test_a_condemned_run_is_not_folded(run: Run) -> None:
    log(run, np.ones(20_000).tolist())
    assert runs_due() == [run.pk]
    condemn(run)
    assert runs_due() == []
    assert fold_run(run.pk) == 0


def test_what_comes_late_is_refused_and_told(run: Run) -> None:
    end = (1000, "finish", {"state": "finished", "exit_code": 0})
    log(run, [1.0])
    condemn(run)
    for _ in ("condemned", "purged"):
        for verb in (
            lambda: log(run, [2.0], 1),
            lambda: log(run, [2.0], 1, updates=[end]),
            lambda: log(run, [1.0]),  # known: it would be answered as before
        ):
            with pytest.raises(RunPurged):
                verb()
        purge_run(run.pk)
    assert left_of(run.pk) == {}


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_that_comes_late_is_refused_and_told(run: Run) -> None:
    condemn(run)
    purge_run(run.pk)
    with pytest.raises(RunPurged):
        note_life(run)


def together(*verbs: Callable[[], Any]) -> None:
    """Each verb in a thread of its own; what one raises is raised here."""
    failed: list[BaseException] = []

    def work(verb: Callable[[], Any]) -> None:
        try:
            verb()
        except BaseException as error:  # told to the test's own thread
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_is_being_accepted_is_waited_for(run: Run) -> None:
    with transaction.atomic():
        log(run, [1.0])
        condemning = threading.Thread(target=together, args=[lambda: condemn(run)])
        condemning.start()
        until_waiting(1)
    condemning.join()
    assert Payload.objects.count() == 1
    purge_run(run.pk)
    assert left_of(run.pk) == {}


@pytest.mark.django_db(transaction=True)
def test_no_batch_slips_in_behind_the_condemnation(run: Run) -> None:
    told: list[int] = []

    def send() -> None:
        try:
            log(Run.everything.get(pk=run.pk), [1.0])
        except Refusal as refusal:
            told.append(refusal.status)

    with transaction.atomic():
        condemn(run)
        sender = threading.Thread(target=together, args=[send])
        sender.start()
        until_waiting(1)
    sender.join()
    assert told == [410]
    assert (Batch.objects.count(), Payload.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_purge_waits_its_turn_while_the_run_is_folded(run: Run) -> None:
    log(run, [1.0])
    condemn(run)
    taken: list[int] = []
    with transaction.atomic():
        assert hold(run.pk)
        together(lambda: taken.append(purge_run(run.pk)))
    assert taken == [0]
    assert Payload.objects.count() == 1
    assert purge_run(run.pk) == 3


@dataclass
class Traffic:
    """A trainer that sends 60 batches of four points, an image that all share in every third, until it is refused."""

    run: Run
    kept: int = 0
    refused: list[int] = field(default_factory=list)

    def send(self) -> None:
        for seq in range(60):
            picture = (1000, "image", {"key": "same", "step": 0, "png": PIXEL, "caption": None})
            try:
                now = LoggedRun.objects.get(pk=self.run.pk)
                log(now, [float(seq)] * 4, seq, first_step=4 * seq, updates=[picture] if seq % 3 == 0 else ())
                self.kept += 1
            except LoggedRun.DoesNotExist:
                self.refused.append(404)
            except Refusal as refusal:
                self.refused.append(refusal.status)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("after", [4, 8, 12, 16, 20])
def test_purge_beside_ingest_and_fold(run: Run, project: Project, bob: User, after: int) -> None:
    """Two runs are sent to and folded all the time; one of them is condemned after some batches, and purged."""
    doomed, other = Traffic(run), Traffic(make_run(project, bob))
    ended = threading.Event()

    def fold() -> None:
        while not ended.is_set():
            fold_run(run.pk)
            fold_run(other.run.pk)

    def remove() -> None:
        while doomed.kept < after:
            ended.wait(0.001)
        condemn(run)
        while not Tombstone.objects.exists():
            purge_run(run.pk, most=2)

    def all_else() -> None:
        try:
            together(doomed.send, other.send, remove)
        finally:
            ended.set()

    together(all_else, fold, fold)
    assert doomed.refused
    assert set(doomed.refused) <= {404, 410}
    assert left_of(run.pk) == {}
    assert not Run.everything.filter(pk=run.pk).exists()
    fold_run(other.run.pk)
    assert (other.kept, other.refused) == (60, [])
    assert values_of(other.run) == [float(i // 4) for i in range(240)]
    assert Series.objects.get().n == 240
    assert Image.objects.filter(run=other.run, blob=Blob.objects.get()).count() == 20


@pytest.mark.django_db(transaction=True)
def test_a_blob_that_somebody_is_about_to_refer_to_stays(run: Run, project: Project, bob: User) -> None:
    other = make_run(project, bob)
    shared = {"key": "k", "step": 0, "time": 0, "width": 1, "height": 1, "writer": "w", "seq": 0, "order": 0}
    Image.objects.create(run=run, blob=Blob.keep(PIXEL), **shared)
    condemn(run)
    with transaction.atomic():
        blob = Blob.keep(PIXEL)  # it is there already
        purging = threading.Thread(target=together, args=[lambda: purge_run(run.pk)])
        purging.start()
        until_waiting(1)
        Image.objects.create(run=other, blob=blob, **shared)
    purging.join()
    assert bytes(Image.objects.get(run=other).blob.body) == PIXEL
    assert left_of(run.pk) == {}


@pytest.mark.django_db(transaction=True)
def test_a_blob_that_is_being_removed_is_stored_again(run: Run, project: Project, bob: User) -> None:
    other = make_run(project, bob)
    shared = {"key": "k", "step": 0, "time": 0, "width": 1, "height": 1, "writer": "w", "seq": 0, "order": 0}
    Image.objects.create(run=run, blob=Blob.keep(PIXEL), **shared)
    condemn(run)

    def refer() -> None:
        with transaction.atomic():
            Image.objects.create(run=other, blob=Blob.keep(PIXEL), **shared)

    with transaction.atomic():
        assert purge_run(run.pk, most=1) == 1
        assert not Blob.objects.exists()
        keeping = threading.Thread(target=together, args=[refer])
        keeping.start()
        until_waiting(1)
    keeping.join()
    assert bytes(Image.objects.get(run=other).blob.body) == PIXEL


def test_the_tasks_have_the_names_that_beat_calls() -> None:
    assert tasks.purge_due.name in {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert {Chunk, Conflict, LastWord, Superseded, Update} <= {one.related_model for one in Run._meta.related_objects}
