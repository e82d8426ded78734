"""Metric points as they travel and wait: columns per set of keys ("groups"), wire v1. docs/wire.md describes the bytes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from kit.inflate import inflate
from tracking.columns.points import Floats, Ints, Points, arrangement_of
from tracking.limits import BATCH_RECORDS, STORED_BYTES_INFLATED


class GroupColumns(msgspec.Struct, array_like=True):
    """n rows of k keys: order int32 (n, or none when the rows are 0…n-1), steps and times int64 (n), values float64 (n x k)."""

    keys: list[str]
    order: memoryview
    steps: memoryview
    times: memoryview
    values: memoryview


class WaitingBody(msgspec.Struct):
    """What the fold reads of a stored batch; updates have been applied when it was accepted."""

    groups: list[GroupColumns]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch that is accepted and not folded."""

    writer: str
    seq: int
    codec: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Arrived:
    """New points of a series: those that win among themselves, in order, and those that do not."""

    winners: Points
    superseded: Points


@dataclass(frozen=True, slots=True)
class _Rows:
    writer: str
    steps: Ints
    times: Ints
    ranks: Ints
    values: Floats


_decoder = msgspec.msgpack.Decoder(WaitingBody)


def arrived(batches: Iterable[Waiting], keys: Collection[str] | None = None) -> dict[str, Arrived]:
    """key -> its points in these batches of one run; only of `keys` when they are given.

    Keys that were always logged together share their steps, times and order: these are worked out once.
    """
    alike: dict[tuple[str, ...], list[_Rows]] = {}
    for batch in batches:
        for group in _groups_of(batch):
            alike.setdefault(tuple(group.keys), []).append(_rows_of(group, batch))
    rows = list(alike.values())
    columns: dict[str, list[tuple[int, Floats]]] = {}
    for place, names in enumerate(alike):
        if keys is None:
            whole = np.concatenate([part.values for part in rows[place]]).T
            for key, column in zip(names, np.ascontiguousarray(whole), strict=True):
                columns.setdefault(key, []).append((place, column))
        else:
            for at in (at for at, key in enumerate(names) if key in keys):
                column = np.concatenate([part.values[:, at] for part in rows[place]])
                columns.setdefault(names[at], []).append((place, column))
    shared: dict[tuple[int, ...], _Shared] = {}
    found: dict[str, Arrived] = {}
    for key, parts in columns.items():
        members = tuple(place for place, _ in parts)
        axes = shared.get(members) or shared.setdefault(members, _Shared.of([row for place in members for row in rows[place]]))
        found[key] = axes.arrived(parts[0][1] if len(parts) == 1 else np.concatenate([column for _, column in parts]))
    return found


def outline_of(batches: Iterable[Waiting]) -> tuple[set[str], int | None, int]:
    """(keys, greatest step, values) of these batches of one run; no value is looked at."""
    keys: set[str] = set()
    ends: list[int] = []
    values = 0
    for batch in batches:
        for group in _groups_of(batch):
            keys.update(group.keys)
            ends.append(int(np.frombuffer(group.steps, dtype="<i8").max()))
            values += len(group.values) // 8
    return keys, max(ends, default=None), values


def _groups_of(batch: Waiting) -> list[GroupColumns]:
    return _decoder.decode(inflate(batch.body, batch.codec, STORED_BYTES_INFLATED)).groups


def _rows_of(group: GroupColumns, batch: Waiting) -> _Rows:
    steps = np.frombuffer(group.steps, dtype="<i8")
    order = np.frombuffer(group.order, dtype="<i4") if len(group.order) else np.arange(len(steps))
    return _Rows(
        writer=batch.writer,
        steps=steps,
        times=np.frombuffer(group.times, dtype="<i8"),
        ranks=batch.seq * BATCH_RECORDS + order.astype(np.int64),
        values=np.frombuffer(group.values, dtype="<f8").reshape(len(steps), len(group.keys)),
    )


@dataclass(frozen=True, slots=True)
class _Shared:
    """The columns that keys of the same groups have in common, arranged once."""

    winners: tuple[npt.NDArray[Any], ...]
    superseded: tuple[npt.NDArray[Any], ...]
    names: tuple[str, ...]
    arrangement: Any

    @classmethod
    def of(cls, rows: list[_Rows]) -> "_Shared":
        names = tuple(sorted({row.writer for row in rows}))
        steps = np.concatenate([row.steps for row in rows])
        times = np.concatenate([row.times for row in rows])
        ranks = np.concatenate([row.ranks for row in rows])
        writers = np.repeat(
            np.array([names.index(row.writer) for row in rows], dtype=np.uint32), [len(row.steps) for row in rows]
        )
        plan = arrangement_of(steps, writers, ranks)
        columns = (steps, times, ranks, writers)
        return cls(tuple(map(plan.winning, columns)), tuple(map(plan.superseded, columns)), names, plan)

    def arrived(self, values: Floats) -> Arrived:
        sides = (self.arrangement.winning(values), self.winners), (self.arrangement.superseded(values), self.superseded)
        winners, superseded = (
            Points(steps=steps, times=times, values=column, ranks=ranks, writers=writers, names=self.names)
            for column, (steps, times, ranks, writers) in sides
        )
        return Arrived(winners, superseded)
