"""Batches of wire v1 for tests, built from what a trainer would say. Written from docs/wire.md, not from the SDK's code."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

Row = tuple[int, int, dict[str, float]]
"""step, unix ms, {key: value}"""


def batch_of(rows: Sequence[Row] = (), updates: Sequence[tuple[int, str, dict[str, Any]]] = ()) -> bytes:
    """The uncompressed body: `rows` first, then `updates` (unix ms, kind, data), at consecutive positions."""
    groups: dict[tuple[str, ...], list[tuple[int, Row]]] = {}
    for order, row in enumerate(rows):
        groups.setdefault(tuple(row[2]), []).append((order, row))
    told = [[len(rows) + i, *update] for i, update in enumerate(updates)]
    return msgspec.msgpack.encode(
        {"v": 1, "groups": [group_of(keys, members) for keys, members in groups.items()], "updates": told}
    )


def group_of(keys: Sequence[str], members: Sequence[tuple[int, Row]]) -> list[Any]:
    return [
        list(keys),
        np.array([order for order, _ in members], dtype="<i4").tobytes(),
        np.array([row[0] for _, row in members], dtype="<i8").tobytes(),
        np.array([row[1] for _, row in members], dtype="<i8").tobytes(),
        np.array([list(row[2].values()) for _, row in members], dtype="<f8").tobytes(),
    ]


def line(key: str, values: Sequence[float], first_step: int = 0, every: int = 1) -> list[Row]:
    """One metric at regular steps, a second apart."""
    return [(first_step + i * every, 1_700_000_000_000 + 1000 * i, {key: value}) for i, value in enumerate(values)]
