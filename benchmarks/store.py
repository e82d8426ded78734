"""The metric store: accept, fold, curve, frame, history, bytes. In this process, without HTTP."""

import time
from collections.abc import Iterator

from django.db import connection

from benchmarks.clock import Clock, Cost
from benchmarks.ground import Ground
from benchmarks.result import Result
from benchmarks.trainer import WIDTH, batch
from tracking.aggregates.fold import fold_run
from tracking.errors import Backlogged
from tracking.ingest.accept import accept_batch
from tracking.limits import FOLD_POINTS_PER_SERIES
from tracking.models import Run
from tracking.queries.backlog import runs_due
from tracking.queries.curve import curve_of
from tracking.queries.frame import frame_of
from tracking.queries.history import history_of


def results(clock: Clock) -> Iterator[Result]:
    ground = Ground("store")
    yield from _accept(clock, ground)
    yield from _fold(clock, ground)
    yield from _curves(clock, ground)
    yield from _frames(clock, ground)


def fill(run: Run, points: int, width: int = WIDTH, per_batch: int = 10_000, *, fold: bool = True) -> None:
    """`points` of a run, folded as they come where more would wait than a run may have waiting."""
    rows = per_batch // width
    for seq in range(points // per_batch):
        body = batch(rows, seq * rows, width)
        while True:
            try:
                accept_batch(run, "w", seq, codec="zstd", body=body)
            except Backlogged:
                fold_run(run.pk)
                time.sleep(0.2)
            else:
                break
    if fold:
        while fold_run(run.pk):
            pass


def _accept(clock: Clock, ground: Ground) -> Iterator[Result]:
    for points, times in ((10_000, 60), (1_000, 120)):
        run, bodies = ground.run(), [batch(points // WIDTH, seq * points // WIDTH) for seq in range(times + 20)]

        def send(start: int, end: int, run: Run = run, bodies: list[bytes] = bodies) -> None:
            for seq in range(start, end):
                accept_batch(run, "w", seq, codec="zstd", body=bodies[seq])

        send(0, 20)
        cost = clock.cost(lambda: send(20, times + 20))  # noqa: B023 - called at once
        yield Result(
            f"accept {points:,}-point batches, CPU", cost.cpu / points / times * 1e6, "us/pt", 0.3 if points > 1000 else 1.5
        )
        yield Result(f"accept {points:,}-point batches, wall", cost.wall / points / times * 1e6, "us/pt")


def _fold(clock: Clock, ground: Ground) -> Iterator[Result]:
    before = stored_bytes()
    run = ground.run()
    fill(run, 1_000_000, fold=False)
    cost = clock.cost(lambda: fold_run(run.pk))
    yield Result("fold 1,000,000 points of 10 series at once, CPU", cost.cpu, "us/pt", 1.2)
    vacuum()
    yield Result("stored, indexes and ledger included", (stored_bytes() - before) / 1e6, "B/pt", 5)
    run = ground.run()
    fill(run, 10_000)
    total = 0.0
    for part in range(1, 21):
        accept_batch(run, "w", part, codec="zstd", body=batch(1_000, part * 1_000))
        total += clock.cost(lambda: fold_run(run.pk)).cpu
    yield Result("fold 10,000 points of 10 series, 20 times, CPU", total / 20 / 10_000 * 1e6, "us/pt", 6)
    yield _wide(clock, ground.run())


def _wide(clock: Clock, run: Run) -> Result:
    """A record of 1,000 metrics each second, sent by itself, folded when it is due: after FOLD_POINTS_PER_SERIES of them."""
    bodies = [batch(1, step, 1_000) for step in range(5 * FOLD_POINTS_PER_SERIES)]

    def live() -> None:
        for seq, body in enumerate(bodies):
            accept_batch(run, "w", seq, codec="zstd", body=body)
            if run.pk in runs_due():
                fold_run(run.pk)

    cost = clock.cost(live)
    return Result("1,000 series x 1 point/s, accepted and folded, CPU", cost.cpu / len(bodies) / 1_000 * 1e6, "us/pt", 6)


def _curves(clock: Clock, ground: Ground) -> Iterator[Result]:
    costs = {}
    for points, target in ((10_000, 6), (100_000, 6), (1_000_000, 6)):
        run = ground.run()
        fill(run, points, width=1)
        cost = clock.median(lambda: curve_of(run, "metric/0"), 30)  # noqa: B023 - called at once
        yield from _read(f"curve of {points:,} points", cost, target)
        costs[points] = cost.cpu
    yield Result("curve of 1,000,000 against 10,000 points, CPU", costs[1_000_000] / costs[10_000], "x", 3)
    zoom = clock.median(lambda: curve_of(run, "metric/0", first=500_000, last=509_999), 30)
    yield from _read("curve of 1 % of 1,000,000 points", zoom, 6)
    yield from _read("exact history of 1,000,000 points", clock.median(lambda: history_of(run, "metric/0"), 5), 300)


def _read(name: str, cost: Cost, target: float) -> Iterator[Result]:
    yield Result(f"{name}, wall", cost.wall * 1000, "ms", target)
    yield Result(f"{name}, CPU", cost.cpu * 1000, "ms")


def _frames(clock: Clock, ground: Ground) -> Iterator[Result]:
    runs = [ground.run() for _ in range(100)]
    for run in runs:
        fill(run, 1_000, width=1, per_batch=1_000)
    for count, target in ((24, 15), (100, 15)):
        cost = clock.median(lambda: frame_of(runs[:count], "metric/0"), 15)  # noqa: B023 - called at once
        yield from _read(f"frame of {count} runs x 1,000 points", cost, target)
    for run in runs[:24]:
        for seq in range(1, 21):
            accept_batch(run, "w", seq, codec="zstd", body=batch(5, 1_000 + 5 * seq, 5))
    cost = clock.median(lambda: frame_of(runs[:24], "metric/0"), 9)
    yield from _read("the same 24 runs with 20 batches unfolded each", cost, 60)


def stored_bytes() -> int:
    """Of all that is kept of metrics, indexes, ledger and what a vacuum has not given back included."""
    with connection.cursor() as cursor:
        tables = ["batch", "chunk", "series", "superseded"]
        cursor.execute(
            "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) AS name",
            [[f"tracking_{t}" for t in tables]],
        )
        return int(cursor.fetchone()[0])


def vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM tracking_batch, tracking_chunk, tracking_series")
