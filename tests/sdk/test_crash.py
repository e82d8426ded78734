"""Kill anything at any moment: every log call that returned arrives, once, and the run's end is told truly."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import lablore
import pytest
from lablore._launch import is_delivered
from lablore._settings import Access
from lablore.sync import push

from tests.sdk.recording import everything, recorded
from tests.sdk.server import KEY, Ask, LabServer, Reply
from tests.sdk.trainer import Trainers, until

LOGGING = """
import lablore, os, time
run = lablore.init(project="digits")
for step in range(10**9):
    run.log({"loss": step / 2, "step": step})
    os.write(1, b"%d\\n" % step)
    PAUSE
"""


def only_run(lab: LabServer) -> str:
    until(lambda: lab.runs, "the run is known")
    return next(iter(lab.runs))


def deliver_all(lab: LabServer, runs: Path) -> str:
    """Deliver the only run there is, and say which it is."""
    [folder] = [path for path in runs.iterdir() if path.is_dir()]
    assert push(folder, Access(lab.url, KEY)).is_complete()
    return only_run(lab)


@pytest.mark.parametrize(("pause", "least"), [("", 3000), ("time.sleep(0.002)", 300), ("", 30_000)])
def test_kill_9_of_the_trainer_loses_no_returned_call(lab: LabServer, trainers: Trainers, pause: str, least: int) -> None:
    trainer = trainers.start(LOGGING.replace("PAUSE", pause))
    assert trainer.stdout is not None
    for _ in range(least):
        trainer.stdout.readline()
    trainer.kill()
    returned = [int(line) for line in trainer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    count = returned[-1] + 1 if returned else least
    uid = only_run(lab)
    until(lambda: lab.end(uid), "the end is told")
    assert lab.end(uid) == {"state": "failed", "exit_code": None, "reason": "the process ended without finish()"}
    arrived = lab.values(uid, "loss")
    assert count <= len(arrived) <= count + 1  # the last call may have written without having returned
    assert arrived == [(step, step / 2) for step in range(len(arrived))]
    assert lab.values(uid, "step") == [(step, float(step)) for step in range(len(arrived))]
    assert lab.conflicts == []


def test_kill_9_of_the_trainer_while_no_server_is_there(lab: LabServer, trainers: Trainers, runs: Path) -> None:
    lab.stop()
    trainer = trainers.start(LOGGING.replace("PAUSE", "time.sleep(0.001)"))
    assert trainer.stdout is not None
    for _ in range(1200):
        trainer.stdout.readline()
    trainer.kill()
    trainer.wait()
    lab.start()
    uid = only_run(lab)
    until(lambda: lab.end(uid), "the end is told", seconds=60)
    arrived = lab.values(uid, "loss")
    assert len(arrived) >= 1200
    assert arrived == [(step, step / 2) for step in range(len(arrived))]


def syncing(folder: Path, lab: LabServer) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([sys.executable, "-m", "lablore.sync", str(folder)], stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(json.dumps({"host": lab.url, "key": KEY}).encode())
    process.stdin.close()
    return process


@pytest.mark.parametrize("when", [1, 3, 5])
@pytest.mark.parametrize("done", [False, True], ids=["before the server took it", "after"])
def test_kill_9_of_the_sync_process_delivers_exactly_once(lab: LabServer, when: int, done: bool) -> None:
    run = recorded()
    killed = threading.Event()
    seen: list[str] = []

    def kill_at(ask: Ask) -> Reply | None:
        if ask.method != "PUT" or killed.is_set():
            return None
        seen.append(ask.path)
        if len(seen) < when:
            return None
        if done:
            lab.answer(ask)
        process.kill()
        killed.set()
        return Reply(drop=True)

    lab.trouble = kill_at
    process = syncing(run.dir, lab)
    assert process.wait(30) == -signal.SIGKILL
    assert len(lab.batches) == when - 1 + done
    assert push(run.dir, Access(lab.url, KEY)).is_complete()
    everything(lab, run)
    assert len(lab.repeats) == done


def test_a_killed_sync_process_is_started_again(lab: LabServer, trainers: Trainers) -> None:
    trainer = trainers.start("""
        import lablore, lablore._courier, sys
        lablore._courier._FIRST_PAUSE = 0.5
        run = lablore.init(project="digits")
        print(run._courier._child.pid, flush=True)
        for step in range(400):
            run.log({"loss": step / 2, "acc": 1 / (step + 1)})
            if step == 200:
                sys.stdin.readline()
        run.finish()
    """)
    assert trainer.stdout is not None
    pid = int(trainer.stdout.readline())
    until(lambda: lab.batches, "something is delivered")
    os.kill(pid, signal.SIGKILL)
    _, err = trainer.communicate("go on\n", timeout=60)
    assert trainer.returncode == 0
    assert "is delivered" in err
    uid = only_run(lab)
    assert lab.values(uid, "loss") == [(step, step / 2) for step in range(400)]
    assert lab.end(uid) == {"state": "finished", "exit_code": 0, "reason": None}


def test_one_sync_process_per_folder(lab: LabServer) -> None:
    run = lablore.init(project="digits", mode="offline")
    run.log({"a": 1})
    first = syncing(run.dir, lab)
    until(lambda: is_delivered(run.dir), "the first delivers")
    assert syncing(run.dir, lab).wait(30) == 0
    assert first.poll() is None
    run.finish()
    assert first.wait(30) == 0
    assert lab.conflicts == []
    assert lab.repeats == []


def test_the_key_is_neither_on_the_command_line_nor_in_the_environment_nor_on_disk(
    lab: LabServer, trainers: Trainers, runs: Path
) -> None:
    trainer = trainers.start("""
        import lablore, sys
        run = lablore.init(project="digits", config={"lr": 1})
        run.log({"a": 1})
        print(run._courier._child.pid, flush=True)
        sys.stdin.readline()
        run.finish()
    """)
    assert trainer.stdout is not None
    pid = int(trainer.stdout.readline())
    until(lambda: lab.batches, "something is delivered")
    for place in ("cmdline", "environ"):
        assert KEY.encode() not in Path(f"/proc/{pid}/{place}").read_bytes()
    out, err = trainer.communicate("\n", timeout=60)
    assert KEY not in out + err
    files = [path for path in runs.rglob("*") if path.is_file()]
    assert len(files) >= 4
    for path in files:
        assert KEY.encode() not in path.read_bytes()
        if path.parent != runs:
            assert path.stat().st_mode & 0o777 == 0o600
    assert all(path.stat().st_mode & 0o777 == 0o700 for path in runs.iterdir() if path.is_dir())


def test_the_permissions_hold_under_any_umask(lab: LabServer, trainers: Trainers, runs: Path) -> None:
    done = trainers.run("import os, lablore; os.umask(0); lablore.init(mode='offline').finish()")
    assert done.returncode == 0
    folder = next(path for path in runs.iterdir() if path.is_dir())
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_the_sync_process_leaves_when_its_folder_is_gone(lab: LabServer) -> None:
    run = lablore.init(project="digits", mode="offline")
    process = syncing(run.dir, lab)
    until(lambda: is_delivered(run.dir), "it delivers")
    run.dir.rename(run.dir.with_name("gone"))
    assert process.wait(30) in (0, 1)
    run.finish()


def test_ctrl_c_is_not_for_the_sync_process(lab: LabServer) -> None:
    run = lablore.init(project="digits", mode="offline")
    process = syncing(run.dir, lab)
    until(lambda: is_delivered(run.dir) and (run.dir / "status.json").exists(), "it delivers")
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGHUP)
    run.log({"a": 1})
    run.finish()
    assert process.wait(30) == 0
    assert lab.values(run.id, "a") == [(0, 1.0)]


def test_nothing_waits_for_a_server_that_does_not_answer(lab: LabServer, trainers: Trainers) -> None:
    let_go = threading.Event()

    def hold(ask: Ask) -> Reply:
        let_go.wait(90)
        return Reply(500)

    lab.trouble = hold
    try:
        done = trainers.run(
            """
            import lablore, time
            began = time.monotonic()
            run = lablore.init(project="digits")
            for step in range(1000):
                run.log({"a": step})
            run.finish()
            print(time.monotonic() - began)
            """,
            LABLORE_FINISH_TIMEOUT="0",
        )
        assert float(done.stdout) < 25, done.stderr  # who waits for an answer waits 30 s for this one
        until(lambda: lab.asks, "the server is asked")
    finally:
        let_go.set()
    assert done.returncode == 0
    assert "is not delivered yet" in done.stderr
    assert "lablore sync" in done.stderr
