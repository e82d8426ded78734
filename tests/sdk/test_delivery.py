"""Delivery against a server that is away, slow, broken or hostile: nothing is lost, nothing is there twice."""

import time
from typing import Any

import lablore
import pytest
from lablore._delivery import Delivery, Pace
from lablore._server import Server
from lablore._settings import Access
from lablore.sync import follow, push

from tests.sdk.recording import STEPS, everything, hasten, nth_batch, recorded
from tests.sdk.server import KEY, LabServer, Reply
from tests.sdk.trainer import until


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
    done = hasten(lab, run)
    everything(lab, run)
    assert done.is_complete()
    assert lab.repeats == ([(*next(iter(lab.batches))[:2], 1)] * 2 if reply.work_first else [])


def test_delivering_again_sends_nothing(lab: LabServer) -> None:
    run = recorded()
    push(run.dir, Access(lab.url, KEY))
    asked = len(lab.asks)
    push(run.dir, Access(lab.url, KEY))
    assert len(lab.asks) == asked


def test_a_server_that_comes_back(lab: LabServer) -> None:
    run = recorded()
    lab.stop()
    done = push(run.dir, Access(lab.url, KEY), patience=0.0)
    assert "cannot be reached" in done.why
    assert not done.is_complete()
    lab.start()
    assert push(run.dir, Access(lab.url, KEY)).is_complete()
    everything(lab, run)


def test_a_new_key_is_taken_up(lab: LabServer) -> None:
    run = recorded()
    keys = iter(["", "still wrong", KEY])
    with (
        Server(Access(lab.url, "revoked")) as server,
        Delivery(run.dir, server, fresh_key=lambda: next(keys, ""), pace=Pace(poll=0.01, denied=0.02)) as delivery,
    ):
        until(lambda: delivery.round() or delivery.is_complete(), "delivered with the new key")
    everything(lab, run)


def test_following_leaves_when_the_server_denies_and_nobody_runs(lab: LabServer) -> None:
    run = recorded()
    assert not follow(run.dir, Access(lab.url, "revoked")).is_complete()
    assert follow(run.dir, Access(lab.url, KEY)).is_complete()
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
        started = time.monotonic()
        until(lambda: _beat(delivery) or lab.beats >= 3, "three heartbeats")
    assert time.monotonic() - started >= 3 * 0.2
    assert lab.beats == 3
    run.finish()


def _beat(delivery: Delivery) -> Any:
    delivery.round()
    delivery.beat()
