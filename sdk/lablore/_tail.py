"""One writer's spool file, from the side that delivers."""

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from lablore import _lock
from lablore._frames import HEAD_SIZE, MAGIC, decode, frame_size, split_frames
from lablore._settings import replace_file
from lablore._wire import encode_batch

SPOOL_VERSIONS = {1}
LOST = {"state": "failed", "exit_code": None, "reason": "the process ended without finish()"}
_BLOCK = 4 << 20
_encode = msgspec.msgpack.Encoder().encode


class UnreadableSpoolError(Exception):
    """Not a spool, or of a version this SDK does not know; the text says which."""


@dataclass(frozen=True)
class Batch:
    """A batch ready to send: `body` as in docs/wire.md, `end` the byte of the spool after it, `last` when none follows."""

    seq: int
    body: bytes
    points: int
    end: int
    last: bool


@dataclass(frozen=True)
class Place:
    """How far a spool is delivered: the byte, the next batch's number, whether all is, and the time of the last record (ms)."""

    end: int
    seq: int
    done: bool
    when: int


class Tail:
    """Reads one spool file from where the server has it; remembers that in `<writer>.acked` beside it.

    Batches are what stands between two cuts. What follows the last cut becomes a batch when the writer has ended: its
    lock is free. A copy of a spool (another inode) cannot tell that, so its end waits for `ended=True`.
    """

    def __init__(self, path: Path, ended: bool = False) -> None:
        """Raises UnreadableSpoolError, or OSError when the file cannot be opened."""
        self.path = path
        self.writer = path.stem
        self._ended = ended
        self._file = path.open("rb", buffering=0)
        try:
            self.header, start = self._read_header()
        except BaseException:
            self._file.close()
            raise
        self.is_copy = self.header.get("inode") != os.fstat(self._file.fileno()).st_ino
        self.place = self._read_place(start)
        self._dead = False
        self._ready: Batch | None = None
        self._finished = False
        self._rewind()

    def _read_header(self) -> tuple[dict[str, Any], int]:
        block = self._read(0, _BLOCK)
        payloads, _ = split_frames(block[len(MAGIC) :])
        if not block.startswith(MAGIC) or not payloads:
            raise UnreadableSpoolError(f"{self.path} is not a spool")
        with contextlib.suppress(msgspec.DecodeError):
            header = decode(payloads[0])
            if isinstance(header, dict) and isinstance(header.get("run"), dict):
                if header.get("v") not in SPOOL_VERSIONS:
                    raise UnreadableSpoolError(f"{self.path} is of a newer SDK: update lablore")
                return header, len(MAGIC) + HEAD_SIZE + len(payloads[0])
        raise UnreadableSpoolError(f"{self.path} has a broken header")

    def _read_place(self, start: int) -> Place:
        """From the memo; without one all is sent again, which changes nothing on the server."""
        with contextlib.suppress(OSError, ValueError):
            end, seq, done, when = map(int, self.path.with_suffix(".acked").read_bytes().split())
            if start <= end <= self.size():
                return Place(end, seq, bool(done), when)
        started = self.header.get("started")
        return Place(start, 0, False, started if isinstance(started, int) else 0)

    def _read(self, at: int, count: int) -> bytes:
        self._file.seek(at)
        return self._file.read(count)

    def size(self) -> int:
        """Bytes the spool has now."""
        return os.fstat(self._file.fileno()).st_size

    @property
    def queued(self) -> int:
        """Bytes the server does not have yet."""
        return 0 if self.place.done else self.size() - self.place.end

    @property
    def is_child(self) -> bool:
        """Whether it is of a forked child, whose end is not the run's."""
        return self.header.get("role") == "child"

    def is_alive(self) -> bool:
        """Whether the writer may still write. Once it has ended it has for ever."""
        if self.place.done:
            return False
        if self.is_copy:
            return not self._ended
        if not self._dead and _lock.hold(self._file.fileno()):
            _lock.release(self._file.fileno())
            self._dead = True
        return not self._dead

    def next_batch(self) -> Batch | None:
        """The batch after what is delivered, durable on disk before anybody sees it; None while it is not complete."""
        if self._ready is None and not self.place.done:
            alive = self.is_alive()  # asked before reading: what a dead writer wrote is all there
            cut = self._read_to_cut()
            if cut is not None or not alive:
                self._ready = self._batch(cut)
        return self._ready

    def _read_to_cut(self) -> int | None:
        """Collect records up to the next cut; its number, None when the file ends before one."""
        while True:
            block = self._read(self._at, _BLOCK)
            if frame_size(block) > len(block):
                block = self._read(self._at, frame_size(block))
            payloads, _ = split_frames(block)
            if not payloads:
                return None
            for payload in payloads:
                self._at += HEAD_SIZE + len(payload)
                record = decode(payload)
                if record[0] == "cut":
                    return int(record[2])
                self._payloads.append(payload)
                self._when = int(record[1])
                self._finished |= record[0] == "finish"

    def _batch(self, cut: int | None) -> Batch | None:
        if cut is None and not self._finished and not self.is_child:
            self._payloads.append(_encode(("finish", self._when, LOST)))
            self._finished = True
        if not self._payloads:
            self._settle(Place(self._at, self.place.seq, cut is None, self._when))
            return None
        if sys.platform != "win32":
            os.fsync(self._file.fileno())  # what was sent must be there to be sent again, also after a power cut
        body, points = encode_batch(self._payloads)
        seq = self.place.seq if cut is None else cut
        return Batch(seq, body, points, self._at, last=cut is None or self._finished)

    def settle(self, batch: Batch) -> None:
        """`batch` needs no sending any more: go on after it."""
        self._settle(Place(batch.end, batch.seq + 1, batch.last, self._when))

    def _settle(self, place: Place) -> None:
        self.place = place
        self._ready = None
        self._rewind()
        text = f"{place.end} {place.seq} {int(place.done)} {place.when}\n"
        with contextlib.suppress(OSError):  # only a memo
            replace_file(self.path.with_suffix(".acked"), text.encode(), lasting=False)

    def _rewind(self) -> None:
        """Nothing collected: read on from where the server has it."""
        self._payloads: list[bytes] = []
        self._at = self.place.end
        self._when = self.place.when
        self._finished = False

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
