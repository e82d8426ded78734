"""Points through the network: the web server of the product, then with worker and beat, and eight trainers that send."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from django.db.models import Sum
from django.utils import timezone

from accounts.actions.api_key import create_api_key
from benchmarks.clock import Clock
from benchmarks.ground import Ground
from benchmarks.result import Result
from benchmarks.trainer import Load, Order, Told, send
from stack.processes.home import Home
from stack.processes.redis import redis_part
from stack.processes.serving import free_port, serving
from stack.processes.site import beat_part, site_environment, web_part, worker_part
from tracking.models import Payload

CLIENTS = 8
SUSTAINED = float(os.environ.get("BENCH_SECONDS", "30"))  # how long points come at a pace while they are folded
PACE = 1_000_000  # points a second


def results(clock: Clock) -> Iterator[Result]:
    ground = Ground("ingest")
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="lablore-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        site = stack.enter_context(_site(folder))
        pool = stack.enter_context(ProcessPoolExecutor(CLIENTS, mp_context=get_context("spawn")))
        for load, least, most in ((Load(120, 10_000), 4e6, 0.3), (Load(250, 1_000), 1e6, 1.5)):
            told, cpu = _sent(site, ground, pool, clock.beside(site.web), load)
            yield from _rates(f"accepted, {load.points:,}-point batches", told, cpu, least, most)
        with _folding(site) as workers:
            _wait_until_folded()
            load = Load(int(SUSTAINED * PACE / 10_000 / CLIENTS), 10_000, pause=10_000 * CLIENTS / PACE)
            told, cpu = _sent(site, ground, pool, clock.beside(site.web, *workers), load)
            waiting = Payload.objects.aggregate(points=Sum("points"))["points"] or 0
            yield from _rates(f"accepted and folded for {SUSTAINED:.0f} s", told, cpu, PACE * 0.98, 1.5)
            yield Result("not folded yet at the end", waiting / 1e6, "M pts", 3)
            calls = np.concatenate([one.calls for one in told]) * 1000
            yield Result("the same, 99 % of calls answered within", float(np.percentile(calls, 99)), "ms")
            began = time.monotonic()
            _wait_until_folded()
            yield Result("the same, all folded after", time.monotonic() - began, "s", 10)


@dataclass(frozen=True, slots=True)
class _Site:
    """Where its logs and its web server are: `web` is the latter's process number."""

    folder: Path
    port: int
    web: int
    environment: dict[str, str]


@contextmanager
def _site(folder: Path) -> Iterator[_Site]:
    """Redis and the web server on the benchmark's database."""
    home, port = Home(folder), free_port()
    home.make(None)
    with serving(redis_part(home), folder / "redis.log"):
        words = {"REDIS_URL": home.redis_url, "LABLORE_PORT": str(port), "LABLORE_URL": f"http://127.0.0.1:{port}"}
        environment = site_environment(os.environ, **words)
        with serving(web_part(port, environment), folder / "web.log") as web:
            yield _Site(folder, port, web, environment)


@contextmanager
def _folding(site: _Site) -> Iterator[list[int]]:
    """Worker and beat beside the site; their process numbers."""
    with ExitStack() as stack:
        parts = [worker_part(site.environment), beat_part(site.environment)]
        yield [stack.enter_context(serving(part, site.folder / f"{part.name}.log")) for part in parts]


def _sent(site: _Site, ground: Ground, pool: ProcessPoolExecutor, clock: Clock, load: Load) -> tuple[list[Told], float]:
    """What eight trainers were told, and the seconds of processor that the site took for it."""
    expiry = timezone.now() + timedelta(days=1)
    _, key = create_api_key(by=ground.actor, team=ground.project.team, name="bench", scopes=["log"], expires_at=expiry)
    ready = time.time() + 3 + load.batches * load.points * CLIENTS * 0.6e-6  # making the batches takes its time
    orders = [Order(load, site.port, key, ground.run().uid, ready) for _ in range(CLIENTS)]
    asked = [pool.submit(send, order) for order in orders]
    time.sleep(max(ready - time.time(), 0))
    cost = clock.cost(lambda: [future.result() for future in asked])
    return [future.result() for future in asked], cost.cpu


def _rates(name: str, told: list[Told], cpu: float, least: float, most: float) -> Iterator[Result]:
    points = sum(one.points for one in told)
    seconds = max(one.ended for one in told) - min(one.begun for one in told)
    yield Result(name, points / seconds / 1e6, "M pts/s", least / 1e6, at_least=True)
    yield Result(f"{name}, CPU of the site", cpu / points * 1e6, "us/pt", most)


def _wait_until_folded(seconds: float = 300.0) -> None:
    deadline = time.monotonic() + seconds
    while Payload.objects.exists():
        if time.monotonic() > deadline:
            raise RuntimeError("the worker does not fold what waits")
        time.sleep(0.2)
