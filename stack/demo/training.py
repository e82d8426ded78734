"""Trains what is missing: separate processes that use the SDK like anybody's, two at a time."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stack.demo.study import Planned
from stack.processes.home import CHECKOUT

TRAINER = CHECKOUT / "sdk" / "examples" / "digits" / "train.py"
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where trainers log to, by which key, and the folder that keeps their spools and what they print."""

    host: str
    key: str
    folder: Path


def train_all(todo: list[Planned], place: Place, ended: Callable[[Planned, int], None]) -> None:
    """Train every run of `todo`, calling `ended(run, exit code)` as each ends. No trainer outlives this call."""
    waiting, training = list(reversed(todo)), dict[Planned, subprocess.Popen[bytes]]()
    with _ending(training):
        while waiting or training:
            while waiting and len(training) < AT_ONCE:
                run = waiting.pop()
                training[run] = _start(run, place)
            time.sleep(0.1)
            for run, trainer in list(training.items()):
                if (code := trainer.poll()) is not None:
                    del training[run]
                    ended(run, code)


def words_of(run: Planned, place: Place) -> str:
    """What the trainer printed."""
    return _log(run, place).read_text(errors="replace")


def _start(run: Planned, place: Place) -> subprocess.Popen[bytes]:
    place.folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "LABLORE_HOST": place.host, "LABLORE_KEY": place.key, "LABLORE_DIR": str(place.folder)}
    with _log(run, place).open("wb") as log:
        command = [sys.executable, str(TRAINER), *run.words()]
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)


def _log(run: Planned, place: Place) -> Path:
    return place.folder / f"{run.name}.txt"


@contextmanager
def _ending(training: dict[Planned, "subprocess.Popen[bytes]"]) -> Iterator[None]:
    try:
        yield
    finally:
        for trainer in training.values():
            trainer.terminate()
        for trainer in training.values():
            trainer.wait()
