"""Start a part as a process group of its own, with its lines in a pipe of ours."""

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from dataclasses import dataclass

from stack.processes.part import Part


@dataclass(frozen=True)
class Spawned:
    """A running process. `lines` is what it and its children write; `exit` comes with its own end, not with theirs."""

    process: Process
    lines: asyncio.StreamReader
    pipe: asyncio.BaseTransport

    def kill_group(self) -> None:
        """End the process and whatever it started in its group; nothing of it may go on beside its successor."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


async def spawn(part: Part) -> Spawned:
    """Run the part, tied to our life. OSError when it cannot be run at all.

    The pipe is made here and not by asyncio: up to Python 3.12.3 its `wait()` returns only when the pipe is closed at
    the other end too, and an orphan of a killed web server keeps it open for ever (python/cpython#119710).
    """
    ours, theirs = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *part.tethered(),
            cwd=part.folder,
            env=dict(part.environment),
            stdin=DEVNULL,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    lines = asyncio.StreamReader()
    pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), os.fdopen(ours, "rb", 0)
    )
    return Spawned(process, lines, pipe)
