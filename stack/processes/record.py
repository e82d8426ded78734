"""What the supervisor writes down about its processes, so that the next start can tell its own orphans from strangers.

A direct child is known by its number and moment of birth together; what a child started is known by a random token
in its environment. Names decide nothing: another checkout's worker looks the same.
"""

import contextlib
import fcntl
import json
import os
import secrets
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from stack.processes.errors import StackError
from stack.processes.home import Home

TOKEN = "LABLORE_STACK_TOKEN"  # noqa: S105 - a name, not a secret


def birth(pid: int) -> str | None:
    """When the process was born, exact and immune to clock changes on Linux (ticks since boot); None if it is gone."""
    try:
        if sys.platform != "linux":
            return str(psutil.Process(pid).create_time())
        # Field 22; the name in field 2 may hold anything, so count from its closing parenthesis.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] == "Z" else fields[19]
    except (OSError, psutil.Error):
        return None


@dataclass
class Record:
    """`processes.json` of a home. `children` maps a part's name to its (pid, birth)."""

    file: Path
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    children: dict[str, tuple[int, str]] = field(default_factory=dict)

    def note(self, name: str, pid: int) -> None:
        """Write down that `pid` is now the part `name`."""
        self.children[name] = (pid, birth(pid) or "")
        beside = self.file.with_suffix(".new")
        beside.touch(mode=0o600)
        beside.write_text(json.dumps({"token": self.token, "children": self.children}))
        beside.replace(self.file)

    @classmethod
    def read(cls, home: Home) -> "Record":
        """The record an earlier supervisor left; an empty one where there is none or it is torn."""
        file = home.path / "processes.json"
        try:
            written = json.loads(file.read_text())
            return cls(file, written["token"], {name: (pid, born) for name, (pid, born) in written["children"].items()})
        except (OSError, ValueError, KeyError, TypeError):
            return cls(file)

    def living(self) -> Iterator[tuple[str, psutil.Process]]:
        """Every process of this record that still lives: direct children first, then what they started."""
        for name, (pid, born) in self.children.items():
            if born and birth(pid) == born:
                with contextlib.suppress(psutil.NoSuchProcess):
                    yield name, psutil.Process(pid)
        for process in psutil.process_iter():
            if process.pid != os.getpid() and carries(process, self.token):
                yield "", process


def carries(process: psutil.Process, token: str) -> bool:
    """Whether the process was started with our token in its environment (False where we may not look)."""
    try:
        return bool(process.environ().get(TOKEN) == token)
    except (psutil.Error, OSError):
        return False


def end_orphans(record: Record, *, grace: float = 5.0) -> list[str]:
    """End what a supervisor left behind, asking first; say what was found: names of parts, "its helpers" for the rest."""
    found: dict[psutil.Process, str] = {}
    for name, process in record.living():
        if process not in found:
            found[process] = name or "its helpers"
            ask(process, signal.SIGINT if name == "postgres" else signal.SIGTERM)
    _, stubborn = psutil.wait_procs(list(found), timeout=grace)
    for process in stubborn:
        ask(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=2)
    return sorted(set(found.values()))


def ask(process: psutil.Process, how: signal.Signals) -> None:
    """Send a signal to a process that may be gone (psutil checks that the number was not given away since)."""
    try:
        process.send_signal(how)
    except psutil.NoSuchProcess:
        return


def lock(home: Home, address: str) -> IO[str]:
    """Take the home for ourselves until the returned file is closed or we die, however that happens.

    Raises StackError naming the process that has it.
    """
    file = (home.path / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        pid, _, where = file.read().strip().partition(" ")
        file.close()
        raise StackError(
            f"Lablore already runs on {home.path}: process {pid or 'unknown'}, {where or 'still starting'}.\n"
            f"Stop it with Ctrl-C where it runs or `kill {pid or 'PID'}`, or give this one a LABLORE_HOME of its own."
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()} {address}\n")
    file.flush()
    return file
