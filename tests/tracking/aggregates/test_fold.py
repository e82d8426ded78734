"""A fold is all or nothing, one at a time, and due when it is worth it."""

import threading
from datetime import timedelta
from functools import reduce
from typing import Any

import msgspec
import numpy as np
import pytest
import zstandard
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from config.celery import app
from tests.factories.batch import batch_of, line
from tests.factories.tracking import log_metrics, make_run
from tracking import tasks
from tracking.aggregates.fold import fold_run
from tracking.columns.body import unpack_body
from tracking.columns.summary import combined, summary_of
from tracking.ingest.accept import accept_batch
from tracking.limits import CHUNK_POINTS, FOLD_AGE_SECONDS, FOLD_AGE_SECONDS_PER_SERIES, FOLD_BATCHES
from tracking.models import Chunk, Payload, Project, Run, Series, Superseded
from tracking.queries.backlog import oldest_unfolded_seconds, runs_due
from tracking.queries.history import history_of
from tracking.queries.series import series_of
from tracking.queries.stored import bodies_of, chunk_summaries, stored_series


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob)


def log(run: Run, values: Any, seq: int = 0, first_step: int = 0, key: str = "loss") -> None:
    accept_batch(run, "w", seq, codec="", body=batch_of(line(key, values, first_step)))


def test_a_fold_of_nothing(run: Run) -> None:
    assert fold_run(run.pk) == 0


