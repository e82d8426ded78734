"""Delivery against a server that is away, slow, broken or hostile: nothing is lost, nothing is there twice."""

import email.utils
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lablore
import pytest
from lablore._delivery import Delivery, Pace
from lablore._server import Outcome, Server
from lablore._settings import Access
from lablore.sync import follow, push

from tests.sdk.server import KEY, Ask, LabServer, Reply
from tests.sdk.trainer import until

STEPS = 400


def recorded(cuts: int = 4) -> lablore.Run:
    """A finished offline run of STEPS steps in `cuts` batches and one for its end."""
    with lablore.init(project="digits", mode="offline") as run:
        for step in range(STEPS):
            run.log({"loss": step / 2, "acc": 1 / (step + 1)})
            if step % (STEPS // cuts) == STEPS // cuts - 1:
                run._recorder._cut()
    return run


def everything(lab: LabServer, run: lablore.Run) -> None:
    """The server has the whole run, each batch under one name with one content."""
    assert lab.values(run.id, "loss") == [(step, step / 2) for step in range(STEPS)]
    assert lab.values(run.id, "acc") == [(step, 1 / (step + 1)) for step in range(STEPS)]
    assert lab.end(run.id) == {"state": "finished", "exit_code": 0, "reason": None}
    assert lab.conflicts == []


def nth_batch(n: int, reply: Reply, times: int = 1) -> Callable[[Ask], Reply | None]:
    """Trouble at the n-th PUT and the `times - 1` after it."""
    seen = [0]

    def trouble(ask: Ask) -> Reply | None:
        seen[0] += ask.method == "PUT"
        return reply if ask.method == "PUT" and n <= seen[0] < n + times else None

    return trouble


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500),
        Reply(503, headers={"Retry-After": "0"}),
        Reply(429),
        Reply(408),
        Reply(drop=True),
        Reply(drop=True, work_first=True),
        Reply(502, b"<html>bad gateway</html>"),
        Reply(500, work_first=True),
    ],
    ids=lambda reply: f"{reply.status}{'-dropped' * reply.drop}{'-done' * reply.work_first}",
)
def test_a_passing_trouble_costs_nothing(lab: LabServer, reply: Reply) -> None:
    run = recorded()
    lab.trouble = nth_batch(2, reply, times=2)
    done = push(run.dir, Access(lab.url, KEY))
    everything(lab, run)
    assert done.is_complete()
    assert lab.repeats == ([(*next(iter(lab.batches))[:2], 1)] * 2 if reply.work_first else [])


def test_delivering_again_sends_nothing(lab: LabServer) -> None:
    run = recorded()
    push(run.dir, Access(lab.url, KEY))
    asked = len(lab.asks)
    push(run.dir, Access(lab.url, KEY))
    assert len(lab.asks) == asked


def test_without_its_memo_a_spool_is_sent_again_byte_for_byte(lab: LabServer) -> None:
    run = recorded()
    push(run.dir, Access(lab.url, KEY))
    for memo in run.dir.glob("*.acked"):
        memo.unlink()
    push(run.dir, Access(lab.url, KEY))
    assert len(lab.repeats) == len(lab.batches) == 5
    everything(lab, run)


@pytest.mark.parametrize("memo", [b"", b"x y z w", b"999999999 1 0 0", b"-5 0 0 0", b"\xff\xfe"])
def test_a_broken_memo_is_no_harm(lab: LabServer, memo: bytes) -> None:
    run = recorded()
    push(run.dir, Access(lab.url, KEY))
    next(run.dir.glob("*.acked")).write_bytes(memo)
    push(run.dir, Access(lab.url, KEY))
    everything(lab, run)


def test_a_server_that_comes_back(lab: LabServer) -> None:
    run = recorded()
    lab.stop()
    done = push(run.dir, Access(lab.url, KEY), patience=0.0)
    assert "cannot be reached" in done.why
    assert not done.is_complete()
    lab.start()
    assert push(run.dir, Access(lab.url, KEY)).is_complete()
    everything(lab, run)


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


def test_a_new_key_is_taken_up(lab: LabServer) -> None:
    run = recorded()
    keys = iter(["", "still wrong", KEY])
    with (
        Server(Access(lab.url, "revoked")) as server,
        Delivery(run.dir, server, fresh_key=lambda: next(keys, ""), pace=Pace(denied=0.1)) as delivery,
    ):
        until(lambda: delivery.round() or delivery.is_complete(), "delivered with the new key")
    everything(lab, run)


