"""What `finish` does after the last record is on disk: wait, within bounds, until the server has it."""

import contextlib
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from lablore._courier import Courier
from lablore._notices import say, sized, tame
from lablore._status import Status

_POLL = 0.05
_QUIET = 1.0  # seconds without a progress line


@dataclass(frozen=True)
class Ended:
    """A run that has ended: `size` is the byte of its writer's spool where the last batch ends."""

    name: str
    folder: Path
    writer: str
    size: int


def finish_timeout() -> float:
    """Seconds `finish` waits at most: `LABLORE_FINISH_TIMEOUT`, else 60."""
    try:
        return max(0.0, float(os.environ.get("LABLORE_FINISH_TIMEOUT", "")))
    except ValueError:
        return 60.0


def wait_for_delivery(run: Ended, courier: Courier | None) -> None:
    """Wait until the server has all of the spool; then, or when the time is over, say what became of it."""
    if courier is None:
        say(f"run {run.name} is kept in {run.folder}; `lablore sync {run.folder}` delivers it")
        return
    try:
        status, done = _wait(run, courier)
    except KeyboardInterrupt:
        say(f"not waiting; the sync process goes on (else: `lablore sync {run.folder}`)")
        raise
    if done:
        say(f"run {run.name} is delivered: {tame(status.url, 2000)}")
        courier.part(1.0)
        return
    why = f" ({tame(status.waiting)})" if status.waiting else ""
    say(f"run {run.name} is not delivered yet{why}; its records are safe in {run.folder}")
    say(f"the sync process goes on while this machine is up; later: `lablore sync {run.folder}`")
    courier.part(0.0)


def _wait(run: Ended, courier: Courier) -> tuple[Status, bool]:
    start = time.monotonic()
    limit = finish_timeout()
    progress = _Progress(run.size)
    try:
        while True:
            courier.ensure()
            status = courier.listen()
            acked = status.acked.get(run.writer, 0)
            if acked >= run.size:
                return status, True
            spent = time.monotonic() - start
            if spent >= limit or status.stopped:
                return status, False
            if spent >= _QUIET:
                progress.show(acked, limit - spent)
            time.sleep(_POLL)
    finally:
        progress.clear()


class _Progress:
    """One line that is rewritten on a terminal; every ten seconds a line elsewhere."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._next = 0.0
        self._shown = False
        self._terminal = False
        with contextlib.suppress(ValueError, AttributeError):  # a stderr that is closed or missing
            self._terminal = sys.stderr.isatty()

    def show(self, acked: int, left: float) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (0.25 if self._terminal else 10.0)
        text = f"delivering, {sized(acked)} of {sized(self._size)}, waiting at most {left:.0f} s more"
        if not self._terminal:
            say(text)
            return
        self._shown = True
        sys.stderr.write(f"\rlablore: {text}\033[K")
        sys.stderr.flush()

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
