"""`python -m stack.processes`: what `manage.py up` becomes. Without Django it is a third of the memory."""

import asyncio
import os
import socket
import sys

from stack.processes.account import database_account
from stack.processes.errors import StackError
from stack.processes.home import home_of
from stack.processes.record import Record, end_orphans, lock
from stack.processes.supervisor import Supervisor


def main() -> int:
    """Start the stack and stay until it is asked to stop; the exit code."""
    try:
        port = port_of(os.environ.get("LABLORE_PORT", "8000"))
        home = home_of(os.environ)
        home.make(database_account())
        with lock(home, f"http://127.0.0.1:{port}"):
            if ended := end_orphans(Record.read(home)):
                print(f"Ended what an earlier start left behind: {', '.join(ended)}.", flush=True)
            require_free(port)
            return asyncio.run(Supervisor(home, os.environ, port).run())
    except StackError as error:
        print(f"\nLablore did not start. {error}\n", file=sys.stderr)
        return 1


def port_of(word: str) -> int:
    """LABLORE_PORT as a number; StackError when it is none."""
    if not word.isdecimal() or not 0 < int(word) < 65_536:
        raise StackError(f"LABLORE_PORT must be a number from 1 to 65535, not {word!r}.")
    return int(word)


def require_free(port: int) -> None:
    """StackError when something listens on the port: the web server would share it without a word."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StackError(
                f"Port {port} of 127.0.0.1 is taken ({error.strerror}). Use another: LABLORE_PORT={port + 1} make run"
            ) from None


if __name__ == "__main__":
    sys.exit(main())
