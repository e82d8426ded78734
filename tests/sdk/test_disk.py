"""A disk that is full, a folder that is not for us: training goes on, and what is lost is counted."""

from pathlib import Path

import lablore
import pytest

from tests.sdk.server import LabServer
from tests.sdk.test_crash import only_run
from tests.sdk.test_log import deliver
from tests.sdk.trainer import Trainers, until

FULL = """
import lablore, resource, sys
run = lablore.init(project="digits")
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
for step in range(3000):
    if step == 500:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_007, hard))  # in the midst of a frame
    if step == 2500:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    run.log({"loss": step / 2, "acc": 0.1}, step=step)
run.finish()
"""


def test_a_full_disk_never_raises_and_every_loss_is_counted(lab: LabServer, trainers: Trainers) -> None:
    done = trainers.run(FULL)
    assert done.returncode == 0, done.stderr
    uid = only_run(lab)
    until(lambda: lab.end(uid), "the end is told")
    arrived = lab.values(uid, "loss")
    steps = [step for step, _ in arrived]
    assert arrived == [(step, step / 2) for step in steps]
    assert steps == sorted(set(steps))
    first_lost = next(step for step in range(3000) if step not in set(steps))
    assert 500 <= first_lost < 2500
    assert steps[:first_lost] == list(range(first_lost))
    assert steps[first_lost:] == list(range(2500, 3000))  # from a full disk back to a free one nothing more is lost
    assert sum(update["count"] for update in lab.updates(uid, "lost")) == 2 * (2500 - first_lost)
    assert done.stderr.count("not recorded") == len({update["reason"] for update in lab.updates(uid, "lost")})


def test_a_file_in_the_way_of_the_folder(lab: LabServer, runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs.write_text("not a folder")
    with lablore.init(project="digits", mode="offline") as run:
        run.log({"a": 1})
    assert not run.dir.is_relative_to(runs)
    assert "cannot hold a spool" in capsys.readouterr().err
    deliver(lab, run)
    assert lab.values(run.id, "a") == [(0, 1.0)]


def test_no_folder_at_all(lab: LabServer, trainers: Trainers, runs: Path) -> None:
    runs.write_text("not a folder")
    done = trainers.run("""
        import lablore, tempfile
        tempfile.tempdir = "/nowhere"
        run = lablore.init(project="digits")
        for step in range(100):
            run.log({"a": step})
        run.config["a"] = 1
        run.finish()
    """)
    assert done.returncode == 0, done.stderr
    assert "nothing is recorded" in done.stderr
    assert "101 values of run" in done.stderr


def test_a_folder_that_vanishes_in_mid_run(lab: LabServer, trainers: Trainers, runs: Path) -> None:
    done = trainers.run(
        """
        import lablore, shutil
        run = lablore.init(project="digits")
        run.log({"a": 1})
        shutil.rmtree(run.dir)
        for step in range(1000):
            run.log({"a": step})
        run.finish()
        """,
        LABLORE_FINISH_TIMEOUT="1",
    )
    assert done.returncode == 0, done.stderr
    assert "is not delivered yet" in done.stderr


def test_a_closed_stderr_and_full_disk_together(lab: LabServer, trainers: Trainers) -> None:
    done = trainers.run("import sys, os\nsys.stderr.close()\n" + FULL.replace("sys", "os"))
    assert done.returncode == 0


def test_an_out_of_descriptors_process_goes_on(lab: LabServer, trainers: Trainers) -> None:
    done = trainers.run(
        """
        import lablore, os, resource
        run = lablore.init(project="digits")
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
        for step in range(1000):
            run.log({"a": step})
        run.finish()
        """,
        LABLORE_FINISH_TIMEOUT="0",
    )
    assert done.returncode == 0, done.stderr
    uid = only_run(lab)
    until(lambda: lab.end(uid), "the end is told")
    assert lab.values(uid, "a") == [(step, float(step)) for step in range(1000)]
