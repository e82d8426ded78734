"""LABLORE_SPOOL_SYNC_MS: how much a power cut may cost. The calls of fsync that really happen are counted."""

import os
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

import lablore
import pytest

from tests.sdk.trainer import until


class Syncs:
    """Names of the threads that called `os.fsync`, once for each call."""

    def __init__(self) -> None:
        self.threads: list[str] = []

    def see(self, frame: FrameType, event: str, call: Any) -> None:
        if event == "c_call" and call is os.fsync:
            self.threads.append(threading.current_thread().name)

    def of(self, thread: str) -> int:
        return self.threads.count(thread)


@pytest.fixture
def syncs() -> Iterator[Syncs]:
    """What this thread, and those started from now on, do."""
    seen = Syncs()
    threading.setprofile(seen.see)
    sys.setprofile(seen.see)
    yield seen
    sys.setprofile(None)
    threading.setprofile(None)


def test_by_default_log_waits_for_no_disk(syncs: Syncs) -> None:
    run = lablore.init(project="digits", mode="offline")
    for step in range(200):
        run.log({"loss": step})
    assert syncs.of("MainThread") == 0
    until(lambda: syncs.of("lablore-keeper"), "the thread beside makes the spool durable")
    run.finish()


def test_0_makes_every_call_durable_before_it_returns(syncs: Syncs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABLORE_SPOOL_SYNC_MS", "0")
    run = lablore.init(project="digits", mode="offline")
    run.log({"first": 1, "is": "slow"})
    for value in (1, 2.5, {"deep": 3}, lablore.Image(b"no"), 2**70):
        before = syncs.of("MainThread")
        run.log({"loss": value, "sure": 1})
        assert syncs.of("MainThread") == before + 1
    before = syncs.of("MainThread")
    run.config["lr"] = 1
    run.summary["best"] = 1
    run.tags.add("t")
    assert syncs.of("MainThread") == before + 3
    run.finish()


def test_a_short_time_is_kept(syncs: Syncs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABLORE_SPOOL_SYNC_MS", "20")
    run = lablore.init(project="digits", mode="offline")

    def log() -> bool:
        run.log({"loss": 1})
        return syncs.of("lablore-keeper") >= 20

    until(log, "20 calls of fsync, which one a second would make in 20 s", seconds=15)
    assert syncs.of("MainThread") == 0
    run.finish()


def test_a_long_time_is_kept_and_batches_end_all_the_same(syncs: Syncs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABLORE_SPOOL_SYNC_MS", "600000")
    run = lablore.init(project="digits", mode="offline")
    run.log({"loss": 1})
    until(lambda: b"cut" in next(run.dir.glob("*.spool")).read_bytes(), "the batch ends")
    assert syncs.threads == []
    run.finish()
    assert syncs.of("MainThread") > 0


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "inf", " "])
def test_what_is_no_time_is_told_and_a_second_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    monkeypatch.setenv("LABLORE_SPOOL_SYNC_MS", text)
    run = lablore.init(project="digits", mode="offline")
    run.finish()
    assert capsys.readouterr().err.count(f"LABLORE_SPOOL_SYNC_MS is {text!r}, which is no number of milliseconds: 1000") == 1
