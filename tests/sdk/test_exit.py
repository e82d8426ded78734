"""The run's end state tells how the process ended."""

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.sdk.server import LabServer
from tests.sdk.test_crash import deliver_all, only_run
from tests.sdk.trainer import Trainers, until

INIT = "import lablore, os, sys, signal\nrun = lablore.init(project='digits')\nrun.log({'a': 1})\n"
WITHOUT_FINISH = "the process ended without finish()"
UNKNOWN = "SystemExit with an unknown code; use sys.exit() or run.finish()"


def end(state: str, code: int | None, reason: str | None = None) -> dict[str, Any]:
    return {"state": state, "exit_code": code, "reason": reason}


@pytest.mark.parametrize(
    ("code", "returns", "expected"),
    [
        ("", 0, end("finished", 0)),
        ("run.finish()", 0, end("finished", 0)),
        ("run.finish(exit_code=2)", 0, end("failed", 2)),
        ("run.finish(exit_code=2**40)", 0, end("failed", 1, "exit code 1099511627776")),
        ("run.finish(exit_code='bad')", 0, end("failed", 1, "exit code 'bad'")),
        ("sys.exit()", 0, end("finished", 0)),
        ("sys.exit(3)", 3, end("failed", 3)),
        ("sys.exit('no data')", 1, end("failed", 1)),
        ("exit(4)", 4, end("failed", 4)),
        ("raise ValueError('secret')", 1, end("failed", 1, "ValueError at train0.py:4")),
        ("def f():\n    1 / 0\nf()", 1, end("failed", 1, "ZeroDivisionError at train0.py:5")),
        ("raise KeyboardInterrupt", -2, end("killed", 130, "KeyboardInterrupt")),
        ("raise SystemExit(5)", 5, end("failed", None, UNKNOWN)),
        ("def main():\n    return 6\nif True:\n    raise SystemExit(main())", 6, end("failed", None, UNKNOWN)),
        ("os._exit(7)", 7, end("failed", None, WITHOUT_FINISH)),
        ("os.kill(os.getpid(), signal.SIGTERM)", -15, end("killed", 143, "SIGTERM")),
        ("os.kill(os.getpid(), signal.SIGINT)", -2, end("killed", 130, "KeyboardInterrupt")),
        ("os.kill(os.getpid(), signal.SIGKILL)", -9, end("failed", None, WITHOUT_FINISH)),
        ("os.abort()", -6, end("failed", None, WITHOUT_FINISH)),
        ("try:\n    sys.exit(3)\nexcept SystemExit:\n    pass", 0, end("finished", 0)),
        ("try:\n    1 / 0\nexcept ZeroDivisionError:\n    run.log({'a': 2})", 0, end("finished", 0)),
        ("with run:\n    raise SystemExit(8)", 8, end("failed", 8)),
        ("with run:\n    raise SystemExit(0)", 0, end("finished", 0)),
        ("with run:\n    1 / 0", 1, end("failed", 1, "ZeroDivisionError at train0.py:5")),
        ("with run:\n    raise KeyboardInterrupt", -2, end("killed", 130, "KeyboardInterrupt")),
        ("import threading\nt = threading.Thread(target=lambda: sys.exit(9))\nt.start()\nt.join()", 0, end("finished", 0)),
    ],
)
def test_ends(lab: LabServer, trainers: Trainers, runs: Path, code: str, returns: int, expected: dict[str, Any]) -> None:
    done = trainers.run(INIT + code, LABLORE_MODE="offline")
    assert done.returncode == returns, done.stderr
    uid = deliver_all(lab, runs)
    assert lab.end(uid) == expected
    assert len(lab.updates(uid, "finish")) == 1
    assert "secret" not in str(lab.batches)


def test_sigterm_while_logging_is_killed_with_a_prefix(lab: LabServer, trainers: Trainers) -> None:
    trainer = trainers.start(INIT + "print('on', flush=True)\nn = 0\nwhile True:\n    n += 1\n    run.log({'n': n})")
    assert trainer.stdout is not None
    trainer.stdout.readline()
    uid = only_run(lab)
    until(lambda: lab.values(uid, "n"), "points arrive")
    trainer.send_signal(signal.SIGTERM)
    assert trainer.wait(20) == -signal.SIGTERM
    until(lambda: lab.end(uid), "the end is told")
    assert lab.end(uid) == end("killed", 143, "SIGTERM")
    values = [value for _, value in lab.values(uid, "n")]
    assert values == [float(n) for n in range(1, len(values) + 1)]


def test_a_handler_of_the_users_own_stays(lab: LabServer, trainers: Trainers) -> None:
    code = "import signal, sys\nsignal.signal(signal.SIGTERM, lambda *a: sys.exit(75))\n" + INIT
    done = trainers.run(code + "os.kill(os.getpid(), signal.SIGTERM)")
    assert done.returncode == 75
    uid = only_run(lab)
    assert lab.end(uid) == end("failed", 75)
