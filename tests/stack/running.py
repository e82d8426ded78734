"""A real stack for tests: `manage.py up` on a home and a port of its own, without the demo."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from stack.processes.home import CHECKOUT, Home
from stack.processes.record import Record, birth, carries

T = TypeVar("T")
PARTS = ("postgres", "redis", "web", "worker", "beat")


def until(seen: Callable[[], T | None], seconds: float = 30.0) -> T:
    """Wait for a condition; its first true value. AssertionError when it does not come in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := seen():
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {seen}")


@dataclass
class Stack:
    """One `manage.py up`. `python` are the words that run Python as the account `user`."""

    home: Home
    port: int
    user: int
    python: list[str] = field(default_factory=lambda: [sys.executable])
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def log(self) -> Path:
        return self.home.path.with_suffix(f".{self.port}.log")

    @property
    def environment(self) -> dict[str, str]:
        ours = {"DATABASE_URL", "REDIS_URL", "LABLORE_SECRET_KEY"}  # of tests.services
        plain = {name: value for name, value in os.environ.items() if name not in ours}
        own = {"LABLORE_HOME": str(self.home.path), "LABLORE_PORT": str(self.port), "LABLORE_DEMO": "0", "LABLORE_URL": ""}
        return {**plain, **own}

    def start(self) -> "Stack":
        with self.log.open("ab") as lines:
            words = [*self.python, "manage.py", "up"]
            self.process = subprocess.Popen(words, cwd=CHECKOUT, env=self.environment, stdout=lines, stderr=lines)
        return self

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def health(self) -> tuple[int, dict[str, Any]]:
        """Status and JSON of /healthz; (0, {}) while nobody answers."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            line.request("GET", "/healthz")
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            return 0, {}
        finally:
            line.close()

    def healthy(self) -> bool:
        return self.health()[0] == 200

    def wait_ready(self) -> "Stack":
        """Wait for the block that says where it is."""
        until(lambda: "Lablore runs at" in self.said() or self.over(), 110)
        assert "Lablore runs at" in self.said(), self.said()
        return self

    def over(self) -> bool:
        assert self.process is not None
        return self.process.poll() is not None

    def pids(self) -> dict[str, int]:
        return {name: pid for name, (pid, _) in Record.read(self.home).children.items() if name in PARTS}

    def pid(self, part: str) -> int | None:
        """The process that is a part now; None while it is being started again."""
        pid, born = Record.read(self.home).children.get(part, (0, ""))
        return pid if born and birth(pid) == born else None

    def living(self) -> set[int]:
        """Everything that this home's supervisor started and that still lives."""
        record = Record.read(self.home)
        direct = {pid for pid, born in record.children.values() if birth(pid) == born}
        return direct | {process.pid for _, process in record.living() if carries(process, record.token)}

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        """Ask it to end; its exit code."""
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(20)
