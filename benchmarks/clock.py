"""Time, processor time and memory of a piece of work: ours and the servers'."""

import contextlib
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of the wall clock, and of processors: this process's and the servers'."""

    wall: float
    cpu: float


class Clock:
    """Measures this process and a database server's, given by its process id; or `beside` other processes, without this one."""

    def __init__(self, server: int, others: Sequence[int] = ()) -> None:
        self._processes = [psutil.Process(pid) for pid in (server, *others)]
        self._with_us = not others

    def beside(self, *others: int) -> "Clock":
        """A clock of the same database server and of these processes, with all that they have started."""
        return Clock(self._processes[0].pid, others)

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
        words = self._processes[0].cmdline()
        return Path(words[words.index("-D") + 1])

    def _cpu(self) -> float:
        """Processes that end meanwhile are missed: the servers' lasting ones do the work."""
        total = time.process_time() if self._with_us else 0.0
        for parent in self._processes:
            for process in family(parent):
                with contextlib.suppress(psutil.NoSuchProcess):
                    times = process.cpu_times()
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
