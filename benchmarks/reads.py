"""What charts read: one chart and twenty, long series, other axes, bytes on the wire. In this process, without HTTP.

Series are written by the fold's own chunk writer, without ingest, so that 10^8 points take a minute and not an hour.
"""

from collections.abc import Iterator
from functools import reduce
from itertools import count

import numpy as np
import zstandard
from django.db import connection, transaction

from benchmarks.clock import Clock, Cost
from benchmarks.ground import Ground
from benchmarks.result import Result
from tracking.aggregates.fold_rows import insert_chunks, upsert_series
from tracking.columns.chunk import pack_chunk
from tracking.columns.points import Points
from tracking.columns.summary import combined
from tracking.limits import CHUNK_POINTS
from tracking.models import Run
from tracking.queries.curve import curve_of
from tracking.queries.frame import Drawing, frame_of, frames_of

RANDOM = np.random.default_rng(0)
AT_ONCE = 64  # chunks in one COPY: some 5 MB


def results(clock: Clock) -> Iterator[Result]:
    ground = Ground("reads")
    yield from _long(clock, ground)
    yield from _many(clock, ground)


def store(run: Run, key: str, points: int, no: int = 1) -> None:
    """A folded series of so many points at steps 0, 1, 2 …: a loss born as float32, a second apart give or take."""
    summaries = []
    with transaction.atomic():
        for start in range(0, points, CHUNK_POINTS * AT_ONCE):
            end = min(points, start + CHUNK_POINTS * AT_ONCE)
            chunks = [pack_chunk(_points(at, min(at + CHUNK_POINTS, end))) for at in range(start, end, CHUNK_POINTS)]
            insert_chunks(run.pk, [(no, chunk) for chunk in chunks])
            summaries += [chunk.summary for chunk in chunks]
        upsert_series(run.pk, [(no, key, reduce(combined, summaries))])


def _points(first: int, end: int) -> Points:
    steps, n = np.arange(first, end), end - first
    values = 3 / (1 + steps / 5000) + RANDOM.normal(0, 0.02, n)
    return Points(
        steps=steps,
        times=1_700_000_000_000 + steps * 1000 + RANDOM.integers(0, 40, n),
        values=values.astype("<f4").astype("<f8"),
        ranks=steps.copy(),
        writers=np.zeros(n, dtype=np.uint32),
        names=("w",),
    )


def _long(clock: Clock, ground: Ground) -> Iterator[Result]:
    for points, target in ((1_000_000, 6), (10_000_000, 8), (100_000_000, 20)):
        run = ground.run()
        store(run, "loss", points)
        _settle()
        yield from _read(f"curve of {points:,} points", clock.median(lambda: curve_of(run, "loss"), 31), target)  # noqa: B023
        if points == 1_000_000:
            yield Result("its frame on the wire, zstd", len(zstandard.compress(frame_of([run], "loss"))) / 1000, "kB", 12)
            times = clock.median(lambda: frame_of([run], "loss", Drawing(x="relative")), 9)  # noqa: B023 - called at once
            yield from _read("frame of 1,000,000 points over time", times, None)
        half = points // 2
        zoom = clock.median(lambda: curve_of(run, "loss", first=half, last=half + points // 100), 31)  # noqa: B023
        yield from _read(f"curve of 1 % of {points:,} points", zoom, target)


def _many(clock: Clock, ground: Ground) -> Iterator[Result]:
    runs, keys = [ground.run() for _ in range(100)], [f"loss/{i}" for i in range(20)]
    for run in runs:
        for no, key in zip(count(1), keys, strict=False):
            store(run, key, 1_000, no)
    _settle()
    one = clock.median(lambda: frame_of(runs, keys[0]), 31)
    yield from _read("frame of 100 runs x 1,000 points", one, 15)
    many = clock.median(lambda: frames_of(runs, keys), 9)
    yield from _read("20 frames of 100 runs x 1,000 points at once", many, 150)


def _settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE tracking_chunk, tracking_series")


def _read(name: str, cost: Cost, target: float | None) -> Iterator[Result]:
    yield Result(f"{name}, wall", cost.wall * 1000, "ms", target)
    yield Result(f"{name}, CPU", cost.cpu * 1000, "ms")
