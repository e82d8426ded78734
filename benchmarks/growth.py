"""Does anything slow down as the store grows to 10^8 points? Minutes long, so it runs only when it is named.

Batches are accepted and folded as they come, in this process, without HTTP: runs one after the other, then one run alone that
goes on and on. After each 10^7 points what they cost is said, and what a chart over them costs then.
"""

import time
from collections.abc import Iterator

from benchmarks.clock import Clock, busyness
from benchmarks.ground import Ground
from benchmarks.result import Result
from benchmarks.store import stored_bytes, vacuum
from benchmarks.trainer import WIDTH, batch
from tracking.aggregates.fold import fold_run
from tracking.errors import Backlogged
from tracking.ingest.accept import accept_batch
from tracking.models import Run
from tracking.queries.curve import curve_of

POINTS = 100_000_000
STAGE = 10_000_000
RUN = 1_000_000  # points of each of many runs
PER_BATCH = 10_000
BITE = 20  # batches between two folds


def results(clock: Clock) -> Iterator[Result]:
    for shape, per_run in (("100 runs", RUN), ("one run", POINTS)):
        yield from _grown(clock, Ground(shape.replace(" ", "-")), shape, per_run)


def _grown(clock: Clock, ground: Ground, shape: str, per_run: int) -> Iterator[Result]:
    before, costs = stored_bytes(), []  # in fixed loops: the machine is not equally fast for minutes
    run, seq = ground.run(), 0
    for stage in range(1, POINTS // STAGE + 1):
        cpu = 0.0
        for _ in range(STAGE // PER_BATCH // BITE):
            if seq * PER_BATCH >= per_run:
                run, seq = ground.run(), 0
            bodies = [batch(PER_BATCH // WIDTH, at * PER_BATCH // WIDTH) for at in range(seq, seq + BITE)]
            cpu += clock.cost(lambda: _taken(run, seq, bodies)).cpu  # noqa: B023 - called at once
            seq += BITE
        loop = busyness()
        costs.append(cpu / loop)
        at = f"{shape}, at {stage * STAGE:,} points"
        yield Result(f"{at}: fixed loop", loop, "s")
        yield Result(f"{at}: accepted and folded, CPU", cpu / STAGE * 1e6, "us/pt", 1.5)
        curve = clock.median(lambda: curve_of(run, "metric/0"), 15)  # noqa: B023 - called at once
        yield Result(f"{at}: curve, CPU", curve.cpu * 1000, "ms", 8)
    yield Result(f"{shape}: the last stage against the first, in fixed loops", costs[-1] / costs[0], "x", 1.2)
    vacuum()
    yield Result(f"{shape}: stored", (stored_bytes() - before) / POINTS, "B/pt", 5)


def _taken(run: Run, seq: int, bodies: list[bytes]) -> None:
    for place, body in enumerate(bodies):
        while not _accepted(run, seq + place, body):
            fold_run(run.pk)
            time.sleep(0.2)
    fold_run(run.pk)


def _accepted(run: Run, seq: int, body: bytes) -> bool:
    """False where too much waits, by a count that is a second old."""
    try:
        accept_batch(run, "w", seq, codec="zstd", body=body)
    except Backlogged:
        return False
    return True
