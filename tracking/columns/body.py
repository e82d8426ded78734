"""The body of a chunk: its points, each column packed by itself, so that a chart unpacks two of them and an export all."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from tracking.columns.codec import pack_column, unpack_column, unpack_into
from tracking.columns.points import NO_POINTS, Floats, Ints, Points

_VERSION = 1


class _Body(msgspec.Struct, array_like=True):
    version: int
    n: int
    names: list[str]
    steps: bytes
    values: bytes
    times: bytes
    ranks: bytes
    writers: bytes  # empty when one writer wrote all


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Body)


def pack_body(points: Points) -> bytes:
    used, writers = np.unique(points.writers, return_inverse=True) if len(points.names) > 1 else (np.zeros(1, int), None)
    names = [points.names[i] for i in used.tolist()]
    return _encoder.encode(
        _Body(
            version=_VERSION,
            n=len(points),
            names=names,
            steps=pack_column(points.steps),
            values=pack_column(points.values),
            times=pack_column(points.times),
            ranks=pack_column(points.ranks),
            writers=b"" if len(names) == 1 or writers is None else pack_column(writers.astype(np.uint32)),
        )
    )


def unpack_body(packed: bytes) -> Points:
    body = _decoder.decode(packed)
    return Points(
        steps=unpack_column(body.steps, "<i8", body.n),
        times=unpack_column(body.times, "<i8", body.n),
        values=unpack_column(body.values, "<f8", body.n),
        ranks=unpack_column(body.ranks, "<i8", body.n),
        writers=_writers(body),
        names=tuple(body.names),
    )


def unpack_bodies(packed: Sequence[bytes]) -> Points:
    """The points of these bodies one after the other, as `joined` would give them: unpacked where they stay, not copied."""
    bodies = [_decoder.decode(body) for body in packed]
    if not bodies:
        return NO_POINTS
    total = sum(body.n for body in bodies)
    names = tuple(sorted({name for body in bodies for name in body.names}))
    place = {name: i for i, name in enumerate(names)}
    steps, times, ranks = (np.empty(total, dtype="<i8") for _ in range(3))
    values, writers = np.empty(total, dtype="<f8"), np.zeros(total, dtype=np.uint32)
    start = 0
    for body in bodies:
        here = slice(start, start + body.n)
        unpack_into(body.steps, steps[here])
        unpack_into(body.times, times[here])
        unpack_into(body.values, values[here])
        unpack_into(body.ranks, ranks[here])
        if len(names) > 1:
            writers[here] = np.array([place[name] for name in body.names], dtype=np.uint32)[_writers(body)]
        start += body.n
    return Points(steps=steps, times=times, values=values, ranks=ranks, writers=writers, names=names)


def steps_and_values(packed: bytes) -> tuple[Ints, Floats]:
    """What a chart needs of a body: half the work of unpacking it whole."""
    body = _decoder.decode(packed)
    return unpack_column(body.steps, "<i8", body.n), unpack_column(body.values, "<f8", body.n)


def _writers(body: _Body) -> npt.NDArray[np.uint32]:
    found: npt.NDArray[Any] = unpack_column(body.writers, "<u4", body.n) if body.writers else np.zeros(body.n, np.uint32)
    return found
