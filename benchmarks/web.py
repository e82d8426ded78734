"""The web server as the product runs it, and a client that reads from it."""

import contextlib
import os
import socket
import tempfile
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.clock import family
from stack.processes.serving import serving
from stack.processes.site import site_environment, web_part

_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Web:
    """A server's process id and address, and the API key it is asked with."""

    pid: int
    address: str
    key: str

    def ask(self, path: str, accept: str = "*/*") -> urllib.request.Request:
        headers = {"Authorization": f"Bearer {self.key}", "Accept": accept}
        return urllib.request.Request(self.address + path, headers=headers)  # noqa: S310 - our own server

    def whole(self, path: str, accept: str = "*/*") -> bytes:
        """The body of an answer."""
        with urllib.request.urlopen(self.ask(path, accept)) as answer:  # noqa: S310
            found: bytes = answer.read()
            return found

    def drained(self, path: str) -> int:
        """The bytes in an answer's body, which is not kept."""
        with urllib.request.urlopen(self.ask(path)) as answer:  # noqa: S310
            return sum(map(len, iter(lambda: answer.read(_PIECE), b"")))

    def memory(self) -> float:
        """MB the server's processes hold now."""
        return sum(process.memory_info().rss for process in family(psutil.Process(self.pid))) / 1e6

    def growth(self, work: Callable[[], object]) -> float:
        """MB by which the server's memory was greater at most, while `work` ran, than before; looked at every 10 ms."""
        before, peak = self.memory(), 0.0
        ended = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not ended.wait(0.01):
                peak = max(peak, self.memory())

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            work()
        finally:
            ended.set()
            watching.join()
        return peak - before


@contextlib.contextmanager
def web(key: str) -> Iterator[Web]:
    """granian in a process of its own, on the database of DATABASE_URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        tempfile.TemporaryDirectory(prefix="lablore-bench-") as folder,
        serving(web_part(port, site_environment(os.environ)), Path(folder, "web.log")) as pid,
    ):
        yield Web(pid, f"http://127.0.0.1:{port}", key)
