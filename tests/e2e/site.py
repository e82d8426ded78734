"""The running product as programs see it: its API, its processes, trainers that log to it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
import numpy as np
from numpy.typing import NDArray

from stack.processes.home import CHECKOUT, Home
from stack.processes.serving import free_port
from tests.stack.running import Stack, until

FINAL = {"finished", "failed", "lost", "killed"}


@dataclass
class Trainer:
    """A training in a process of its own. Its script prints JSON lines; the first names the run."""

    process: "subprocess.Popen[str]"
    run: str = ""
    said: list[Any] = field(default_factory=list)

    def next_line(self) -> Any:
        """The next line it prints."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the trainer said nothing more: {self.errors()}"
        self.said.append(json.loads(line))
        return self.said[-1]

    def tell_to_end(self) -> None:
        """Close its standard input, which its script looks at."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def kill(self) -> None:
        """kill -9, and what it had printed until then."""
        self.process.send_signal(signal.SIGKILL)
        assert self.process.stdout is not None
        rest = self.process.stdout.read()
        self.process.wait()
        self.said += [json.loads(line) for line in rest.split("\n")[:-1]]

    def exit_code(self, seconds: float = 60.0) -> int:
        """Wait for its own end."""
        return self.process.wait(seconds)

    def errors(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read() if self.process.poll() is not None else ""


@dataclass
class Site:
    """A stack with the cast on it."""

    stack: Stack
    folder: Path
    team: str
    links: dict[str, str]
    log_key: str
    read_key: str
    trainers: list[Trainer] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.stack.port}"

    def train(self, script: str, *words: str, address: str = "") -> Trainer:
        """Start a training with Bob's key; `script` has `run`, `say(value)` and `told_to_end()`. Waits for its first words.

        `address`: another web server of the same site.
        """
        file = self.folder / f"train{len(self.trainers)}.py"
        file.write_text(PROLOGUE + textwrap.dedent(script), encoding="utf-8")
        environment = {
            **os.environ,
            "LABLORE_HOST": address or self.address,
            "LABLORE_KEY": self.log_key,
            "LABLORE_DIR": str(self.folder / "runs"),
            "NO_PROXY": "127.0.0.1",
        }
        command, pipe = [sys.executable, "-W", "error", str(file), *words], subprocess.PIPE
        process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        self.trainers.append(Trainer(process))
        self.trainers[-1].run = self.trainers[-1].next_line()
        return self.trainers[-1]

    def get(self, path: str, **headers: str) -> httpx.Response:
        """An answer of the API to Bob's reading key; a server that is away counts as 503."""
        try:
            with httpx.Client(trust_env=False, timeout=20) as client:
                return client.get(self.address + path, headers={"authorization": f"Bearer {self.read_key}", **headers})
        except httpx.TransportError:
            return httpx.Response(503)

    def state(self, run: str) -> str:
        """State of a run; empty while it is unknown."""
        answer = self.get(f"/api/v1/runs/{run}")
        return str(answer.json()["state"]) if answer.status_code == 200 else ""

    def history(self, run: str, key: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """(steps int64, values float64), bit by bit, of at most a million points; empty while there are none."""
        answer = self.get(f"/api/v1/runs/{run}/history?key={key}", accept="application/msgpack")
        columns = msgspec.msgpack.decode(answer.content) if answer.status_code == 200 else {"steps": b"", "values": b""}
        return np.frombuffer(columns["steps"], "<i8"), np.frombuffer(columns["values"], "<f8")

    def series(self, run: str) -> dict[str, dict[str, Any]]:
        """key -> its summary, as the API tells it once it answers."""
        answer = until(lambda: found if (found := self.get(f"/api/v1/runs/{run}/series")).status_code == 200 else None)
        return {series.pop("key"): series for series in answer.json()["series"]}

    def unfolded_seconds(self) -> float | None:
        """How long the oldest batch waits for its fold; None when none waits. AssertionError while health cannot tell."""
        backlog = self.stack.health()[1].get("parts", {}).get("backlog", {})
        assert "oldest_unfolded_seconds" in backlog
        return backlog["oldest_unfolded_seconds"]  # type: ignore[no-any-return]

    def until_points(self, run: str, key: str, count: int, seconds: float = 30.0) -> None:
        until(lambda: len(self.history(run, key)[0]) >= count, seconds)

    def until_state(self, run: str, states: set[str], seconds: float = 30.0) -> str:
        return until(lambda: {self.state(run)} & states, seconds).pop()

    def end(self) -> None:
        """Kill the trainers that still run."""
        for trainer in self.trainers:
            trainer.process.kill()
            trainer.process.wait()
            for pipe in (trainer.process.stdin, trainer.process.stdout, trainer.process.stderr):
                if pipe is not None:
                    pipe.close()


@contextmanager
def running_site() -> Iterator[Site]:
    """The product, running by `manage.py up` on an empty folder, with the cast on it."""
    folder = Path(tempfile.mkdtemp(prefix="lablore-e2e-"))
    folder.chmod(0o711)
    with ExitStack() as ends:
        ends.callback(shutil.rmtree, folder, ignore_errors=True)
        stack = Stack(Home(folder / "home"), free_port(), os.geteuid()).start()
        ends.callback(stack.end)
        site = Site(stack.wait_ready(), folder, **program(stack, "tests.e2e.people"))
        ends.callback(site.end)
        yield site


def program(stack: Stack, module: str, *words: str) -> dict[str, Any]:
    """Run a module as a program in the stack's environment; what it prints, which is JSON."""
    environment = {**os.environ, **stack.home.words(), "LABLORE_PORT": str(stack.port), "LABLORE_URL": ""}
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, check=True, stdout=subprocess.PIPE)
    return dict(json.loads(done.stdout))


PROLOGUE = """
import json, select, sys, time
import lablore

def say(value):
    print(json.dumps(value), flush=True)

def told_to_end():
    return bool(select.select([sys.stdin], [], [], 0)[0])

"""