def test_folding_in_bites(run: Run) -> None:
    for seq in range(5):
        log(run, [float(seq)] * 10, seq, first_step=10 * seq)
    assert [fold_run(run.pk, most=15) for _ in range(4)] == [2, 2, 1, 0]
    history = history_of(run, "loss")
    assert history is not None
    assert history.points.values.tolist() == [float(i // 10) for i in range(50)]


def test_small_folds_merge_into_few_chunks(run: Run) -> None:
    for seq in range(64):
        log(run, np.full(8, float(seq)).tolist(), seq, first_step=8 * seq)
        fold_run(run.pk)
    assert Chunk.objects.filter(run=run).count() <= 8
    assert Series.objects.get(run=run).n == 512


def test_late_points_all_over_a_series_are_laid_in_some_chunks_at_a_time(run: Run) -> None:
    for seq in range(10):
        log(run, [0.0] * CHUNK_POINTS, seq, first_step=seq * CHUNK_POINTS)
        fold_run(run.pk)
    assert Chunk.objects.filter(run=run).count() == 10
    accept_batch(run, "w", 10, codec="", body=batch_of(line("loss", [1.0] * 10, first_step=5, every=CHUNK_POINTS)))
    with CaptureQueriesContext(connection) as queries:
        assert fold_run(run.pk, most=3 * CHUNK_POINTS) == 1
    opened = [query for query in queries if "start_step, body FROM tracking_chunk" in query["sql"]]
    assert len(opened) == 4  # of three chunks each, the last of one
    history = history_of(run, "loss")
    assert history is not None
    assert np.flatnonzero(history.counting.values).tolist() == [5 + seq * CHUNK_POINTS for seq in range(10)]
    assert len(history.points) == 10 * CHUNK_POINTS + 10
    assert Series.objects.get(run=run).superseded == 10


@pytest.mark.parametrize("late", [False, True])
def test_a_chunk_has_the_summary_of_its_points_however_it_was_merged(run: Run, late: bool) -> None:
    odd = [-0.0, 0.0, float("nan"), 0.1, float("-inf"), 1e308, 1e308, 5e-324, -7.5]
    first = 0
    for seq, n in enumerate([50, 50, 50, 20, 9, 400, 1, 30, 20_000, 3]):
        log(run, (odd * (n // len(odd) + 1))[seq % 5 :][:n], seq, first_step=max(first - 2, 0) if late else first)
        first += n
        fold_run(run.pk)
    chunks = chunk_summaries(run.pk, [1])[1]
    bodies = bodies_of([(run.pk, 1, span.start) for span, _ in chunks])
    found = [summary_of(unpack_body(bodies[run.pk, 1, span.start])) for span, _ in chunks]
    assert len(chunks) > 2
    assert repr([summary for _, summary in chunks]) == repr(found)  # by repr, -0.0 is not 0.0
    (series,) = stored_series([run.pk])
    assert repr(series.summary.with_superseded(0)) == repr(reduce(combined, found))


@pytest.mark.django_db(transaction=True)
def test_a_fold_that_dies_leaves_everything_and_the_next_repeats_it(run: Run) -> None:
    log(run, [1.0, 2.0])
    log(run, [5.0], 1, first_step=1)
    with transaction.atomic():
        fold_run(run.pk)
        transaction.set_rollback(True)  # as a killed worker leaves it
    assert Payload.objects.count() == 2
    assert not Chunk.objects.exists()
    fold_run(run.pk)
    assert Payload.objects.count() == 0
    assert (Series.objects.get().n, Series.objects.get().superseded, Superseded.objects.get().n) == (2, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_one_fold_at_a_time(run: Run) -> None:
    log(run, [1.0])
    counts: list[int] = []

    def fold() -> None:
        try:
            counts.append(fold_run(run.pk))
        finally:
            connection.close()

    with transaction.atomic():
        assert fold_run(run.pk) == 1
        other = threading.Thread(target=fold)
        other.start()
        other.join()
    assert counts == [0]
    assert Series.objects.get().n == 1


@pytest.mark.django_db(transaction=True)
def test_readers_see_every_point_once_while_folds_go_on(run: Run) -> None:
    stop = threading.Event()
    seen: list[tuple[int, int, int]] = []

    def read() -> None:
        try:
            while not stop.is_set():
                low = sent[0]
                history = history_of(run, "loss")
                seen.append((low, 0 if history is None else len(history.points), sent[0] + 5))
        finally:
            connection.close()

    sent = [0]
    reader = threading.Thread(target=read)
    reader.start()
    for seq in range(2_000):
        log(run, [1.0] * 5, seq, first_step=5 * seq)
        sent[0] = 5 * seq + 5
        if seq % 3 == 2:
            fold_run(run.pk)
        if seq >= 40 and len(seen) > 20:
            break
    stop.set()
    reader.join()
    assert len(seen) > 20
    assert all(low <= n <= high and n % 5 == 0 for low, n, high in seen)
    assert [n for _, n, _ in seen] == sorted(n for _, n, _ in seen)


def test_what_an_earlier_server_took_is_folded(run: Run) -> None:
    n = 500_000  # 16 MB inflated; this server takes 10 MiB
    columns = [np.arange(n, dtype="<i8").tobytes(), bytes(8 * n), bytes(16 * n)]
    plain = msgspec.msgpack.encode({"v": 1, "groups": [[["a", "b"], b"", *columns]]})
    body = zstandard.ZstdCompressor(level=1).compress(plain)
    Payload.objects.create(run=run, writer="w", seq=0, points=2 * n, codec="zstd", body=body)
    assert fold_run(run.pk) == 1
    assert [line.summary.n for line in series_of(run)] == [n, n]


def test_what_is_due(project: Project, bob: User) -> None:
    small, old, ended, large, many = (make_run(project, bob) for _ in range(5))
    assert oldest_unfolded_seconds() is None
    for run in (small, old, ended):
        log(run, [1.0])
    Payload.objects.filter(run=old).update(received_at=timezone.now() - timedelta(seconds=FOLD_AGE_SECONDS + 1))
    accept_batch(ended, "w", 1, codec="", body=batch_of([], [(1000, "finish", {"state": "finished"})]))
    log(large, np.ones(10_000).tolist())
    for seq in range(FOLD_BATCHES):
        log(many, [1.0], seq)
    assert set(runs_due()) == {old.pk, ended.pk, large.pk, many.pk}
    assert runs_due(most=1) == [old.pk]
    assert FOLD_AGE_SECONDS < (oldest_unfolded_seconds() or 0) < FOLD_AGE_SECONDS + 60


def test_a_run_of_many_series_is_folded_later_for_its_age(project: Project, bob: User) -> None:
    wide, narrow = make_run(project, bob), make_run(project, bob)
    for run, width in ((wide, 300), (narrow, 1)):
        metrics = {f"metric/{i}": [1.0] for i in range(width)}
        log_metrics(run, metrics)
        log_metrics(run, metrics, seq=1, first_step=1, fold=False)

    def due_after(seconds: float) -> set[int]:
        Payload.objects.update(received_at=timezone.now() - timedelta(seconds=seconds))
        return set(runs_due())

    patience = 300 * FOLD_AGE_SECONDS_PER_SERIES
    assert due_after(FOLD_AGE_SECONDS + patience / 2) == {narrow.pk}
    assert due_after(FOLD_AGE_SECONDS + patience + 1) == {narrow.pk, wide.pk}


def test_a_fold_that_is_not_begun_is_not_asked_for_many_times() -> None:
    every = app.conf.beat_schedule["fold-due"]["schedule"]
    assert every < tasks.fold_run.expires <= 3 * every


def test_tasks_have_the_names_that_beat_calls() -> None:
    due = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert {tasks.fold_due.name, tasks.lose_silent_runs.name} <= due


def test_a_run_with_all_it_has_can_be_deleted(run: Run) -> None:
    log(run, [1.0, 2.0])
    log(run, [3.0], 1)
    fold_run(run.pk)
    log(run, [4.0], 2, first_step=9)
    run.delete()
    assert not any(model.objects.exists() for model in (Chunk, Payload, Series, Superseded, Run))
