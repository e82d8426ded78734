"""`python -m lablore.sync FOLDER`: delivers one run's folder until the run has ended and all of it is at the server.

`lablore.init` starts it beside a training, in a session of its own: it outlives a killed trainer, delivers the tail and
says that the run ended without `finish()`. It reads {"host", "key"} as JSON from its standard input.
"""

import json
import signal
import sys
import time
from pathlib import Path

import httpx

from lablore._delivery import Delivery
from lablore._launch import take_sync_lock
from lablore._server import Server
from lablore._settings import Access, stored_key

__all__ = ["follow", "main", "push"]

_LOCK_WAIT = 2.0


def follow(folder: Path, access: Access, transport: httpx.BaseTransport | None = None) -> Delivery:
    """Deliver `folder` until every writer has ended and all is delivered."""
    with Server(access, transport) as server, Delivery(folder, server, fresh_key=lambda: stored_key(access.host)) as delivery:
        delivery.follow()
        return delivery


def push(
    folder: Path, access: Access, transport: httpx.BaseTransport | None = None, *, ended: bool = False, patience: float = 60.0
) -> Delivery:
    """Deliver what `folder` holds now, also of a run that goes on; a server that is away is tried for `patience` seconds."""
    with Server(access, transport) as server, Delivery(folder, server, ended) as delivery:
        delivery.push(patience)
        return delivery


def main() -> int:
    """The process: one per folder, others leave at once. 0 when all is delivered or another process is at it."""
    folder = Path(sys.argv[1]).absolute()
    given = json.loads(sys.stdin.read() or "{}")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the training
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    until = time.monotonic() + _LOCK_WAIT
    while take_sync_lock(folder) is None:  # somebody may only be looking whether it is free
        if time.monotonic() > until:
            return 0
        time.sleep(0.1)
    return 0 if follow(folder, Access(given["host"], given["key"])).is_complete() else 1


if __name__ == "__main__":
    sys.exit(main())
