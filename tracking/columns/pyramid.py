"""Levels above a chunk's points: each bucket of 16, 128 or 1024 points keeps its extremes at their exact steps.

So a chart reads as many buckets as it has pixels, and no spike is lost at any zoom (promise D6).
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from tracking.columns.codec import pack_column, unpack_column
from tracking.columns.points import Points
from tracking.columns.summary import Summary

FANS = (16, 128, 1024)
Buckets = npt.NDArray[np.void]

# n finite points and `bad` others from `step` on; extremes are NaN where n is 0. sum is for drawing, not exact.
BUCKET = np.dtype(
    [
        ("step", "<i8"),
        ("vmin", "<f8"),
        ("vmin_step", "<i8"),
        ("vmax", "<f8"),
        ("vmax_step", "<i8"),
        ("sum", "<f4"),
        ("n", "<u4"),
        ("bad", "<u4"),
    ]
)
DRAWN = ("step", "vmin", "vmin_step", "vmax", "vmax_step")  # what a chart needs of a bucket
_FIELDS = tuple((name, BUCKET[name].str) for name in BUCKET.names or ())
_RELATIVE = ("vmin_step", "vmax_step")  # kept as distance from `step`; int64 arithmetic wraps and wraps back

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[int, list[bytes]])


def buckets_of(points: Points, fan: int) -> Buckets:
    """One bucket per `fan` points, in order; the last may hold fewer."""
    n = len(points)
    rows = -(-n // fan)
    finite = np.isfinite(points.values)
    buckets = np.zeros(rows, dtype=BUCKET)
    starts = np.arange(rows) * fan
    buckets["step"] = points.steps[starts]
    buckets["n"] = np.add.reduceat(finite, starts, dtype=np.uint32)
    buckets["bad"] = np.diff(np.append(starts, n)) - buckets["n"]
    with np.errstate(over="ignore", invalid="ignore"):
        buckets["sum"] = np.add.reduceat(np.where(finite, points.values, 0.0), starts)
    for name, worst, position in (("vmin", np.inf, np.argmin), ("vmax", -np.inf, np.argmax)):
        grid = np.full(rows * fan, worst)
        np.copyto(grid[:n], points.values, where=finite)
        at = starts + position(grid.reshape(rows, fan), axis=1)
        buckets[name] = np.where(buckets["n"] > 0, grid[at], np.nan)
        buckets[f"{name}_step"] = points.steps[np.minimum(at, n - 1)]
    return buckets


def bucket_of(start: int, summary: Summary) -> Buckets:
    """The one bucket of points that begin at step `start`: what buckets_of finds where a fan holds them all, for less."""
    low = start if summary.vmin_step is None else summary.vmin_step
    high = start if summary.vmax_step is None else summary.vmax_step
    vmin = np.nan if summary.vmin is None else summary.vmin
    vmax = np.nan if summary.vmax is None else summary.vmax
    with np.errstate(over="ignore"):
        total = np.float64(sum(summary.sum)).astype(np.float32)
    return np.array([(start, vmin, low, vmax, high, total, summary.finite, summary.bad)], dtype=BUCKET)


def pack_level(buckets: Buckets, fan: int) -> bytes:
    if fan == FANS[-1]:
        return buckets.tobytes()
    return _encoder.encode((len(buckets), [pack_column(_relative(buckets, name)) for name, _ in _FIELDS]))


def unpack_levels(packed: list[bytes], fan: int, names: Sequence[str] = BUCKET.names or ()) -> dict[str, npt.NDArray[Any]]:
    """The fields `names` of the buckets of consecutive chunks (at least one), one after the other; "step" among them."""
    if fan == FANS[-1]:
        records = np.frombuffer(b"".join(packed), dtype=BUCKET)
        return {name: records[name] for name in names}
    levels = [_decoder.decode(level) for level in packed]
    wanted = [(place, name, dtype) for place, (name, dtype) in enumerate(_FIELDS) if name in names]
    found = {
        name: np.concatenate([unpack_column(columns[at], dtype, n) for n, columns in levels]) for at, name, dtype in wanted
    }
    return {name: column + found["step"] if name in _RELATIVE else column for name, column in found.items()}


def _relative(buckets: Buckets, name: str) -> npt.NDArray[Any]:
    column: npt.NDArray[Any] = buckets[name]
    return column - buckets["step"] if name in _RELATIVE else column
