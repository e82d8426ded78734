"""A part without a supervisor: for tests and tools that need one server for as long as a block lasts."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from stack.processes.errors import StackError
from stack.processes.part import Part

PATIENCE = 60.0  # seconds


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(part: Part, log: Path) -> Iterator[int]:
    """Run a part, its lines going to `log`, and yield its process number once it answers; StackError when it does not."""
    part.prepare()
    with log.open("ab") as lines:
        process = subprocess.Popen(
            part.tethered(),
            cwd=part.folder,
            env=dict(part.environment),
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=lines,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while not part.ready(process.pid):
            if process.poll() is not None or time.monotonic() > deadline:
                raise StackError(f"{part.name} does not come up:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)
        yield process.pid
    finally:
        process.send_signal(part.stop)
        try:
            process.wait(part.patience)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
