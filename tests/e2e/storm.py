"""Faults at random, by a seed: in bursts, several at once, with some seconds between in which all can work."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.e2e.faults import flush, hang, kill, kill_sender
from tests.e2e.fleet import Fleet
from tests.e2e.site import Site
from tests.stack.running import PARTS, until

AT_ONCE = 4  # faults of a burst, at most
HANGS = ("postgres", "redis", "web", "worker")
RECOVERY = 120.0  # seconds the site may take to be whole again
Fault = Callable[[float], None]
"""What goes wrong; some for so many seconds"""


def faults_of(site: Site, fleet: Fleet) -> dict[str, Fault]:
    """All that can go wrong there, by name."""
    found: dict[str, Fault] = {"flush redis": lambda _: flush(site)}
    found["kill sender"] = lambda seconds: kill_sender(site, int(seconds * 1000))
    for part in PARTS:
        found[f"kill {part}"] = lambda _, part=part: kill(site.stack.pid(part))
    for part in HANGS:
        found[f"hang {part}"] = lambda seconds, part=part: hang(site.stack.pid(part), seconds)
    for name, member in fleet.members.items():
        found[f"kill {name}"] = lambda _, name=name: fleet.end(name, signal.SIGKILL)
        found[f"end {name}"] = lambda _, name=name: fleet.end(name, signal.SIGTERM)
        found[f"hang {name}"] = lambda seconds, member=member: hang(member.pid, seconds)
    return found


@dataclass
class Storm:
    """`done` counts what went wrong, by name."""

    site: Site
    fleet: Fleet
    faults: dict[str, Fault]
    seed: int
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def blow(self, seconds: float, calm: float = 5.0) -> None:
        """Bursts for so many seconds, at most `calm` seconds between two."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.burst()
            time.sleep(self.chance.uniform(0, calm))

    def burst(self) -> None:
        """One to four faults within a second; then all is whole again. AssertionError, with what is not, when it is not so."""
        names = self.chance.choices(list(self.faults), k=self.chance.randint(1, AT_ONCE))
        with ThreadPoolExecutor(AT_ONCE) as hands:
            acts = [hands.submit(self._late, name, self.chance.uniform(0, 1), self.chance.uniform(0.5, 4)) for name in names]
        for act in acts:
            act.result()
        self.done.update(names)
        self.fleet.revive()
        try:
            until(self.site.stack.healthy, RECOVERY)
        except AssertionError:
            raise AssertionError(f"not whole {RECOVERY:g} s after {', '.join(names)}: {self.site.stack.health()}") from None

    def _late(self, name: str, pause: float, seconds: float) -> None:
        time.sleep(pause)
        self.faults[name](seconds)
