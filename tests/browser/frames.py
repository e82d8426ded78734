"""Writes chart frames v1 by the contract alone, so that the drawing code is tested without the server's own writer."""

import json
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Curve:
    name: str
    x: list[float]
    y: list[float]
    slot: int = 1
    group: str | None = None
    state: str = "finished"
    uid: str = ""
    sampled: int = 1
    bad: list[dict[str, Any]] = field(default_factory=list)
    means: list[float] = field(default_factory=list)  # of a group's frame: one for each of its cells

    def header(self, number: int, offset: int) -> dict[str, Any]:
        return {
            "uid": self.uid or f"{number:016d}",
            "name": self.name,
            "url": f"/lab/digits/runs/{self.uid or f'{number:016d}'}",
            "slot": self.slot,
            "group": self.group,
            "state": self.state,
            "revision": 1,
            "offset": offset,
            "length": len(self.x),
            "total": len(self.x) * self.sampled,
            "sampled": self.sampled,
            "badTotal": len(self.bad),
            "bad": self.bad,
        }


def bad_of(x: list[float], y: list[float]) -> list[dict[str, Any]]:
    """The not finite values of a curve, each with the last finite point before it."""
    found: list[dict[str, Any]] = []
    last = None
    for step, value in zip(x, y, strict=True):
        if math.isfinite(value):
            last = [step, value]
        else:
            found.append({"step": step, "kind": "nan" if math.isnan(value) else "inf" if value > 0 else "-inf", "last": last})
    return found


def frame_of(
    curves: list[Curve],
    key: str = "val/loss",
    hidden: int = 0,
    revision: str = "1",
    y_type: str = "<f4",
    x_axis: str = "step",
    cells: list[float] | None = None,
) -> bytes:
    x = np.concatenate([np.asarray(c.x, "<f8") for c in curves]) if curves else np.zeros(0, "<f8")
    y = np.concatenate([np.asarray(c.y, y_type) for c in curves]) if curves else np.zeros(0, y_type)
    offsets = np.concatenate([[0], np.cumsum([len(c.x) for c in curves])]).astype(int).tolist()
    cell, mean = np.asarray(cells or [], "<f8"), np.asarray([value for curve in curves for value in curve.means], "<f8")
    columns = {
        "x": {"dtype": "<f8", "offset": 0, "length": len(x)},
        "cell": {"dtype": "<f8", "offset": x.nbytes, "length": len(cell)},
        "mean": {"dtype": "<f8", "offset": x.nbytes + cell.nbytes, "length": len(mean)},
        "y": {"dtype": y_type, "offset": x.nbytes + cell.nbytes + mean.nbytes, "length": len(y)},
    }
    header = {
        "key": key,
        "x": x_axis,
        "revision": revision,
        "matched": len(curves) + hidden,
        "hidden": hidden,
        "columns": columns if cells else {name: columns[name] for name in ("x", "y")},
        "runs": [curve.header(number, offset) for number, (curve, offset) in enumerate(zip(curves, offsets, strict=False))],
    }
    text = json.dumps(header, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return b"LLF1" + len(text).to_bytes(4, "little") + text + b"".join(some.tobytes() for some in (x, cell, mean, y))
