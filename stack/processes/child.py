"""A part kept alive: started, watched, started again with growing pauses, ended when asked."""

import asyncio
import contextlib
import signal
import time

from stack.processes.console import Console
from stack.processes.part import Part
from stack.processes.record import Record
from stack.processes.spawn import Spawned, spawn

PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)  # seconds before the 1st, 2nd, … restart in a row
STEADY = 30.0  # a child that lived this many seconds starts counting anew


class Child:
    """One part of the stack. Ctrl-C reaches only the supervisor, which stops its children in order."""

    def __init__(self, part: Part, console: Console, record: Record) -> None:
        self.part = part
        self.console = console
        self.record = record
        self.running: Spawned | None = None
        self.ready = asyncio.Event()  # set while the running process answers
        self.failures = 0  # starts in a row that did not last
        self._stopping = asyncio.Event()

    async def keep(self) -> None:
        """Run until `stop`: start the process, wait for its end, clear what it left, pause, again."""
        while not self._stopping.is_set():
            born = time.monotonic()
            reason = await self._live()
            if self._stopping.is_set():
                return
            self.failures = 1 if time.monotonic() - born > STEADY else self.failures + 1
            pause = PAUSES[min(self.failures, len(PAUSES)) - 1]
            self.console.say(self.part.name, f"{reason}; starting it again in {pause:g} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _live(self) -> str:
        """One life of the process; returns how it ended."""
        try:
            # Making a database cluster takes seconds; the other children go on meanwhile.
            await asyncio.to_thread(self.part.prepare)
            if self._stopping.is_set():
                return "not started"
            self.running = running = await spawn(self.part)
        except Exception as error:  # whatever it was: say it, try again
            return f"cannot start: {error}"
        self.record.note(self.part.name, running.process.pid)
        if self._stopping.is_set():  # asked while the process was being made
            running.kill_group()
        pump = asyncio.create_task(self.console.pump(self.part.name, running.lines, noise=self.part.noise))
        look = asyncio.create_task(self._look(running.process.pid))
        code = await running.process.wait()
        look.cancel()
        self.ready.clear()
        running.kill_group()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(pump, 1.0)
        running.pipe.close()
        return f"ended ({signal.Signals(-code).name})" if code < 0 else f"ended (exit code {code})"

    async def _look(self, pid: int) -> None:
        while not await asyncio.to_thread(self.part.ready, pid):
            await asyncio.sleep(0.05)
        self.ready.set()

    async def stop(self) -> None:
        """Ask the process to end, insist when its patience is over, and leave nothing of its group."""
        self._stopping.set()
        if self.running is None or self.running.process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.running.process.send_signal(self.part.stop)
        try:
            await asyncio.wait_for(self.running.process.wait(), self.part.patience)
        except TimeoutError:
            self.console.say(self.part.name, f"did not stop within {self.part.patience:g} s; killing it")
        self.running.kill_group()
        await self.running.process.wait()

    def kill(self) -> None:
        """End the process and its group at once."""
        self._stopping.set()
        if self.running is not None:
            self.running.kill_group()
