"""What each answer of a server means: an acknowledgement, a refusal, or nothing at all."""

import email.utils
import json
import time

import pytest
from lablore._server import Outcome, Server
from lablore._settings import Access
from lablore.sync import push

from tests.sdk.recording import STEPS, everything, nth_batch, recorded
from tests.sdk.server import KEY, Ask, LabServer, Reply


def test_a_refused_batch_stands_aside_and_holds_up_nobody(lab: LabServer) -> None:
    run = recorded()
    lab.trouble = nth_batch(2, Reply(422, b'{"error": {"code": "bad", "message": "no \\u001b[2Jgood"}}'))
    done = push(run.dir, Access(lab.url, KEY))
    assert done.refused == 1
    assert done.is_complete()
    assert len(lab.values(run.id, "loss")) == STEPS - STEPS // 4
    assert lab.end(run.id) is not None
    kept = (run.dir / "refused.jsonl").read_text()
    assert '"seq": 1' in kept
    assert "\x1b" not in kept
    assert "\\u001b" not in kept
    assert len(done.status.notices) == 1


@pytest.mark.parametrize(
    "body", [b'{"error": {"code": "too_large", "message": "Send smaller batches."}}', b"<html>nginx"], ids=["lablore", "proxy"]
)
def test_a_batch_that_is_too_large_is_told_and_never_sent_again(lab: LabServer, body: bytes) -> None:
    run = recorded()
    lab.trouble = nth_batch(2, Reply(413, body), times=1)
    done = push(run.dir, Access(lab.url, KEY))
    assert (done.refused, done.is_complete(), done.why) == (1, True, "")
    assert len(lab.values(run.id, "loss")) == STEPS - STEPS // 4
    [notice] = done.status.notices
    assert notice.startswith("a batch of ")
    assert f" is larger than the server takes and is kept aside in {run.dir}: {lab.url} answered 413" in notice
    [entry] = [json.loads(line) for line in (run.dir / "refused.jsonl").read_text().splitlines()]
    assert (entry["seq"], entry["status"]) == (1, 413)
    assert entry["bytes"] > 0
    asked = len(lab.asks)
    assert push(run.dir, Access(lab.url, KEY)).is_complete()
    assert len(lab.asks) == asked


PURGED = Reply(410, b'{"error": {"code": "run_purged", "message": "Begin a new run."}}')


@pytest.mark.parametrize("first", [1, 2], ids=["when it opens", "later"])
def test_a_run_that_was_deleted_for_ever_is_told_once_and_not_sent_any_more(lab: LabServer, first: int) -> None:
    run = recorded()
    lab.trouble = (lambda ask: PURGED) if first == 1 else nth_batch(2, PURGED, times=100)
    done = push(run.dir, Access(lab.url, KEY))
    assert (done.is_complete(), done.why, done.refused) == (True, "", 6 - first)
    assert len(lab.asks) == (1 if first == 1 else 3)
    [notice] = done.status.notices
    assert notice.startswith(f"nothing more of this run is sent, its records stay in {run.dir}: {lab.url} answered 410")
    assert len((run.dir / "refused.jsonl").read_text().splitlines()) == 6 - first
    asked = len(lab.asks)
    assert push(run.dir, Access(lab.url, KEY)).is_complete()
    assert len(lab.asks) == asked


def test_another_410_is_of_its_batch_alone(lab: LabServer) -> None:
    run = recorded()
    lab.trouble = nth_batch(2, Reply(410, b"<html>gone"), times=1)
    done = push(run.dir, Access(lab.url, KEY))
    assert (done.refused, done.is_complete()) == (1, True)
    assert len(lab.values(run.id, "loss")) == STEPS - STEPS // 4


@pytest.mark.parametrize(
    "reply",
    [
        Reply(401),
        Reply(403),
        Reply(404),
        Reply(200, b"<html>please sign in</html>"),
        Reply(200, b'{"hello": "world"}'),
        Reply(200, b"[1]"),
        Reply(200, b"[" * 100_000),
        Reply(204, b""),
    ],
    ids=lambda reply: f"{reply.status}-{reply.body[:9]!r}",
)
def test_no_acknowledgement_keeps_everything(lab: LabServer, reply: Reply) -> None:
    run = recorded()
    lab.trouble = nth_batch(2, reply, times=100)
    done = push(run.dir, Access(lab.url, KEY))
    assert f"answered {reply.status}" in done.why
    assert len(lab.batches) == 1
    lab.trouble = lambda ask: None
    push(run.dir, Access(lab.url, KEY))
    everything(lab, run)


def test_a_redirect_is_never_followed_and_the_key_goes_nowhere_else(lab: LabServer) -> None:
    other = LabServer()
    run = recorded()
    for status in (301, 302, 307, 308):
        lab.trouble = lambda ask, status=status: Reply(status, headers={"Location": f"{other.url}{ask.path}"})
        assert f"answered {status}" in push(run.dir, Access(lab.url, KEY)).why
    assert other.asks == []
    other.stop()


def test_an_endless_answer_is_cut(lab: LabServer) -> None:
    run = recorded()
    lab.trouble = nth_batch(1, Reply(200, b'{"points": 1, "x": "' + b"x" * 3_000_000 + b'"}'), times=1)
    assert "answered 200" in push(run.dir, Access(lab.url, KEY)).why
    assert lab.batches == {}


def test_what_the_server_rejects_is_said_once(lab: LabServer) -> None:
    run = recorded()
    body = b'{"points": 1, "rejected": [{"order": 0, "key": "loss\\u001b[2J", "reason": "no"}]}'
    lab.trouble = nth_batch(1, Reply(202, body, work_first=True), times=3)
    done = push(run.dir, Access(lab.url, KEY))
    assert done.status.notices == ["the server rejected 1 records, first loss [2J: no (said once)"]
    everything(lab, run)


@pytest.mark.parametrize(
    ("header", "pause"),
    [("7", 7.0), ("99999999999", 300.0), ("-1", None), ("soon", None), ("", None), (email.utils.formatdate(0), 0.0)],
)
def test_retry_after(lab: LabServer, header: str, pause: float | None) -> None:
    lab.trouble = lambda ask: Reply(503, headers={"Retry-After": header})
    with Server(Access(lab.url, KEY)) as server:
        answer = server.me()
    assert answer.outcome is Outcome.AGAIN
    assert answer.pause == pause


def test_retry_after_is_obeyed(lab: LabServer) -> None:
    run = recorded()
    times: list[float] = []

    def trouble(ask: Ask) -> Reply | None:
        times.append(time.monotonic())
        return Reply(503, headers={"Retry-After": "1"}) if len(times) == 1 else None

    lab.trouble = trouble
    push(run.dir, Access(lab.url, KEY))
    assert times[1] - times[0] >= 1.0
