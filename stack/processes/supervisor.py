"""Starts the stack in order, keeps it running, stops it in order. One process, one event loop, no Django."""

import asyncio
import contextlib
import shlex
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Mapping
from pathlib import Path

from stack.processes.account import database_account
from stack.processes.child import Child
from stack.processes.console import Console
from stack.processes.errors import StackError
from stack.processes.home import CHECKOUT, Home
from stack.processes.part import Part
from stack.processes.postgres import postgres_part
from stack.processes.record import TOKEN, Record, end_orphans
from stack.processes.redis import redis_part
from stack.processes.site import beat_part, health, manage, site_environment, web_part, worker_part
from stack.processes.spawn import Spawned, spawn

NAME = "lablore"
PATIENCE = 180.0  # seconds a part may take to its first answer: a small machine may be busy
ATTEMPTS = 5  # failed starts in a row that end the first start
DEMO_ATTEMPTS = 5
NOBODY_HERE = 3  # exit code of `manage.py enter` on a site without people


@contextlib.asynccontextmanager
async def once(name: str, command: list[str], environment: Mapping[str, str]) -> AsyncIterator[Spawned]:
    """A command that runs to its own end, or to that of the block."""
    running = await spawn(Part(name, command, CHECKOUT, environment, ready=lambda _pid: True))
    try:
        yield running
    finally:
        running.kill_group()
        await running.process.wait()
        running.pipe.close()