def test_following_leaves_when_the_server_denies_and_nobody_runs(lab: LabServer) -> None:
    run = recorded()
    assert not follow(run.dir, Access(lab.url, "revoked")).is_complete()
    assert follow(run.dir, Access(lab.url, KEY)).is_complete()
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


def test_a_torn_tail_is_dropped_and_the_end_told(lab: LabServer) -> None:
    run = lablore.init(project="digits", mode="offline")
    for step in range(10):
        run.log({"loss": step})
    spool = next(run.dir.glob("*.spool"))
    whole = spool.read_bytes()
    run._recorder.close()  # as a killed process does: no finish
    with spool.open("r+b") as file:  # the same file, its last frame half written
        file.truncate(len(whole) - 3)
    done = push(run.dir, Access(lab.url, KEY))
    assert done.is_complete()
    assert lab.values(run.id, "loss") == [(step, float(step)) for step in range(9)]
    assert lab.end(run.id) == {"state": "failed", "exit_code": None, "reason": "the process ended without finish()"}
    asked = len(lab.asks)
    push(run.dir, Access(lab.url, KEY))
    assert len(lab.asks) == asked


def test_a_copy_of_a_spool_waits_for_its_end(lab: LabServer, tmp_path: Path) -> None:
    run = lablore.init(project="digits", mode="offline")
    run.log({"loss": 0})
    run._recorder._cut()
    run.log({"loss": 1})
    copy = tmp_path / "copy" / run.id
    copy.mkdir(parents=True)
    for path in run.dir.glob("*.spool"):
        (copy / path.name).write_bytes(path.read_bytes())
    push(copy, Access(lab.url, KEY))
    assert lab.values(run.id, "loss") == [(0, 0.0)]
    assert lab.end(run.id) is None
    run.log({"loss": 2})
    run.finish()
    push(run.dir, Access(lab.url, KEY))
    assert lab.values(run.id, "loss") == [(0, 0.0), (1, 1.0), (2, 2.0)]
    assert lab.conflicts == []


def test_a_copy_whose_process_has_ended(lab: LabServer, tmp_path: Path) -> None:
    run = lablore.init(project="digits", mode="offline")
    run.log({"loss": 0})
    run._recorder.close()
    copy = tmp_path / run.id
    copy.mkdir()
    for path in run.dir.glob("*.spool"):
        (copy / path.name).write_bytes(path.read_bytes())
    assert push(copy, Access(lab.url, KEY), ended=True).is_complete()
    push(run.dir, Access(lab.url, KEY))
    assert lab.repeats == list(lab.batches)
    assert lab.conflicts == []
    assert lab.values(run.id, "loss") == [(0, 0.0)]


@pytest.mark.parametrize("content", [b"", b"LLSPOOL1", b"LLSPOOL1" + bytes(100), b"GIF89a", b"LLSPOOL9" + bytes(50)])
def test_what_is_no_spool_is_said_and_holds_up_nobody(lab: LabServer, content: bytes) -> None:
    run = recorded()
    (run.dir / "0000000000000000.spool").write_bytes(content)
    done = push(run.dir, Access(lab.url, KEY))
    assert len(done.status.notices) == 1
    everything(lab, run)


def test_a_live_offline_run_delivers_what_it_has(lab: LabServer) -> None:
    run = lablore.init(project="digits", mode="offline")
    for step in range(STEPS):
        run.log({"loss": step / 2, "acc": 1 / (step + 1)})
    run._recorder._cut()
    done = push(run.dir, Access(lab.url, KEY))
    assert not done.is_complete()
    assert len(lab.values(run.id, "loss")) == STEPS
    assert lab.end(run.id) is None
    run.finish()
    push(run.dir, Access(lab.url, KEY))
    everything(lab, run)


def test_heartbeats_go_on_while_nothing_is_logged(lab: LabServer) -> None:
    run = lablore.init(project="digits", mode="offline")
    run.log({"loss": 1})
    run._recorder._cut()
    with Server(Access(lab.url, KEY)) as server, Delivery(run.dir, server, pace=Pace(heartbeat=0.2)) as delivery:
        until(lambda: _beat(delivery) or len(lab.beats) >= 3, "three heartbeats")
    assert all(later - earlier >= 0.19 for earlier, later in zip(lab.beats, lab.beats[1:], strict=False))
    run.finish()


def _beat(delivery: Delivery) -> Any:
    delivery.round()
    delivery.beat()
