"""From a call to the spool: every way a record can go in, each under one lock, none of which raises."""

import contextlib
import os
import threading
import weakref
from collections.abc import Mapping
from pathlib import Path
from time import time_ns
from typing import Any
from zlib import crc32

import msgspec

from lablore import _frames
from lablore._frames import frame
from lablore._image import Image
from lablore._keeper import Keeper
from lablore._losses import Losses
from lablore._names import fresh_name
from lablore._notices import now_ms
from lablore._row import Row
from lablore._spool import Spool, SureSpool
from lablore._values import number, one_line, step_number

LARGEST_UPDATE = 256 << 10
MANY_KEYS = 4000  # of one batch; the server takes 10,000
MANY_UPDATES = 4000  # of one batch; the server takes 20,000
_PLAIN = frozenset((float, int, bool))
_FIRST, _LAST = -(2**63), 2**63 - 1
_encode = msgspec.msgpack.Encoder().encode
_seal = _frames._HEAD.pack


class Recorder:
    """Writes the records of one process of one run. Thread-safe; in a forked child it becomes a writer of its own."""

    def __init__(self, folder: Path, header: dict[str, Any], sync: float) -> None:
        """sync: seconds of records that a power cut may cost; 0 when each call waits for the disk."""
        self.folder = folder
        self.header = header
        self._sync = sync
        self.losses = Losses()
        self.is_child = False
        self.ended = False
        self.writer = fresh_name()
        self.next_step = 0
        self.keeper: Keeper | None = None
        self._lock = threading.RLock()  # re-entrant: a signal handler may record while `log` is interrupted
        self._spool: Spool | None = None
        self._known: set[tuple[str, ...]] = set()
        self._keys = 0
        self._updates = 0
        _ALIVE.add(self)

    def log(self, data: Mapping[str, Any], step: Any) -> None:
        """Record one row. The common case, a flat dict of plain numbers under names seen before, is all in this method."""
        try:
            with self._lock:
                at = self.next_step if step is None else step
                if (
                    type(data) is dict
                    and type(at) is int
                    and _FIRST <= at < _LAST
                    and tuple(data) in self._known
                    and _PLAIN.issuperset(map(type, data.values()))
                ):
                    body = _encode((at, time_ns() // 1_000_000, data))
                    if at >= self.next_step:
                        self.next_step = at + 1
                    (self._spool or self._open()).append(_seal(len(body), crc32(body)) + body)
                    return
        except OSError as error:
            self._lose(error, len(data))
            return
        except OverflowError:
            pass  # an int beyond 64 bits: the long way makes a float of it
        except Exception as error:  # a dict changed by another thread, no memory
            self._lose(error, 1)
            return
        self._log_any(data, step)

    def _log_any(self, data: Mapping[str, Any], step: Any) -> None:
        try:
            with self._lock:
                whole = self.next_step if step is None else step_number(step)
                if not isinstance(data, Mapping):
                    self.losses.add(f"log() takes a dict, not {type(data).__name__}")
                    return
                if whole is None:
                    self.losses.add(f"a step that is no 64-bit integer ({type(step).__name__})", max(1, len(data)))
                    return
                self.next_step = max(self.next_step, whole + 1)
                if tuple(data) in self._known:
                    numbers = {key: number(value) for key, value in data.items()}
                    if None not in numbers.values():
                        self._append(frame((whole, now_ms(), numbers)), len(numbers))
                        return
                self._write_row(whole, Row().add(data))
        except Exception as error:  # no sort of data may stop a training
            self._lose(error, 1)

    def _write_row(self, step: int, row: Row) -> None:
        for problem in row.problems:
            self.losses.add(problem)
        if row.numbers:
            self._write_numbers(step, row.numbers)
        for key, image in row.images:
            self._write_image(step, key, image)

    def _write_numbers(self, step: int, numbers: dict[str, float | int]) -> None:
        keys = tuple(numbers)
        if keys not in self._known:
            self._count_keys(keys)
        items = list(numbers.items())
        when = now_ms()
        for at in range(0, len(items), MANY_KEYS):
            part = dict(items[at : at + MANY_KEYS])
            self._append(frame((step, when, part)), len(part))
            if len(items) > MANY_KEYS:
                self._cut()

    def _count_keys(self, keys: tuple[str, ...]) -> None:
        """Remember a new set of names; start a new batch before it could hold more names than a server takes."""
        self._keys += len(keys)
        if self._keys > MANY_KEYS:
            self._cut()
            self._known.clear()
            self._keys = len(keys)
        if len(keys) <= MANY_KEYS // 4:
            self._known.add(keys)

    def _write_image(self, step: int, key: str, image: Image) -> None:
        data = {"key": key, "step": step, "png": image.png, "caption": image.caption and one_line(image.caption, 1000)}
        self._append(frame(("image", now_ms(), data)), 1)

    def update(self, kind: str, data: dict[str, Any]) -> bool:
        """Record one update; False when it could not be (then it is counted)."""
        try:
            with self._lock:
                sealed = frame((kind, now_ms(), data))
                if len(sealed) > LARGEST_UPDATE:
                    self.losses.add(f"{kind} of more than {LARGEST_UPDATE >> 10} KiB in one piece")
                    return False
                self._updates += 1
                if self._updates % MANY_UPDATES == 0:
                    self._cut()
                return self._append(sealed, 1)
        except Exception as error:
            self._lose(error, 1)
            return False

    def tick(self, acked: int, patience_over: bool) -> None:
        """Once a second: write down losses and end the batch in hand. Raises OSError.

        A batch ends when the one before is delivered up to byte `acked`, so that batches grow while no server is there.
        """
        with self._lock:
            spool = self._spool
            if spool is None:
                return
            self._write_losses()
            if acked >= spool.cut_end or spool.seq == 0 or patience_over:
                spool.cut()

    def flush(self) -> None:
        """Make what is written survive a power cut. Not under the lock: the disk may take long. Raises OSError."""
        spool = self._spool
        if spool is not None:
            spool.flush()

    def finish(self, data: dict[str, Any]) -> bool:
        """Record how the run ended (not in a child, whose end is not the run's), and close. False when it was over before."""
        with self._lock:
            if self.ended:
                return False
            self.ended = True
            try:
                spool = self._spool
                if spool is not None:
                    self._write_losses()
                    if not self.is_child:
                        spool.append(frame(("finish", now_ms(), data)))
                    spool.cut()
            except OSError as error:
                self._lose(error, 1)
                return True
            if spool is not None:
                with contextlib.suppress(OSError):  # written it is; a power cut now would cost the last second
                    spool.flush()
            return True

    def close(self) -> int:
        """Give the spool file up, which tells that this writer has ended; returns where its last batch ends (bytes)."""
        if self.keeper is not None:
            self.keeper.rest()  # not under the lock, which its beat takes
        with self._lock:
            spool, self._spool = self._spool, None
            self.ended = True
            if spool is None:
                return 0
            spool.close()
            return spool.cut_end

    def _write_losses(self) -> None:
        lost = self.losses.drain()
        try:
            while lost and self._spool is not None:
                self._spool.append(frame(("lost", now_ms(), lost[-1])))
                lost.pop()
        finally:
            self.losses.give_back(lost)

    def _append(self, sealed: bytes, count: int) -> bool:
        try:
            (self._spool or self._open()).append(sealed)
        except OSError as error:
            self._lose(error, count)
            return False
        return True

    def _cut(self) -> None:
        if self._spool is not None:
            self._spool.cut()

    def open(self) -> None:
        """Make the spool file now. Raises OSError when the folder cannot hold one."""
        with self._lock:
            self._spool or self._open()

    def _open(self) -> Spool:
        """The spool file, made when the first record comes. Raises OSError."""
        if self.ended:
            raise OSError("the run is finished")
        role = "child" if self.is_child else "main"
        kind = Spool if self._sync else SureSpool
        self._spool = kind(self.folder, self.writer, {**self.header, "writer": self.writer, "role": role, "pid": os.getpid()})
        self.keeper = Keeper(self.writer, self.tick, self.flush, self._sync)
        self.keeper.start()
        return self._spool

    def _lose(self, error: Exception, count: int) -> None:
        reason = (error.strerror or str(error)) if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
        with self._lock:
            self.losses.add(reason, count)

    def forked(self) -> None:
        """In a forked child: let go of the parent's file and lock; the next record opens a file of our own."""
        self._lock = threading.RLock()  # another thread of the parent may have held the old one
        spool, self._spool = self._spool, None
        if spool is not None:
            spool.close()
        self.losses = Losses()
        self.keeper = None  # threads do not cross a fork
        self.is_child = True
        self.writer = fresh_name()


_ALIVE: "weakref.WeakSet[Recorder]" = weakref.WeakSet()


def _forked() -> None:
    for recorder in list(_ALIVE):
        recorder.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
