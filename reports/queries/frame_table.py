"""A pinned frame as the table of what it draws."""

import json
import struct
from collections.abc import Iterator

import numpy as np

from tracking.queries.frame import MAGIC
from tracking.queries.points_csv import csv_text, plain

X_NAMES = {"relative": "seconds", "wall": "unix_seconds"}


def frame_csv(frame: bytes) -> str:
    """CSV of a chart frame (v1): run, step, value, one row per point drawn. Values as the shortest text that reads back equal.

    Over time the column of steps holds seconds, and is called so.

    A name that a spreadsheet would take for a formula is written with an apostrophe before it.
    """
    return csv_text(list(_rows(frame)))


def _rows(frame: bytes) -> Iterator[tuple[str, str, str, str]]:
    if frame[:4] != MAGIC:
        raise ValueError("not a chart frame")
    (length,) = struct.unpack_from("<I", frame, 4)
    header = json.loads(frame[8 : 8 + length])
    area = memoryview(frame)[8 + length :]
    x, y = (
        np.frombuffer(area, dtype=column["dtype"], count=column["length"], offset=column["offset"])
        for column in (header["columns"]["x"], header["columns"]["y"])
    )
    yield "run", "uid", X_NAMES.get(header["x"], header["x"]), "value"
    for run in header["runs"]:
        name, place = plain(run["name"]), slice(run["offset"], run["offset"] + run["length"])
        for step, value in zip(x[place].tolist(), y[place], strict=True):
            yield name, run["uid"], str(int(step)) if step.is_integer() else str(step), str(value)
