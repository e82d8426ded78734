"""Exact points over HTTP: a metric as NumPy columns, a run as Parquet and CSV. The client is on the server's machine."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import numpy as np
from django.utils import timezone

from accounts.actions.api_key import create_api_key
from accounts.roles import Scope
from benchmarks.clock import Clock
from benchmarks.ground import Ground
from benchmarks.result import Result
from benchmarks.store import fill
from benchmarks.web import Web, web

MILLION = 1_000_000


def results(clock: Clock) -> Iterator[Result]:
    bench = Ground("history")
    expires_at = timezone.now() + timedelta(days=1)
    _, key = create_api_key(by=bench.actor, team=bench.project.team, name="bench", scopes=[Scope.READ], expires_at=expires_at)
    with web(key) as server:
        beside = clock.beside(server.pid)
        yield from _columns(bench, server, beside)
        yield from _files(bench, server, beside)


def columns_of(server: Web, path: str) -> list[np.ndarray]:
    """[steps, times, values] of a metric, as docs/wire.md says to read them."""
    told = msgspec.msgpack.decode(server.whole(path, "application/msgpack"))
    return [np.frombuffer(told[word], dtype) for word, dtype in (("steps", "<i8"), ("times", "<i8"), ("values", "<f8"))]


def _columns(bench: Ground, server: Web, clock: Clock) -> Iterator[Result]:
    run = bench.run()
    fill(run, MILLION, width=1)
    path = f"/api/v1/runs/{run.uid}/history?key=metric/0"
    assert len(columns_of(server, path)[2]) == MILLION  # noqa: S101 - a figure of something else says nothing
    cost = clock.median(lambda: columns_of(server, path), 9)
    yield Result("1,000,000 points over HTTP as NumPy, wall", cost.wall, "s", 0.3)
    yield Result("1,000,000 points over HTTP as NumPy, CPU", cost.cpu, "s")
    yield Result("1,000,000 points over HTTP as NumPy, memory", server.growth(lambda: columns_of(server, path)), "MB")


def _files(bench: Ground, server: Web, clock: Clock) -> Iterator[Result]:
    small, large = bench.run(), bench.run()
    fill(small, MILLION)
    fill(large, 10 * MILLION)
    for suffix in ("csv", "parquet"):  # in this order: what the second holds on to would hide what the first needs
        paths = [f"/api/v1/runs/{run.uid}/history.{suffix}" for run in (small, large)]
        server.drained(paths[0])  # what is loaded once is no growth
        yield Result(f"{suffix} of 1,000,000 points, memory", server.growth(lambda: server.drained(paths[0])), "MB")  # noqa: B023
        cost, size, growth = [], [], []
        growth.append(server.growth(lambda: cost.append(clock.cost(lambda: size.append(server.drained(paths[1]))))))  # noqa: B023
        points = 10 * MILLION
        yield Result(f"{suffix} of 10,000,000 points, memory", growth[0], "MB", 64)
        yield Result(f"{suffix} of 10,000,000 points, wall", cost[0].wall, "s")
        yield Result(f"{suffix} of 10,000,000 points, CPU", cost[0].cpu / points * 1e6, "us/pt")
        yield Result(f"{suffix} of 10,000,000 points, size", size[0] / points, "B/pt")