class Supervisor:
    """The life of one stack on one home. `run` returns the exit code of the command."""

    def __init__(self, home: Home, environ: Mapping[str, str], port: int) -> None:
        self.home = home
        self.environ = environ
        self.port = port
        self.asked = asyncio.Event()  # set when we are to stop
        self.console = Console(self.asked.set)
        self.record = Record(home.path / "processes.json")
        self.children: list[Child] = []
        self.keeping: list[asyncio.Task[None]] = []
        self.demo: asyncio.Task[int] | None = None

    async def run(self) -> int:
        """Start, say where it is, wait until asked to stop, stop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._on_signal)
        starting = asyncio.create_task(self._start())
        asked = asyncio.create_task(self.asked.wait())
        try:
            await asyncio.wait({starting, asked}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                await asked
            return 0
        except StackError as error:
            self.console.plain(f"\n{self.console.bold('Lablore did not start.')} {error}\n")
            return 1
        finally:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await self._stop()

    def _on_signal(self) -> None:
        if self.asked.is_set():  # asked twice: no more patience
            for child in self.children:
                child.kill()
        self.asked.set()

    async def _start(self) -> None:
        began = time.monotonic()
        words = await self._start_servers()
        environment = site_environment(self.environ, **words)
        self.console.say(NAME, "bringing the database up to date")
        entry: list[str] = []
        if await self._once("migrate", manage("prepare"), environment, entry):
            raise StackError("The database could not be brought up to date, see the lines above.")
        parts = [web_part(self.port, environment), worker_part(environment), beat_part(environment)]
        await asyncio.gather(*(self._keep(part) for part in parts))
        await self._until_healthy()
        link = entry[-1] if entry else ""
        begun = self.home.unfinished_demo.exists()
        if (not link or begun) and self.environ.get("LABLORE_DEMO", "1") != "0":
            link = await self._fill(environment, begun)
        self._greet(link, time.monotonic() - began)

    async def _start_servers(self) -> dict[str, str]:
        """Start the servers the operator did not name; the words that lead the site to all of them."""
        account = await asyncio.to_thread(database_account)
        self.home.make(account)
        starting: list[Awaitable[None]] = []
        if not (database_url := self.environ.get("DATABASE_URL", "")):
            database_url = self.home.database_url
            if not (self.home.postgres / "data").exists():
                self.console.say(NAME, "making the database (once, takes some seconds)")
            starting.append(self._keep(postgres_part(self.home, account)))
        if not (redis_url := self.environ.get("REDIS_URL", "")):
            redis_url = self.home.redis_url
            starting.append(self._keep(redis_part(self.home)))
        await asyncio.gather(*starting)
        address = f"http://127.0.0.1:{self.port}"
        return {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "LABLORE_SECRET_KEY": self.environ.get("LABLORE_SECRET_KEY") or self.home.secret_key(),
            "LABLORE_HOME": str(self.home.path),
            "LABLORE_PORT": str(self.port),
            "LABLORE_URL": self.environ.get("LABLORE_URL") or address,
            TOKEN: self.record.token,
        }

    async def _keep(self, part: Part) -> None:
        """Start a part and wait until it answers; StackError when it does not come up."""
        child = Child(part, self.console, self.record)
        self.children.append(child)
        self.keeping.append(asyncio.create_task(child.keep()))
        deadline = time.monotonic() + PATIENCE
        while not child.ready.is_set():
            if child.failures >= ATTEMPTS or time.monotonic() > deadline:
                raise StackError(f"{part.name} does not come up; its own lines above say why.")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(child.ready.wait(), 0.2)

    async def _once(self, name: str, command: list[str], environment: Mapping[str, str], entry: list[str] | None = None) -> int:
        """Run a command to its end with its lines in the stream; its exit code. Sign-in links go to `entry` instead."""
        async with once(name, command, environment) as running:
            self.record.note(name, running.process.pid)
            pump = asyncio.create_task(self.console.pump(name, running.lines, kept=entry))
            code = await running.process.wait()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(pump, 1.0)
            return code

    async def _ask(self, command: list[str], environment: Mapping[str, str]) -> tuple[int, str]:
        """Run a command to its end in silence; its exit code and the last line it wrote."""
        async with once("ask", command, environment) as running:
            answer = await running.lines.read()
            return await running.process.wait(), answer.decode().strip().rpartition("\n")[2]

    async def _until_healthy(self) -> None:
        """Wait until /healthz says that every part works together, the worker's first heartbeat included."""
        deadline = time.monotonic() + PATIENCE
        while await asyncio.to_thread(health, self.port) != 200:
            if time.monotonic() > deadline:
                raise StackError(f"http://127.0.0.1:{self.port}/healthz does not turn green; it says what is missing.")
            await asyncio.sleep(0.1)

    async def _fill(self, environment: Mapping[str, str], begun: bool) -> str:
        """Start the demo beside the running site and wait for its first person; their sign-in link, or nothing."""
        why = "the demo was interrupted: going on with it" if begun else "nobody here yet: starting the demo"
        self.console.say(NAME, f"{why} (LABLORE_DEMO=0 leaves it out)")
        self.demo = asyncio.create_task(self._train_demo(environment))
        while True:
            code, link = await self._ask(manage("enter"), environment)
            if code != NOBODY_HERE or self.demo.done():
                return link if code == 0 else ""
            await asyncio.sleep(0.5)

    async def _train_demo(self, environment: Mapping[str, str]) -> int:
        """Run the demo; where a part of the stack went away under it, let it go on when all is up again."""
        code = 1
        for _ in range(DEMO_ATTEMPTS):
            code = await self._once("demo", manage("demo"), environment)
            if code == 0 or not self.home.unfinished_demo.exists():
                break
            self.console.say(NAME, "the demo stopped before its end; it goes on in a moment")
            await asyncio.sleep(3)
            await self._until_healthy()
        return code

    def _greet(self, link: str, seconds: float) -> None:
        """Say where it is, once everything works."""
        bold = self.console.bold
        python = Path(sys.executable)
        python = python.relative_to(CHECKOUT) if python.is_relative_to(CHECKOUT) else python
        home = self.environ.get("LABLORE_HOME")
        by_hand = f"LABLORE_HOME={shlex.quote(home)} {python}" if home else str(python)
        if not link:
            link = f'{by_hand} manage.py create_team SLUG "TEAM NAME" --owner EMAIL   (prints the first link)'
        rows = [
            ("Lablore runs at", bold(f"http://127.0.0.1:{self.port}"), f"   (ready after {seconds:.1f} s)"),
            ("Sign in, once", bold(link), ""),
            ("Data", str(self.home.path), ""),
            ("Another link", f"{by_hand} manage.py enter [EMAIL]", ""),
            ("Stop", "Ctrl-C", ""),
        ]
        self.console.plain("\n" + "\n".join(f"  {name:<16} {value}{note}" for name, value, note in rows) + "\n")

    async def _stop(self) -> None:
        """Who makes work first, then who does it, then where it is kept."""
        if self.children:
            self.console.say(NAME, "stopping")
        if self.demo is not None:
            self.demo.cancel()
            await asyncio.gather(self.demo, return_exceptions=True)
        for names in (("beat",), ("web", "worker"), ("redis", "postgres")):
            await asyncio.gather(*(child.stop() for child in self.children if child.part.name in names))
        await asyncio.gather(*self.keeping, return_exceptions=True)
        # What our children started and left, in sessions of their own: the demo's trainers and their senders.
        await asyncio.to_thread(end_orphans, self.record, grace=2.0)
        if self.children:
            self.console.say(NAME, "stopped")
