"""Time, processor time and memory of a piece of work: ours and the servers'."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of the wall clock, and of processors: this process's and the servers'."""

    wall: float
    cpu: float


class Clock:
    """Measures beside servers, given by their process ids."""

    def __init__(self, *servers: int) -> None:
        self._servers = [psutil.Process(server) for server in servers]

    def beside(self, server: int) -> "Clock":
        """The same, with one server more."""
        return Clock(*(one.pid for one in self._servers), server)

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

    def _cpu(self) -> float:
        """Processes that end meanwhile are missed: the servers' lasting ones do the work."""
        total = time.process_time()
        for process in (one for server in self._servers for one in family(server)):
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
        return total


def family(process: psutil.Process) -> list[psutil.Process]:
    """The process and all it started that still run."""
    return [process, *process.children(recursive=True)]


def busyness() -> float:
    """Seconds that a fixed loop takes: how busy the machine is otherwise."""
    start = time.perf_counter()
    total = 0
    for i in range(5_000_000):
        total += i
    return time.perf_counter() - start
