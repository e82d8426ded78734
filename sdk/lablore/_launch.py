"""Starting the process that delivers, and knowing whether one runs."""

import contextlib
import json
import os
import site
import subprocess
import sys
from pathlib import Path

from lablore import _lock
from lablore._settings import Access

LOCK_NAME = "sync.lock"
LOG_NAME = "sync.log"


def take_sync_lock(folder: Path) -> int | None:
    """The descriptor of the folder's delivery lock, now ours; None while another process delivers. Raises OSError."""
    fd = os.open(folder / LOCK_NAME, os.O_CREAT | os.O_RDWR, 0o600)
    if _lock.hold(fd):
        return fd
    os.close(fd)
    return None


def is_delivered(folder: Path) -> bool:
    """Whether a process is delivering this folder now."""
    try:
        fd = take_sync_lock(folder)
    except OSError:
        return False
    if fd is None:
        return True
    os.close(fd)
    return False


def start_sync(folder: Path, access: Access) -> "subprocess.Popen[bytes] | None":
    """Start `python -m lablore.sync FOLDER` in a session of its own, so that neither Ctrl-C nor the trainer's death ends it.

    The key goes through its standard input: neither the command line nor its environment shows it. None when it cannot
    be started; the trainer tries again every few seconds.
    """
    try:
        log = os.open(folder / LOG_NAME, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    except OSError:
        return None
    try:
        child = subprocess.Popen(
            [sys.executable or "python3", "-m", "lablore.sync", str(folder)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=folder,  # nothing of the user's folder can be imported in place of a library
            env=_environment(),
            start_new_session=True,
        )
    except OSError:
        return None
    finally:
        os.close(log)
    with contextlib.suppress(OSError):
        assert child.stdin is not None  # noqa: S101 - we asked for a pipe
        child.stdin.write(json.dumps({"host": access.host, "key": access.key}).encode())
        child.stdin.close()
    return child


def _environment() -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name != "LABLORE_KEY"}
    home = str(Path(__file__).parent.parent)
    installed = [*site.getsitepackages(), site.getusersitepackages()]
    if home not in installed:  # run from a checkout: let the child find it too
        env["PYTHONPATH"] = os.pathsep.join(filter(None, [home, env.get("PYTHONPATH", "")]))
    return env
