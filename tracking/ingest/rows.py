"""Rows: the form of a batch that people write by hand. Here they become the column groups that are stored (docs/wire.md).

Rows are decoded one by one: a bad one is refused by itself (promise D7), and never more than one of them is spread out in
memory, where a byte of MessagePack can become sixty.
"""

import math
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
import numpy as np

from kit.json_body import read_json
from kit.refusal import TooLarge
from tracking.columns.groups import GroupColumns
from tracking.ingest.keys import key_complaint
from tracking.ingest.rejections import Rejections, shown
from tracking.limits import BATCH_GROUPS, BATCH_KEYS, BATCH_POINTS, INT64, TIME_END

_NO_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_NOT_A_NUMBER = 'value is not a number, "NaN", "Infinity" or "-Infinity"'


class _Refused(Exception):
    """Why a row is not taken, and how many values it has."""

    def __init__(self, reason: str, count: int = 1) -> None:
        super().__init__(reason)
        self.count = count


class _Row(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    subject: int | str  # the step of metrics, or the kind of an update
    time: int
    data: msgspec.Raw


@dataclass(slots=True)
class _Columns:
    """The rows of one key set; `values` row by row."""

    order: "array[int]" = field(default_factory=lambda: array("i"))
    steps: "array[int]" = field(default_factory=lambda: array("q"))
    times: "array[int]" = field(default_factory=lambda: array("q"))
    values: "array[float]" = field(default_factory=lambda: array("d"))

    def packed(self, keys: tuple[str, ...]) -> GroupColumns:
        columns = zip((self.order, self.steps, self.times, self.values), ("<i4", "<i8", "<i8", "<f8"), strict=True)
        return GroupColumns(list(keys), *(memoryview(np.asarray(column, kind).tobytes()) for column, kind in columns))


_rows = msgspec.msgpack.Decoder(_Row)
_all_good = msgspec.msgpack.Decoder(Annotated[dict[str, float | str], msgspec.Meta(max_length=BATCH_KEYS)])
_one_by_one = msgspec.msgpack.Decoder(Annotated[dict[str, msgspec.Raw], msgspec.Meta(max_length=BATCH_KEYS)])
_values = msgspec.msgpack.Decoder(float | str)
_encoder = msgspec.msgpack.Encoder()


def packed_json(body: bytes) -> bytes:
    """A JSON body as MessagePack, so that both are read by the same code. Raises BrokenBody when it is no plain JSON."""
    return _encoder.encode(read_json(body))


class Grouping:
    """Takes rows in their order; `groups` and `updates` are what they become. `cells` counts values, refused ones too."""

    def __init__(self, rejections: Rejections) -> None:
        self.updates: list[msgspec.Raw] = []
        self.cells = 0
        self._rejections = rejections
        self._columns: dict[tuple[str, ...], _Columns] = {}
        self._complaints: dict[str, str] = {}

    def take(self, rows: list[msgspec.Raw]) -> None:
        """Raises TooLarge when the rows are more than a batch may hold."""
        for order, packed in enumerate(rows):
            try:
                self._take(order, packed)
            except _Refused as refused:
                self._rejections.add(order, None, str(refused), count=refused.count)

    @property
    def groups(self) -> list[GroupColumns]:
        return [columns.packed(keys) for keys, columns in self._columns.items()]

    def _take(self, order: int, packed: msgspec.Raw) -> None:
        row = _decoded(_rows.decode, packed)
        if isinstance(row.subject, str):
            self.updates.append(msgspec.Raw(_encoder.encode([order, row.time, row.subject, row.data])))
            return
        entries = _entries(row.data)
        self._count(entries)
        if row.subject not in INT64:
            raise _Refused("step is not a whole number of 64 bits", entries)
        if not 0 <= row.time < TIME_END:
            raise _Refused("time is not between 1970 and 9999, in ms", entries)
        values = self._acceptable(order, _values_of(row.data, entries))
        if values:
            keys = tuple(sorted(values))
            columns = self._columns_of(keys)
            columns.order.append(order)
            columns.steps.append(row.subject)
            columns.times.append(row.time)
            columns.values.extend([values[key] for key in keys])

    def _acceptable(self, order: int, found: dict[str, Any]) -> dict[str, float]:
        """The numbers among the values of a row whose keys are acceptable; the others are refused."""
        kept: dict[str, float] = {}
        for key, value in found.items():
            number: float | None = _NO_NUMBERS.get(value) if isinstance(value, str) else value
            complaint = self._complaint(key)
            if number is not None and not complaint:
                kept[key] = number
            else:
                self._rejections.add(order, shown(key), complaint or _NOT_A_NUMBER)
        return kept

    def _complaint(self, key: str) -> str:
        """As `key_complaint`, worked out once per key."""
        complaint = self._complaints.get(key)
        if complaint is None:
            complaint = self._complaints[key] = key_complaint(key)
            if len(self._complaints) > BATCH_KEYS:
                raise TooLarge(f"A batch has at most {BATCH_KEYS:,} different keys. Send smaller batches.", limit=BATCH_KEYS)
        return complaint

    def _columns_of(self, keys: tuple[str, ...]) -> _Columns:
        columns = self._columns.get(keys)
        if columns is None:
            if len(self._columns) == BATCH_GROUPS:
                message = f"A batch has at most {BATCH_GROUPS:,} different sets of keys. Send smaller batches."
                raise TooLarge(message, limit=BATCH_GROUPS)
            columns = self._columns[keys] = _Columns()
        return columns

    def _count(self, entries: int) -> None:
        self.cells += entries
        if self.cells > BATCH_POINTS:
            raise TooLarge(f"A batch has at most {BATCH_POINTS:,} points. Send smaller batches.", limit=BATCH_POINTS)


def _values_of(data: msgspec.Raw, entries: int) -> dict[str, Any]:
    """The row's values: floats and texts, None for what is neither. Of a key that MessagePack says twice a dict keeps one."""
    found: dict[str, Any]
    try:
        found = _all_good.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raw = _decoded(_one_by_one.decode, data, entries)
        found = {key: _value(packed) for key, packed in raw.items()}
    if len(found) != entries:
        raise _Refused("key stands twice in its record", entries)
    return found


def _value(packed: msgspec.Raw) -> Any:
    try:
        return _values.decode(packed)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _entries(data: msgspec.Raw) -> int:
    """How many values a MessagePack map has, as its first bytes say; the frame was read whole, so they are there."""
    head = bytes(memoryview(data)[:5])
    if head[0] & 0xF0 == 0x80:
        return head[0] & 0x0F
    if head[0] in {0xDE, 0xDF}:
        return int.from_bytes(head[1 : 3 if head[0] == 0xDE else 5], "big")
    raise _Refused("row is not [step, time_ms, {key: number}]")


def _decoded(decode: Callable[[Any], Any], packed: msgspec.Raw, count: int = 1) -> Any:
    try:
        return decode(packed)
    except msgspec.ValidationError as error:
        raise _Refused(f"row is not [step, time_ms, {{key: number}}]: {error}", count) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _Refused("row holds a text that is not UTF-8", count) from error
