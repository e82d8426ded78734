"""One writer's spool file, from the side that writes. Formats: `_frames.py`."""

import contextlib
import os
from pathlib import Path

from lablore import _lock
from lablore._frames import MAGIC, frame
from lablore._notices import now_ms, say

CUT_BYTES = 1 << 20
"""A batch is cut when it has grown to this: far below what a server takes (8 MiB), images of 4 MiB included."""


class Spool:
    """An append-only file that only this process writes. Not locked against threads: its owner is.

    `append` makes one `write`, so a kill leaves a whole frame or none that counts. The file is locked (`_lock`) as long as
    the process lives; it appears under its name only when it is locked and has its header, so whoever finds it unlocked
    knows that its writer has ended.
    """

    def __init__(self, folder: Path, writer: str, header: dict[str, object]) -> None:
        """Raises OSError when the folder cannot be written or its files cannot be locked."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / f"{writer}.spool"
        draft = folder / f".{writer}.new"
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        self._fd = os.open(draft, flags, 0o600)
        try:
            if not _lock.hold(self._fd):
                raise BlockingIOError(f"{draft} is locked by another process")
            # a copy of this file has another inode: whoever reads the copy must not conclude that the writer has ended
            body = MAGIC + frame({**header, "inode": os.fstat(self._fd).st_ino})
            if os.write(self._fd, body) != len(body):
                raise OSError(f"no room for a spool file in {folder}")
            draft.rename(self.path)
        except BaseException:
            os.close(self._fd)
            with contextlib.suppress(OSError):
                draft.unlink()
            raise
        self._size = self._cut_end = len(body)
        self._torn: int | None = None
        self._synced = 0
        self.seq = 0

    def append(self, data: bytes) -> None:
        """Write whole frames. Raises OSError when they did not all fit; then the file ends where it ended before."""
        if self._torn is not None:
            self._mend()
        written = os.write(self._fd, data)
        if written != len(data):
            self._torn = os.fstat(self._fd).st_size - written
            self._mend()
            raise OSError(28, "the disk is full")
        self._size += written
        if self._size - self._cut_end >= CUT_BYTES:
            with contextlib.suppress(OSError):  # the frames are safe; the next cut takes them along
                self.cut()

    def _mend(self) -> None:
        """Drop the half frame of a write that did not fit; until that works nothing may be written after it."""
        if self._torn is not None:
            os.ftruncate(self._fd, self._torn)
            self._torn = None

    @property
    def uncut(self) -> int:
        """Bytes written since the last cut."""
        return self._size - self._cut_end

    @property
    def cut_end(self) -> int:
        """Where the newest batch ends; the sync process has told this number once it is delivered."""
        return self._cut_end

    def cut(self) -> None:
        """End the batch in hand, if it holds anything."""
        if self.uncut:
            mark = frame(("cut", now_ms(), self.seq))
            written = os.write(self._fd, mark)
            if written != len(mark):
                self._torn = os.fstat(self._fd).st_size - written
                self._mend()
                return
            self._size += written
            self._cut_end = self._size
            self.seq += 1

    def flush(self) -> None:
        """Make what is written survive a power cut. Blocks for the disk, so `log` calls it only where it was asked to."""
        size = self._size
        if size != self._synced:
            os.fsync(self._fd)
            if not self._synced:
                _flush_folder(self.path.parent)
            self._synced = size

    def close(self) -> None:
        """Close the file and with it the lock: the writer has ended."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class SureSpool(Spool):
    """A spool whose every `append` waits until the disk has it: LABLORE_SPOOL_SYNC_MS=0."""

    _said = False

    def append(self, data: bytes) -> None:
        """As of a Spool. A disk that will not say that it has the frames is told once: they are written, so not lost."""
        super().append(data)
        try:
            self.flush()
        except OSError as error:
            if not self._said:
                self._said = True
                say(f"the spool cannot be made durable: {error} (said once)")


def _flush_folder(folder: Path) -> None:
    """Make the file's name survive a power cut too (POSIX keeps names in the folder, which has its own fsync)."""
    for place in (folder, folder.parent):
        with contextlib.suppress(OSError):  # Windows cannot open folders; it needs no such call
            fd = os.open(place, os.O_RDONLY)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)
