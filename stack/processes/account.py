"""The system account that runs PostgreSQL when we are root: PostgreSQL refuses to run as root."""

import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stack.processes.errors import StackError

NAME = "lablore"


@dataclass(frozen=True)
class Account:
    """A system user other than ours. `uid` and `gid` are its numbers."""

    name: str
    uid: int
    gid: int


def database_account() -> Account | None:
    """The account for PostgreSQL, made on first use; None when we are an ordinary user and need no other.

    Raises StackError where the account is missing and `useradd` cannot make it.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        _make()
        entry = pwd.getpwnam(NAME)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _make() -> None:
    words = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false"]
    try:
        subprocess.run(["useradd", *words, NAME], check=True, capture_output=True, text=True)  # noqa: S607 - where it lies differs
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", "") or str(error)
        raise StackError(
            f"PostgreSQL does not run as root, and the account {NAME!r} could not be made: {reason.strip()}\n"
            f"Make it yourself (useradd --system {NAME}), start as an ordinary user, or set DATABASE_URL."
        ) from None


def barrier(path: Path, account: Account) -> Path | None:
    """The first folder on the way to `path`, or `path` itself, that `account` may not enter or read; None if none."""
    for step in [*reversed(path.parents), path]:
        found = step.stat()
        shift = 6 if found.st_uid == account.uid else 3 if found.st_gid == account.gid else 0
        wanted = stat.S_IXOTH if step != path else stat.S_IROTH | stat.S_IXOTH
        if (found.st_mode >> shift) & wanted != wanted:
            return step
    return None
