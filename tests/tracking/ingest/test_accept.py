"""Promises D3, D4 and D7 at the door."""

import math
import threading
import zlib

import pytest
import zstandard
from django.db import connection, transaction

from accounts.models import User
from tests.factories.at_once import at_once
from tests.factories.batch import batch_of, line
from tests.factories.tracking import make_run
from tests.factories.waiting import until_waiting
from tracking.aggregates.fold import fold_run
from tracking.errors import BatchConflict
from tracking.ingest import accept, wire
from tracking.ingest.accept import accept_batch
from tracking.limits import CONFLICTS_KEPT
from tracking.models import Batch, Conflict, Heartbeat, Payload, Project, Run
from tracking.queries.history import history_of
from tracking.queries.run_overview import overview_of
from tracking.queries.series import series_of


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob)


def values_of(run: Run, key: str = "loss") -> list[float]:
    history = history_of(run, key)
    return [] if history is None else history.points.values.tolist()


def test_a_point_is_visible_at_once_and_the_same_after_the_fold(run: Run) -> None:
    answer = accept_batch(run, "w", 0, codec="", body=batch_of(line("loss", [3.0, 2.0, 1.0])))
    assert (answer.points, answer.refused, answer.rejected, answer.is_new) == (3, 0, [], True)
    assert values_of(run) == [3.0, 2.0, 1.0]
    assert fold_run(run.pk) == 1
    assert values_of(run) == [3.0, 2.0, 1.0]
    assert not Payload.objects.filter(run=run).exists()


@pytest.mark.parametrize("codec", ["", "gzip", "zstd"])
def test_codecs_are_one_content(run: Run, codec: str) -> None:
    body = batch_of(line("loss", [1.0, math.nan]))
    packed = {
        "": lambda: body,
        "gzip": lambda: b"".join(gzipped(part) for part in (body[:10], body[10:])),
        "zstd": lambda: zstandard.ZstdCompressor().compress(body),
    }[codec]()
    assert accept_batch(run, "w", 0, codec=codec, body=packed).is_new
    assert not accept_batch(run, "w", 0, codec="", body=body).is_new
    assert len(values_of(run)) == 2


