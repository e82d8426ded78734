"""More web servers and workers on the database and the Redis of a running site, as on further machines."""

import contextlib
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from stack.processes.part import Part
from stack.processes.serving import free_port, serving
from stack.processes.site import manage, site_environment, web_part, worker_part
from tests.e2e.site import Site


@dataclass
class Member:
    """A process that nobody but us starts again. Started by the main thread only: it ends with the thread that did."""

    part: Part
    log: Path
    pid: int | None = None
    life: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Start it anew, after its end, and wait until it answers."""
        self.life.close()
        self.pid = self.life.enter_context(serving(self.part, self.log))

    def signal(self, how: signal.Signals) -> None:
        """To it and to what it started; it stays a zombie of ours until the next start, so its number is nobody else's."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, how)


@dataclass(frozen=True)
class Fleet:
    """What runs beside a site, by name; `addresses` are all web servers of the site, its own first."""

    members: dict[str, Member]
    addresses: list[str]
    down: set[str] = field(default_factory=set)

    def end(self, name: str, how: signal.Signals) -> None:
        """Kill a member, or ask it to end."""
        self.members[name].signal(how)
        self.down.add(name)

    def revive(self) -> None:
        """Start again whoever was ended."""
        for name in sorted(self.down):
            self.members[name].start()
        self.down.clear()


@contextmanager
def fleet_of(site: Site, webs: int = 0, workers: int = 0) -> Iterator[Fleet]:
    """A site's further web servers and workers (`manage.py web`, `manage.py worker`), as long as the block lasts."""
    own = {**site.stack.home.words(), "LABLORE_URL": site.address}
    environment = site_environment(os.environ, **own)
    ports = [free_port() for _ in range(webs)]
    parts = {f"web-{port}": replace(web_part(port, environment), command=manage("web", str(port))) for port in ports}
    worker = replace(worker_part(environment), command=manage("worker"))
    parts |= {f"worker-{number}": worker for number in range(workers)}
    fleet = Fleet(
        {name: Member(part, site.folder / f"{name}.log") for name, part in parts.items()},
        [site.address, *(f"http://127.0.0.1:{port}" for port in ports)],
    )
    with ExitStack() as ends:
        for member in fleet.members.values():
            ends.callback(lambda member=member: member.life.close())
            member.start()
        yield fleet
