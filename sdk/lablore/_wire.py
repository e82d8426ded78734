"""Frames of a spool as one batch of wire v1 (docs/wire.md): a pure function, so a batch sent twice is the same bytes.

Never change what `encode_batch` makes of given frames: a batch may be sent again after an update of the SDK, and the
server compares. `tests/wire/v1` holds it to that.
"""

import sys
from array import array
from typing import Any

import msgspec

from lablore._frames import decode

WIRE = 1
_encode = msgspec.msgpack.Encoder().encode


class _Group:
    """The records of one key set, column by column."""

    def __init__(self) -> None:
        self.order = array("i")
        self.steps = array("q")
        self.times = array("q")
        self.values = array("d")

    def columns(self, keys: tuple[str, ...], whole: bool) -> list[object]:
        """The group as the wire has it; `whole` when its rows are all records of the batch in order."""
        order = b"" if whole else _little(self.order)
        return [list(keys), order, _little(self.steps), _little(self.times), _little(self.values)]


def _little(column: "array[Any]") -> bytes:
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column.tobytes()


def encode_batch(payloads: list[bytes]) -> tuple[bytes, int]:
    """(the batch as MessagePack, its number of points) for the payloads of frames between two cuts."""
    groups: dict[tuple[str, ...], _Group] = {}
    updates: list[list[object]] = []
    points = 0
    for order, payload in enumerate(payloads):
        first, when, data = decode(payload)
        if isinstance(first, str):
            updates.append([order, when, first, data])
            continue
        keys = tuple(data)
        group = groups.get(keys)
        if group is None:
            group = groups[keys] = _Group()
        group.order.append(order)
        group.steps.append(first)
        group.times.append(when)
        group.values.extend(data.values())
        points += len(keys)
    whole = len(groups) == 1 and not updates
    columns = [group.columns(keys, whole) for keys, group in groups.items()]
    return _encode({"v": WIRE, "groups": columns, "updates": updates}), points
