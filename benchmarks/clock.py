"""Time and processor time of a piece of work: ours and the database's."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of the wall clock, and of processors: this process and the database server's."""

    wall: float
    cpu: float


class Clock:
    """Measures beside one database server, given by its process id."""

    def __init__(self, server: int) -> None:
        self._server = psutil.Process(server)

    def cost(self, work: Callable[[], object]) -> Cost:
        cpu, wall = self._cpu(), time.perf_counter()
        work()
        return Cost(time.perf_counter() - wall, self._cpu() - cpu)

    def median(self, work: Callable[[], object], times: int) -> Cost:
        """Of one run, after one to warm up: the median of wall time, the mean of CPU time (the kernel counts in 10 ms)."""
        work()
        walls: list[float] = []

        def all_runs() -> None:
            for _ in range(times):
                start = time.perf_counter()
                work()
                walls.append(time.perf_counter() - start)

        cpu = self.cost(all_runs).cpu / times
        return Cost(statistics.median(walls), cpu)

    def data_folder(self) -> Path:
        """Where the server keeps its data, by its command line."""
        words = self._server.cmdline()
        return Path(words[words.index("-D") + 1])

    def _cpu(self) -> float:
        """Processes that end meanwhile are missed: the server's lasting ones do the work."""
        total = time.process_time()
        for process in (self._server, *self._server.children(recursive=True)):
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
        return total


def busyness() -> float:
    """Seconds that a fixed loop takes: how busy the machine is otherwise."""
    start = time.perf_counter()
    total = 0
    for i in range(5_000_000):
        total += i
    return time.perf_counter() - start
