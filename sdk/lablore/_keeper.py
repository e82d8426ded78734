"""The thread beside a training: it makes the spool durable, ends batches, and sees that somebody delivers them.

A thread, not the sync process, calls fsync: it is there offline too, and D1 must not hang on another process's life. It
holds the lock for microseconds and fsync without it, so `log` never waits for the disk.
"""

import threading
import time
from collections.abc import Callable

from lablore._courier import Courier
from lablore._notices import say

BEAT = 1.0  # seconds between two looks at what is delivered
_EARLY = 0.9  # of the time between two fsyncs, for an fsync takes time itself
PATIENCE = 10.0  # seconds after which a batch ends though the one before is not delivered


class Keeper(threading.Thread):
    """Beats until `rest` is called. A daemon: it never keeps a process alive."""

    def __init__(self, writer: str, tick: Callable[[int, bool], None], flush: Callable[[], None], sync: float) -> None:
        """sync: seconds of records that a power cut may cost; 0 when others see to that."""
        super().__init__(name="lablore-keeper", daemon=True)
        self.courier: Courier | None = None
        self._writer = writer
        self._tick = tick
        self._flush = flush
        self._sync = (sync or BEAT) * _EARLY
        self._said = False
        self._over = threading.Event()
        self._cut_at = time.monotonic()
        self._cut_end = 0

    def run(self) -> None:
        """Work until `rest`."""
        now = time.monotonic()
        flush_at, beat_at = now + self._sync, now + BEAT
        while not self._over.wait(max(0.0, min(flush_at, beat_at) - now)):
            now = time.monotonic()
            if now >= flush_at:
                flush_at = now + self._sync
                self._attempt(self._flush)
            if now >= beat_at:
                beat_at = now + BEAT
                self._attempt(self._beat)
            now = time.monotonic()

    def _attempt(self, work: Callable[[], None]) -> None:
        """An error is said once and never ends the thread."""
        try:
            work()
        except Exception as error:
            if not self._said:
                self._said = True
                say(f"the spool cannot be made durable: {type(error).__name__}: {error} (said once)")

    def _beat(self) -> None:
        acked = -1
        if self.courier is not None:
            self.courier.ensure()
            acked = self.courier.listen().acked.get(self._writer, -1)
        now = time.monotonic()
        late = now - self._cut_at >= PATIENCE
        if acked > self._cut_end or late:
            self._cut_at, self._cut_end = now, max(acked, self._cut_end)
        self._tick(acked, late)

    def rest(self) -> None:
        """Stop beating; waits for a beat that is under way."""
        self._over.set()
        if self.is_alive() and threading.current_thread() is not self:
            self.join(10.0)
