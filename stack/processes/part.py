"""One long-running program of the stack: how to run it, how to see that it is ready, how to stop it."""

import os
import re
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stack.processes.account import Account

TETHER = Path(__file__).with_name("tether.py")


def nothing() -> None:
    """What most parts need before each start."""


@dataclass(frozen=True)
class Part:
    """`command` runs in `folder` with exactly `environment`, as `account` when we are root and it needs another.

    `prepare` runs before every start, a restart included. `ready(pid)` says whether that process answers.
    `stop` asks it to end cleanly; it has `patience` seconds for that. `orphaned` is what it gets when we die.
    Lines in which `noise` is found say what happens at every start and stop; they are left out.
    """

    name: str
    command: list[str]
    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    ready: Callable[[int], bool]
    prepare: Callable[[], None] = nothing
    account: Account | None = None
    stop: signal.Signals = signal.SIGTERM
    orphaned: signal.Signals = signal.SIGTERM
    patience: float = 4.0
    noise: re.Pattern[str] | None = None

    def tethered(self) -> list[str]:
        """The command line that ends with us, see tether.py."""
        account = f"{self.account.uid}:{self.account.gid}" if self.account else "-"
        tether = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), str(int(self.orphaned)), account]
        return [*tether, *self.command]
