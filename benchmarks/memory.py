"""What the whole product takes of memory while nobody asks it anything."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks.clock import Clock
from benchmarks.result import Result
from stack.processes.home import CHECKOUT
from stack.processes.serving import free_port
from stack.processes.site import health

QUIET = 20.0  # seconds after the start


def results(_clock: Clock) -> Iterator[Result]:
    folder, port = Path(tempfile.mkdtemp(prefix="lablore-bench-")), free_port()
    folder.chmod(0o711)
    own = {"LABLORE_HOME": str(folder / "home"), "LABLORE_PORT": str(port), "LABLORE_DEMO": "0"}
    plain = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    words = [sys.executable, "manage.py", "up"]
    with (folder / "log").open("wb") as lines:
        up = subprocess.Popen(words, cwd=CHECKOUT, env=plain | own, stdout=lines, stderr=lines)
    try:
        deadline = time.monotonic() + 120
        while health(port) != 200:
            if time.monotonic() > deadline or up.poll() is not None:
                raise RuntimeError(f"it does not come up:\n{(folder / 'log').read_text()[-2000:]}")
            time.sleep(0.2)
        time.sleep(QUIET)
        family = [psutil.Process(up.pid), *psutil.Process(up.pid).children(recursive=True)]
        yield Result("idle: all processes of the product", sum(_own(process) for process in family) / 2**20, "MiB", 350)
        yield Result("idle: processes", len(family), "")
    finally:
        up.send_signal(2)
        up.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _own(process: psutil.Process) -> int:
    """Bytes of a process, its share of what it shares with others (proportional set size)."""
    return int(process.memory_full_info().pss)