def gzipped(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(data) + packer.flush()


def test_the_same_batch_again_changes_nothing_and_is_told_the_same(run: Run) -> None:
    body = batch_of([*line("loss", [1.0]), (0, 0, {"": 1.0}), (0, -1, {"late": 1.0})])
    first = accept_batch(run, "w", 0, codec="", body=body)
    fold_run(run.pk)
    again = accept_batch(run, "w", 0, codec="", body=body)
    assert (again.points, again.refused, again.rejected) == (first.points, first.refused, first.rejected)
    assert (first.is_new, again.is_new) == (True, False)
    assert values_of(run) == [1.0]
    assert not Payload.objects.exists()
    assert Run.objects.get(pk=run.pk).rejected_records == 2


def test_other_content_under_the_same_name_is_kept_aside(run: Run) -> None:
    accept_batch(run, "w", 0, codec="", body=batch_of(line("loss", [1.0])))
    other = batch_of(line("loss", [2.0]))
    for _ in range(2):
        with pytest.raises(BatchConflict):
            accept_batch(run, "w", 0, codec="", body=other)
    assert values_of(run) == [1.0]
    assert bytes(Conflict.objects.get(run=run).body) == other


def test_of_many_conflicts_the_first_are_kept_whole_and_all_are_counted(run: Run) -> None:
    accept_batch(run, "w", 0, codec="", body=batch_of(line("loss", [1.0])))
    bodies = [batch_of(line("loss", [float(i)])) for i in range(2, 20)]
    for body in [*bodies, *bodies]:
        with pytest.raises(BatchConflict):
            accept_batch(run, "w", 0, codec="", body=body)
    kept = [bytes(body) for body in Conflict.objects.filter(run=run).order_by("received_at").values_list("body", flat=True)]
    assert kept == [*bodies[:16], b"", b""]
    assert overview_of(run).conflicts == 18


def test_conflicts_beyond_thousands_leave_no_rows_and_are_counted(run: Run) -> None:
    accept_batch(run, "w", 0, codec="", body=batch_of(line("loss", [1.0])))
    rows = [Conflict(run=run, writer="w", seq=0, digest=number.to_bytes(16), body=b"") for number in range(CONFLICTS_KEPT - 1)]
    Conflict.objects.bulk_create(rows)
    for value in (2.0, 3.0, 2.0, 4.0):
        with pytest.raises(BatchConflict):
            accept_batch(run, "w", 0, codec="", body=batch_of(line("loss", [value])))
    assert Conflict.objects.filter(run=run).count() == CONFLICTS_KEPT
    assert overview_of(Run.objects.get()).conflicts == CONFLICTS_KEPT + 2


def test_a_bad_record_is_refused_by_itself(run: Run) -> None:
    rows = [
        (0, 1000, {"loss": 1.0, "a\0b": 2.0}),
        (1, 1000, {"loss": 2.0, "k" * 201: 2.0}),
        (2, -5, {"loss": 3.0}),
        (3, 1000, {"loss": 4.0}),
    ]
    answer = accept_batch(run, "w", 0, codec="", body=batch_of(rows))
    assert (answer.points, answer.refused) == (3, 3)
    assert answer.rejected == [
        {"order": 0, "key": "a\\x00b", "reason": "key holds a control character"},
        {"order": 1, "key": "k" * 100, "reason": "key has not 1 to 200 characters"},
        {"order": 2, "key": None, "reason": "time is not between 1970 and 9999, in ms"},
    ]
    for _ in range(2):
        history = history_of(run, "loss")
        assert history is not None
        assert history.points.steps.tolist() == [0, 1, 3]
        assert history.points.ranks.tolist() == [0, 1, 3]
        fold_run(run.pk)


def test_a_batch_moves_the_revision(run: Run) -> None:
    before = Heartbeat.objects.get(run=run).revision
    accept_batch(run, "w", 0, codec="", body=batch_of(line("loss", [1.0])))
    assert Heartbeat.objects.get(run=run).revision == before + 1


@pytest.mark.django_db(transaction=True)
def test_many_processes_send_the_same_batch_at_once(run: Run) -> None:
    body = batch_of(line("loss", [1.0, 2.0]), [(1000, "lost", {"count": 3})])
    news = at_once(6, lambda: accept_batch(run, "w", 0, codec="", body=body).is_new)
    assert sorted(news) == [False] * 5 + [True]
    assert Batch.objects.filter(run=run).count() == 1
    assert values_of(run) == [1.0, 2.0]
    assert Run.objects.get(pk=run.pk).lost_records == 3


END = (1_000, "finish", {"state": "finished", "exit_code": 0})


def test_an_end_that_came_while_a_batch_was_read_does_not_hide_it(run: Run) -> None:
    seen_by_the_gate = Run.objects.get(pk=run.pk)
    accept_batch(run, "a", 0, codec="", body=batch_of(updates=[END]))
    assert Run.objects.get(pk=run.pk).state == "finished"
    assert accept_batch(seen_by_the_gate, "b", 0, codec="", body=batch_of(line("loss", [1.0]))).is_new
    assert Run.objects.get(pk=run.pk).state == "running"


@pytest.mark.django_db(transaction=True)
def test_an_end_that_is_not_committed_yet_is_waited_for(run: Run) -> None:
    def send() -> None:
        try:
            accept_batch(Run.objects.get(pk=run.pk), "b", 0, codec="", body=batch_of(line("loss", [1.0])))
        finally:
            connection.close()

    sender = threading.Thread(target=send)
    with transaction.atomic():
        accept_batch(run, "a", 0, codec="", body=batch_of(updates=[END]))
        sender.start()
        until_waiting(1)
    sender.join()
    assert values_of(run) == [1.0]
    assert Run.objects.get(pk=run.pk).state == "running"


def test_a_run_of_very_many_metrics_takes_no_further_ones(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (accept, wire):
        monkeypatch.setattr(module, "RUN_KEYS", 3)
    rows = [(0, 1_000, {"a": 1.0, "b": 2.0}), (1, 2_000, {"c": 3.0})]
    assert accept_batch(run, "w", 0, codec="", body=batch_of(rows)).refused == 0
    fold_run(run.pk)
    run.refresh_from_db()
    assert run.metric_count == 3
    body = batch_of([(2, 3_000, {"a": 4.0, "d": 5.0}), (3, 4_000, {"e": 6.0}), (4, 5_000, {"a": 7.0, "d": 8.0})])
    for is_new in (True, False):
        answer = accept_batch(run, "w", 1, codec="", body=body)
        assert (answer.points, answer.refused, answer.is_new) == (2, 3, is_new)
        assert [(told["order"], told["key"]) for told in answer.rejected] == [(0, "d"), (1, "e")]
        assert "log under fewer names" in answer.rejected[0]["reason"]
    fold_run(run.pk)
    found = {line.key: (line.summary.n, line.summary.last) for line in series_of(run)}
    assert found == {"a": (3, 7.0), "b": (1, 2.0), "c": (1, 3.0)}
    assert Run.objects.get(pk=run.pk).metric_count == 3
