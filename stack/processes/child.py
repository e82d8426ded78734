"""A part kept alive: started, watched, started again with growing pauses, ended when asked."""

import asyncio
import contextlib
import os
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process

from stack.processes.console import Console
from stack.processes.part import Part
from stack.processes.record import Record

PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)  # seconds before the 1st, 2nd, … restart in a row
STEADY = 30.0  # a child that lived this many seconds starts counting anew


class Child:
    """One part of the stack as a process group of its own, so that Ctrl-C reaches only the supervisor."""

    def __init__(self, part: Part, console: Console, record: Record) -> None:
        self.part = part
        self.console = console
        self.record = record
        self.process: Process | None = None
        self.ready = asyncio.Event()  # set while the running process answers
        self.failures = 0  # starts in a row that did not last
        self._stopping = False
        self._pause = asyncio.Event()  # ends the pause before a restart early

    async def keep(self) -> None:
        """Run until `stop`: start the process, wait for its end, clear what it left, pause, again."""
        while not self._stopping:
            born = time.monotonic()
            reason = await self._live()
            if self._stopping:
                return
            self.failures = 0 if time.monotonic() - born > STEADY else self.failures + 1
            pause = PAUSES[min(self.failures, len(PAUSES)) - 1] if self.failures else PAUSES[0]
            self.console.say(self.part.name, f"{reason}; starting it again in {pause:g} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._pause.wait(), pause)

    async def _live(self) -> str:
        """One life of the process; returns how it ended."""
        try:
            # Making a database cluster takes seconds; the other children go on meanwhile.
            await asyncio.to_thread(self.part.prepare)
            if self._stopping:
                return "not started"
            self.process = await asyncio.create_subprocess_exec(
                *self.part.tethered(),
                cwd=self.part.folder,
                env=dict(self.part.environment),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
                start_new_session=True,
            )
        except Exception as error:  # whatever it was: say it, try again
            return f"cannot start: {error}"
        self.record.note(self.part.name, self.process.pid)
        if self._stopping:  # asked while the process was being made
            self._signal_group(signal.SIGKILL)
        assert self.process.stdout is not None  # noqa: S101 - PIPE above
        pump = asyncio.create_task(self.console.pump(self.part.name, self.process.stdout))
        look = asyncio.create_task(self._look(self.process.pid))
        code = await self.process.wait()
        look.cancel()
        self.ready.clear()
        self._signal_group(signal.SIGKILL)  # its own children must not go on serving beside the next one
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(pump, 1.0)
        return f"ended ({signal.Signals(-code).name})" if code < 0 else f"ended (exit code {code})"

    async def _look(self, pid: int) -> None:
        while not await asyncio.to_thread(self.part.ready, pid):
            await asyncio.sleep(0.05)
        self.ready.set()

    async def stop(self) -> None:
        """Ask the process to end, insist when its patience is over, and leave nothing of its group."""
        self._stopping = True
        self._pause.set()
        if self.process is None or self.process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(self.part.stop)
        try:
            await asyncio.wait_for(self.process.wait(), self.part.patience)
        except TimeoutError:
            self.console.say(self.part.name, f"did not stop within {self.part.patience:g} s; killing it")
            self._signal_group(signal.SIGKILL)
            await self.process.wait()
        self._signal_group(signal.SIGKILL)

    def kill(self) -> None:
        """End the process and its group at once."""
        self._stopping = True
        self._pause.set()
        self._signal_group(signal.SIGKILL)

    def _signal_group(self, how: signal.Signals) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, how)
