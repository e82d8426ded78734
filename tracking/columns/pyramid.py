"""Levels above a chunk's points: each bucket of 16, 128 or 1024 points keeps its extremes at their exact steps.

So a chart reads as many buckets as it has pixels, and no spike is lost at any zoom (promise D6).
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from tracking.columns.codec import pack_column, unpack_column
from tracking.columns.points import Floats, Ints
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
AVERAGED = (*DRAWN, "sum", "n")  # and where it compares runs by their means
_FIELDS = tuple((name, BUCKET[name].str) for name in BUCKET.names or ())
_RELATIVE = ("vmin_step", "vmax_step")  # kept as distance from `step`; int64 arithmetic wraps and wraps back

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[int, list[bytes]])


def packed_levels(steps: Ints, values: Floats, summaries: Sequence[Summary], fan: int) -> list[bytes]:
    """Of k chunks of n points each, all at once: for short ones most of the time would go into the calls, not the points.

    steps and values are (k, n); a level that one bucket fills is made from the summaries, which costs less.
    """
    of_many = steps.shape[1] > fan
    return pack_level(buckets_of(steps, values, fan) if of_many else buckets_from(steps[:, 0].tolist(), summaries), fan)


def buckets_of(steps: Ints, values: Floats, fan: int) -> Buckets:
    """(k, n) points to (k, rows) buckets: one per `fan` points, in order; the last of each of the k may hold fewer."""
    k, n = steps.shape
    rows = -(-n // fan)
    finite = np.isfinite(values)
    buckets = np.zeros((k, rows), dtype=BUCKET)
    starts = np.arange(rows) * fan
    buckets["step"] = steps[:, starts]
    buckets["n"] = np.add.reduceat(finite, starts, axis=1, dtype=np.uint32)
    buckets["bad"] = np.diff(np.append(starts, n)) - buckets["n"]
    with np.errstate(over="ignore", invalid="ignore"):
        buckets["sum"] = np.add.reduceat(np.where(finite, values, 0.0), starts, axis=1)
    for name, worst, position in (("vmin", np.inf, np.argmin), ("vmax", -np.inf, np.argmax)):
        grid = np.full((k, rows * fan), worst)
        np.copyto(grid[:, :n], values, where=finite)
        at = starts + position(grid.reshape(k, rows, fan), axis=2)
        buckets[name] = np.where(buckets["n"] > 0, np.take_along_axis(grid, at, axis=1), np.nan)
        buckets[f"{name}_step"] = np.take_along_axis(steps, np.minimum(at, n - 1), axis=1)
    return buckets


def buckets_from(starts: Sequence[int], summaries: Sequence[Summary]) -> Buckets:
    """(k, 1) buckets, each of all points of a chunk that begins at step `start`: as buckets_of finds them, for less."""
    rows = []
    for start, summary in zip(starts, summaries, strict=True):
        low = start if summary.vmin_step is None else summary.vmin_step
        high = start if summary.vmax_step is None else summary.vmax_step
        vmin = np.nan if summary.vmin is None else summary.vmin
        vmax = np.nan if summary.vmax is None else summary.vmax
        rows.append((start, vmin, low, vmax, high, 0.0, summary.finite, summary.bad))
    buckets = np.array(rows, dtype=BUCKET)
    with np.errstate(over="ignore"):
        buckets["sum"] = np.array([sum(summary.sum) for summary in summaries], dtype=np.float64)
    return buckets[:, None]


def pack_level(buckets: Buckets, fan: int) -> list[bytes]:
    """The level of each of k chunks from its row of (k, rows) buckets."""
    if fan == FANS[-1]:
        return [row.tobytes() for row in buckets]
    fields = [np.ascontiguousarray(_relative(buckets, name)) for name, _ in _FIELDS]
    return [_encoder.encode((buckets.shape[1], list(map(pack_column, row)))) for row in zip(*fields, strict=True)]


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
