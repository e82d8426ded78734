"""Somebody delivers: the trainer's side of the sync process."""

import subprocess
import time
from pathlib import Path

from lablore._launch import LOG_NAME, is_delivered, start_sync
from lablore._notices import say, tame
from lablore._settings import Access
from lablore._status import Status, read_status

_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 300.0  # seconds between two starts of a sync process that does not stay


class Courier:
    """Keeps one sync process alive for a folder, and repeats on our stderr what it has to say, once."""

    def __init__(self, folder: Path, access: Access) -> None:
        self._folder = folder
        self._access = access
        self._child: subprocess.Popen[bytes] | None = None
        self._stamp = 0
        self._heard: set[str] = set()
        self._not_before = 0.0
        self._pause = _FIRST_PAUSE
        self.status = Status()

    def ensure(self) -> None:
        """Start the sync process unless one delivers this folder."""
        if (self._child is not None and self._child.poll() is None) or time.monotonic() < self._not_before:
            return
        if is_delivered(self._folder):
            return
        if self._child is not None and self._child.returncode:
            self._say_once(f"the delivering process ended by itself, see {self._folder / LOG_NAME}; it is started again")
        self._child = start_sync(self._folder, self._access)
        self._not_before = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    def listen(self) -> Status:
        """The newest status; says what is new in it."""
        try:
            stamp = (self._folder / "status.json").stat().st_mtime_ns
        except OSError:
            return self.status
        if stamp != self._stamp:
            self._stamp = stamp
            self.status = read_status(self._folder)
            if self.status.url:
                self._say_once(f"run {tame(self.status.name)} at {tame(self.status.url)}")
            for notice in self.status.notices:
                self._say_once(tame(notice))
        return self.status

    def _say_once(self, text: str) -> None:
        if text not in self._heard:
            self._heard.add(text)
            say(text)

    def part(self, seconds: float) -> None:
        """Let the sync process go, after a moment for it to end by itself where it has nothing left to do."""
        if self._child is None:
            return
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            # it outlives us on purpose; without this, Python would warn of a child nobody waited for
            self._child.returncode = 0
