"""A spool as the deliverer finds it: torn, copied, with its memo or without, or no spool at all."""

from pathlib import Path

import lablore
import pytest
from lablore._settings import Access
from lablore.sync import push

from tests.sdk.recording import everything, recorded
from tests.sdk.server import KEY, LabServer


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
