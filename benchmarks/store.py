"""The metric store: accept, fold, curve, frame, history, bytes. In this process, without HTTP."""

from collections.abc import Iterator

import msgspec
import numpy as np
import zstandard
from django.db import connection

from accounts.actions.team import create_team
from accounts.actions.user import create_user
from accounts.actor import Actor
from benchmarks.clock import Clock, Cost
from benchmarks.result import Result
from tracking.actions.project import create_project
from tracking.actions.run import RunStart, start_run
from tracking.aggregates.fold import fold_run
from tracking.ingest.accept import accept_batch
from tracking.models import Project, Run
from tracking.models.run import run_uid
from tracking.queries.curve import curve_of
from tracking.queries.frame import frame_of
from tracking.queries.history import history_of

WIDTH = 10  # metrics per record
RANDOM = np.random.default_rng(0)


class Bench:
    def __init__(self, clock: Clock, name: str = "store") -> None:
        """`name`: of the part, whose team and project are its own."""
        self.clock = clock
        owner = create_user(email=f"{name}@example.org", name="Bench")
        self.actor = Actor(owner)
        team = create_team(by=owner, slug=name, name="Bench")
        self.project: Project = create_project(by=self.actor, team=team, slug=name, name="bench")

    def run(self) -> Run:
        return start_run(by=self.actor, project=self.project, start=RunStart(uid=run_uid()))[0]


def results(clock: Clock) -> Iterator[Result]:
    bench = Bench(clock)
    yield from _accept(bench)
    yield from _fold(bench)
    yield from _curves(bench)
    yield from _frames(bench)


def batch(rows: int, first_step: int = 0, width: int = WIDTH) -> bytes:
    """`rows` records of `width` losses born as float32, a second apart give or take, zstd."""
    steps = np.arange(first_step, first_step + rows, dtype="<i8")
    times = 1_700_000_000_000 + steps * 1000 + RANDOM.integers(0, 40, rows)
    decay = 3 / (1 + steps[:, None] / 5000) + RANDOM.normal(0, 0.02, (rows, width))
    keys = [f"metric/{i}" for i in range(width)]
    group = [keys, b"", steps.tobytes(), times.astype("<i8").tobytes(), decay.astype("<f4").astype("<f8").tobytes()]
    return zstandard.ZstdCompressor(level=1).compress(msgspec.msgpack.encode({"v": 1, "groups": [group], "updates": []}))


def fill(run: Run, points: int, width: int = WIDTH, per_batch: int = 10_000, *, fold: bool = True) -> None:
    rows = per_batch // width
    for seq in range(points // per_batch):
        accept_batch(run, "w", seq, codec="zstd", body=batch(rows, seq * rows, width))
    if fold:
        while fold_run(run.pk):
            pass


def _accept(bench: Bench) -> Iterator[Result]:
    for points, times in ((10_000, 60), (1_000, 120)):
        run, bodies = bench.run(), [batch(points // WIDTH, seq * points // WIDTH) for seq in range(times + 20)]

        def send(start: int, end: int, run: Run = run, bodies: list[bytes] = bodies) -> None:
            for seq in range(start, end):
                accept_batch(run, "w", seq, codec="zstd", body=bodies[seq])

        send(0, 20)
        cost = bench.clock.cost(lambda: send(20, times + 20))  # noqa: B023 - called at once
        yield Result(
            f"accept {points:,}-point batches, CPU", cost.cpu / points / times * 1e6, "us/pt", 0.3 if points > 1000 else 1.5
        )
        yield Result(f"accept {points:,}-point batches, wall", cost.wall / points / times * 1e6, "us/pt")


def _fold(bench: Bench) -> Iterator[Result]:
    before = _stored_bytes()
    run = bench.run()
    fill(run, 1_000_000, fold=False)
    cost = bench.clock.cost(lambda: fold_run(run.pk))
    yield Result("fold 1,000,000 points of 10 series at once, CPU", cost.cpu, "us/pt", 1.2)
    _vacuum()
    yield Result("stored, indexes and ledger included", (_stored_bytes() - before) / 1e6, "B/pt", 5)
    run = bench.run()
    fill(run, 10_000)
    total = 0.0
    for part in range(1, 21):
        accept_batch(run, "w", part, codec="zstd", body=batch(1_000, part * 1_000))
        total += bench.clock.cost(lambda: fold_run(run.pk)).cpu
    yield Result("fold 10,000 points of 10 series, 20 times, CPU", total / 20 / 10_000 * 1e6, "us/pt", 6)


def _curves(bench: Bench) -> Iterator[Result]:
    costs = {}
    for points, target in ((10_000, 6), (100_000, 6), (1_000_000, 6)):
        run = bench.run()
        fill(run, points, width=1)
        cost = bench.clock.median(lambda: curve_of(run, "metric/0"), 30)  # noqa: B023 - called at once
        yield from _read(f"curve of {points:,} points", cost, target)
        costs[points] = cost.cpu
    yield Result("curve of 1,000,000 against 10,000 points, CPU", costs[1_000_000] / costs[10_000], "x", 3)
    zoom = bench.clock.median(lambda: curve_of(run, "metric/0", first=500_000, last=509_999), 30)
    yield from _read("curve of 1 % of 1,000,000 points", zoom, 6)
    yield from _read("exact history of 1,000,000 points", bench.clock.median(lambda: history_of(run, "metric/0"), 5), 300)


def _read(name: str, cost: Cost, target: float) -> Iterator[Result]:
    yield Result(f"{name}, wall", cost.wall * 1000, "ms", target)
    yield Result(f"{name}, CPU", cost.cpu * 1000, "ms")


def _frames(bench: Bench) -> Iterator[Result]:
    runs = [bench.run() for _ in range(100)]
    for run in runs:
        fill(run, 1_000, width=1, per_batch=1_000)
    for count, target in ((24, 15), (100, 15)):
        cost = bench.clock.median(lambda: frame_of(runs[:count], "metric/0"), 15)  # noqa: B023 - called at once
        yield from _read(f"frame of {count} runs x 1,000 points", cost, target)
    for run in runs[:24]:
        for seq in range(1, 21):
            accept_batch(run, "w", seq, codec="zstd", body=batch(5, 1_000 + 5 * seq, 5))
    cost = bench.clock.median(lambda: frame_of(runs[:24], "metric/0"), 9)
    yield from _read("the same 24 runs with 20 batches unfolded each", cost, 60)


def _stored_bytes() -> int:
    with connection.cursor() as cursor:
        tables = ["batch", "chunk", "series", "superseded"]
        cursor.execute(
            "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) AS name",
            [[f"tracking_{t}" for t in tables]],
        )
        return int(cursor.fetchone()[0])


def _vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM tracking_batch, tracking_chunk, tracking_series")
