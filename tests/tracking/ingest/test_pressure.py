"""Who sends faster than the worker folds is asked to wait; nobody else is, and nothing acknowledged is lost."""

import time
from collections.abc import Callable
from datetime import timedelta

import msgspec
import numpy as np
import pytest
import zstandard
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from tests.factories.batch import batch_of, line
from tests.factories.tracking import make_run
from tracking.aggregates.fold import fold_run
from tracking.errors import Backlogged
from tracking.ingest.pressure import Pressure
from tracking.limits import WAITING_BATCH, WAITING_FRESH_SECONDS, WAITING_RUN, WAITING_SITE, WAITING_SMALL
from tracking.models import Heartbeat, Payload, Project, Run
from tracking.queries.series import series_of

WIDE = 100


def flood_of(first_step: int, rows: int = 5_000) -> bytes:
    """Half a million points, packed."""
    steps = np.arange(first_step, first_step + rows, dtype="<i8").tobytes()
    group = [[f"k{i}" for i in range(WIDE)], b"", steps, steps, bytes(8 * WIDE * rows)]
    return zstandard.ZstdCompressor(level=1).compress(msgspec.msgpack.encode({"v": 1, "groups": [group]}))


def wait_in_store(run: Run, points: int, seq: int = 0) -> None:
    Payload.objects.create(run=run, writer="w", seq=seq, points=points, body=b"")


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob)


@pytest.fixture
def small(elsewhere_project: Project, charlie: User) -> Run:
    """A run of another team."""
    return make_run(elsewhere_project, charlie)


def test_what_waits_in_the_store_counts(run: Run, small: Run) -> None:
    wait_in_store(run, WAITING_RUN - WAITING_BATCH)
    pressure = Pressure()
    with pytest.raises(Backlogged):
        pressure.make_way(run.pk)
    pressure.make_way(small.pk, 10)


def test_what_this_process_lets_in_counts_at_once(run: Run, small: Run) -> None:
    pressure = Pressure()
    pressure.make_way(run.pk, WAITING_RUN - 1)
    pressure.make_way(run.pk, 1_000_000)
    with pytest.raises(Backlogged) as told:
        pressure.make_way(run.pk, 1)
    assert told.value.details == {"retry_after": 2}
    pressure.make_way(small.pk, 10)


def test_many_tiny_batches_weigh_by_their_number(run: Run) -> None:
    Payload.objects.bulk_create(Payload(run=run, writer="w", seq=seq, points=1, body=b"") for seq in range(2_000))
    with pytest.raises(Backlogged):
        Pressure().make_way(run.pk)


def test_a_full_site_still_hears_small_runs(project: Project, bob: User, small: Run) -> None:
    flooding = [make_run(project, bob) for _ in range(11)]
    for run in flooding:
        wait_in_store(run, WAITING_SITE // 10 - WAITING_BATCH - 1)
    pressure = Pressure()
    for run in flooding:
        with pytest.raises(Backlogged):
            pressure.make_way(run.pk)
    pressure.make_way(small.pk, WAITING_SMALL)
    with pytest.raises(Backlogged):
        pressure.make_way(small.pk, 1)


def test_it_ends_when_what_waited_is_folded(run: Run) -> None:
    pressure = Pressure(fresh=0)
    wait_in_store(run, WAITING_RUN)
    with pytest.raises(Backlogged):
        pressure.make_way(run.pk)
    Payload.objects.all().delete()
    pressure.make_way(run.pk)


def test_the_store_is_counted_once_a_second(run: Run, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    pressure = Pressure()
    with django_assert_num_queries(1):
        for _ in range(100):
            pressure.make_way(run.pk, 1)


def test_a_flood_is_told_to_wait_and_nothing_acknowledged_is_lost(
    run: Run, small: Run, api_of: Callable[[str], Client], log_key: str, stranger_key: str
) -> None:
    def send(seq: int) -> HttpResponse:
        address = f"/api/v1/runs/{run.uid}/batches/w/{seq}"
        headers = {"content-encoding": "zstd"}
        return flooder.put(address, flood_of(5_000 * seq), content_type="application/msgpack", headers=headers)

    flooder, other = api_of(log_key), api_of(stranger_key)
    sent = 0
    while (answer := send(sent)).status_code == 202:
        sent += 1
    assert 4 <= sent <= 5  # half a million points each
    assert (answer.status_code, answer["Retry-After"], answer.json()["error"]["code"]) == (429, "2", "backlogged")
    assert answer.json()["error"]["retry_after"] == 2

    body = batch_of(line("loss", [1.0]))
    calm = other.put(f"/api/v1/runs/{small.uid}/batches/w/0", body, content_type="application/msgpack")
    assert calm.status_code == 202

    while fold_run(run.pk):
        pass
    deadline = time.monotonic() + WAITING_FRESH_SECONDS + 20
    while (answer := send(sent)).status_code == 429:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert answer.status_code == 202
    fold_run(run.pk)
    assert {line.summary.n for line in series_of(run)} == {5_000 * (sent + 1)}


def test_a_run_that_must_wait_is_not_silent(run: Run, api_of: Callable[[str], Client], log_key: str) -> None:
    wait_in_store(run, WAITING_RUN)
    long_ago = timezone.now() - timedelta(hours=1)
    Heartbeat.objects.filter(run=run).update(seen_at=long_ago)
    deadline = time.monotonic() + WAITING_FRESH_SECONDS + 20
    seq = 0
    while (answer := put(run, api_of(log_key), seq)).status_code == 202:  # until this process has counted
        assert time.monotonic() < deadline
        Heartbeat.objects.filter(run=run).update(seen_at=long_ago)
        seq += 1
    assert answer.status_code == 429
    assert Heartbeat.objects.get(run=run).seen_at > long_ago


def put(run: Run, sender: Client, seq: int) -> HttpResponse:
    body = batch_of(line("loss", [1.0]))
    return sender.put(f"/api/v1/runs/{run.uid}/batches/w/{seq + 1}", body, content_type="application/msgpack")
