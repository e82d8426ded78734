"""Locks on open files that the kernel drops when their holder dies, however it dies."""

import sys

if sys.platform == "win32":
    import msvcrt
    import os

    _FAR = 1 << 40  # a locked byte cannot be read by others on Windows, so lock one that is never there

    def hold(fd: int) -> bool:
        """Take the lock of the file; False when another open file has it."""
        os.lseek(fd, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        finally:
            os.lseek(fd, 0, os.SEEK_SET)
        return True

    def release(fd: int) -> None:
        """Give the lock back."""
        os.lseek(fd, _FAR, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def hold(fd: int) -> bool:
        """Take the lock of the file; False when another open file has it. Raises OSError where files cannot be locked."""
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(fd: int) -> None:
        """Give the lock back."""
        fcntl.flock(fd, fcntl.LOCK_UN)
