"""Trainers as the wire sees them: processes that send prepared batches as fast as they are answered, or at a pace.

Imports nothing of the product: what a client costs is not measured, only what it is answered.
"""

import http.client
import time
from dataclasses import dataclass

import msgspec
import numpy as np
import zstandard

WIDTH = 10  # metrics per record


@dataclass(frozen=True, slots=True)
class Load:
    """`batches` of `points` each, one each `pause` seconds (0: at once)."""

    batches: int
    points: int
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Order:
    """What one trainer is to send where, from `start` (unix seconds) on."""

    load: Load
    port: int
    key: str
    run: str
    start: float


@dataclass(frozen=True, slots=True)
class Told:
    """When the first batch was sent and the last answered (unix seconds), points acknowledged, seconds of each call."""

    begun: float
    ended: float
    points: int
    calls: list[float]


def batch(rows: int, first_step: int = 0, width: int = WIDTH, seed: int = 0) -> bytes:
    """`rows` records of `width` losses born as float32, a second apart give or take, zstd."""
    random = np.random.default_rng([seed, first_step])
    steps = np.arange(first_step, first_step + rows, dtype="<i8")
    times = 1_700_000_000_000 + steps * 1000 + random.integers(0, 40, rows)
    decay = 3 / (1 + steps[:, None] / 5000) + random.normal(0, 0.02, (rows, width))
    keys = [f"metric/{i}" for i in range(width)]
    group = [keys, b"", steps.tobytes(), times.astype("<i8").tobytes(), decay.astype("<f4").astype("<f8").tobytes()]
    return zstandard.ZstdCompressor(level=1).compress(msgspec.msgpack.encode({"v": 1, "groups": [group], "updates": []}))


def send(order: Order) -> Told:
    rows = order.load.points // WIDTH
    bodies = [batch(rows, seq * rows) for seq in range(order.load.batches)]
    headers = {"Authorization": f"Bearer {order.key}", "Content-Encoding": "zstd", "Content-Type": "application/msgpack"}
    line = http.client.HTTPConnection("127.0.0.1", order.port, timeout=60)
    time.sleep(max(order.start - time.time(), 0))
    begun, calls, points = time.time(), [], 0
    for seq, body in enumerate(bodies):
        time.sleep(max(begun + seq * order.load.pause - time.time(), 0))
        asked = time.perf_counter()
        line.request("PUT", f"/api/v1/runs/{order.run}/batches/w/{seq}", body, headers)
        answer = line.getresponse()
        told = answer.read()
        calls.append(time.perf_counter() - asked)
        if answer.status != 202:
            raise RuntimeError(f"{answer.status}: {told[:300]!r}")
        points += msgspec.json.decode(told)["points"]
    line.close()
    return Told(begun, time.time(), points, calls)
