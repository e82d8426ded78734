"""Reading a batch from the wire: what is acceptable, what is refused record by record, what breaks the whole (docs/wire.md)."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt
import zstandard

from kit.inflate import inflate
from kit.json_body import BODY_BYTES
from kit.refusal import TooLarge
from tracking.columns.groups import GroupColumns
from tracking.errors import BrokenBatch, UnacceptableBatch
from tracking.ingest.keys import are_acceptable, key_complaint
from tracking.ingest.rejections import Rejections, shown
from tracking.ingest.rows import Grouping, packed_json
from tracking.ingest.updates import ImageRecord, UpdateRecord, read_updates
from tracking.limits import (
    BATCH_BYTES_INFLATED,
    BATCH_GROUPS,
    BATCH_KEYS,
    BATCH_POINTS,
    BATCH_RECORDS,
    BATCH_ROWS,
    KEY_LENGTH,
    RUN_KEYS,
    TIME_END,
)

VERSION = 1
K = TypeVar("K")
Known = Callable[[Collection[str]], Collection[str]]


# Nothing unknown is skipped: what nests deeply there could be read here and not by a worker, whose stack is another.
class _Frame(msgspec.Struct, forbid_unknown_fields=True):
    v: int
    groups: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=BATCH_GROUPS)] = []
    updates: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=BATCH_GROUPS)] = []
    rows: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=BATCH_ROWS)] | None = None


class _Group(msgspec.Struct, Generic[K], array_like=True, forbid_unknown_fields=True):
    keys: Annotated[list[K], msgspec.Meta(max_length=BATCH_KEYS)]
    order: memoryview
    steps: memoryview
    times: memoryview
    values: memoryview


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """An acceptable batch. `body` in `codec` holds its acceptable groups; it is empty when there are no points."""

    digest: bytes  # sha256[:16] of the inflated body
    points: int
    codec: str
    body: bytes
    last_time: int | None  # unix ms of its latest record
    updates: list[UpdateRecord]
    images: list[ImageRecord]
    rejections: Rejections


_frames = msgspec.msgpack.Decoder(_Frame)
_groups = msgspec.msgpack.Decoder(_Group[str])
_groups_of_anything = msgspec.msgpack.Decoder(_Group[msgspec.Raw])
_texts = msgspec.msgpack.Decoder(str)
_encoder = msgspec.msgpack.Encoder()


def read_batch(body: bytes, codec: str, *, is_json: bool = False, known: Known | None = None) -> ReadBatch:
    """Raises a Refusal (here or in kit) when the batch as a whole cannot be taken.

    `known`, for a run that may have no further metrics: which of these names it has.
    """
    plain = inflate(body, codec, BODY_BYTES if is_json else BATCH_BYTES_INFLATED)
    frame = _decoded(_frames, packed_json(plain) if is_json else plain, "The batch")
    if frame.v != VERSION:
        raise UnacceptableBatch(f"This server reads wire version {VERSION}, not {frame.v}. Update the server, or the SDK.")
    rejections = Rejections()
    groups, raw_updates = _read_rows(frame, rejections) if frame.rows is not None else _read_columns(frame, rejections)
    if known is not None:
        groups = _of_known(groups, known({key for group in groups for key in group.keys}), rejections)
    points = sum(len(group.values) // 8 for group in groups)
    updates, images, update_times = read_updates(raw_updates, rejections)
    if points and (rejections.total or raw_updates or frame.rows is not None):
        codec, body = "zstd", zstandard.ZstdCompressor(level=1).compress(_encoder.encode({"v": VERSION, "groups": groups}))
    times = [*update_times, *(int(np.frombuffer(group.times, "<i8").max()) for group in groups)]
    return ReadBatch(
        digest=hashlib.sha256(plain).digest()[:16],
        points=points,
        codec=codec if points else "",
        body=body if points else b"",
        last_time=max(times, default=None),
        updates=updates,
        images=images,
        rejections=rejections,
    )


def _of_known(groups: list[GroupColumns], known: Collection[str], rejections: Rejections) -> list[GroupColumns]:
    """The groups without the columns of names that are not known."""
    reason = f"the run has {RUN_KEYS:,} metrics, which is the most; log under fewer names"
    kept = []
    for group in groups:
        columns = [i for i, key in enumerate(group.keys) if key in known]
        rows = len(group.steps) // 8
        order = int(np.frombuffer(group.order, dtype="<i4")[0]) if len(group.order) else 0
        for key in (key for key in group.keys if key not in known):
            rejections.add(order, shown(key), reason, count=rows)
        if columns:
            values = np.frombuffer(group.values, dtype="<f8").reshape(rows, len(group.keys))[:, columns]
            names = [group.keys[i] for i in columns]
            kept.append(GroupColumns(names, group.order, group.steps, group.times, _bytes(values)))
    return kept


def _read_rows(frame: _Frame, rejections: Rejections) -> tuple[list[GroupColumns], list[msgspec.Raw]]:
    if frame.groups or frame.updates:
        raise BrokenBatch("A batch has either rows, or groups and updates. Send two batches.")
    grouping = Grouping(rejections)
    grouping.take(frame.rows or [])
    return grouping.groups, grouping.updates


def _read_columns(frame: _Frame, rejections: Rejections) -> tuple[list[GroupColumns], list[msgspec.Raw]]:
    groups, orders = _read_groups(frame.groups, rejections)
    _each_position_once(orders)
    return groups, frame.updates


def _read_groups(raw: list[msgspec.Raw], rejections: Rejections) -> tuple[list[GroupColumns], list[npt.NDArray[Any]]]:
    groups: list[GroupColumns] = []
    orders: list[npt.NDArray[Any]] = []
    keys: set[str] = set()
    cells = 0
    for number, packed in enumerate(raw):
        group = _group(packed, f"Group {number}")
        order = _order_of(group, f"Group {number}")
        orders.append(order)
        cells += len(order) * len(group.keys)
        if cells > BATCH_POINTS:
            raise TooLarge(f"A batch has at most {BATCH_POINTS:,} points. Send smaller batches.", limit=BATCH_POINTS)
        kept = _acceptable(group, order, rejections)
        if kept is not None:
            groups.append(kept)
            keys.update(kept.keys)
    if len(keys) > BATCH_KEYS:
        raise TooLarge(f"A batch has at most {BATCH_KEYS:,} different keys. Send smaller batches.", limit=BATCH_KEYS)
    return groups, orders


def _group(packed: msgspec.Raw, name: str) -> _Group[Any]:
    """Its keys are texts; packed where they are not all texts, so that each is refused by itself."""
    try:
        return _groups.decode(packed)
    except (msgspec.DecodeError, UnicodeDecodeError):
        found: _Group[Any] = _decoded(_groups_of_anything, packed, name)
        return found


def _order_of(group: _Group[Any], name: str) -> npt.NDArray[Any]:
    """The positions of the group's rows, once its columns are known to fit together."""
    n, rest = divmod(len(group.steps), 8)
    if rest or not n:
        raise BrokenBatch(f"{name}: steps are int64, one or more.")
    if len(group.times) != 8 * n or len(group.values) != 8 * n * len(group.keys) or len(group.order) not in {0, 4 * n}:
        raise BrokenBatch(
            f"{name}: {n} steps need {8 * n} bytes of times, {8 * n * len(group.keys)} of values and 0 or {4 * n} of order."
        )
    order = np.frombuffer(group.order, dtype="<i4") if len(group.order) else np.arange(n, dtype=np.int32)
    if order.min() < 0 or order.max() >= BATCH_RECORDS:
        raise BrokenBatch(f"{name}: positions in a batch go from 0 to {BATCH_RECORDS - 1}.")
    return order


def _each_position_once(orders: list[npt.NDArray[Any]]) -> None:
    if not orders:
        return
    counts = np.bincount(np.concatenate(orders))
    if counts.max() > 1:
        raise BrokenBatch(f"Position {int(counts.argmax())} of the batch is used by two rows.")


def _acceptable(group: _Group[Any], order: npt.NDArray[Any], rejections: Rejections) -> GroupColumns | None:
    """The group without the keys and rows that are refused; None when nothing is left."""
    keys = _keys_of(group, order, rejections)
    times = np.frombuffer(group.times, dtype="<i8")
    in_time = (times >= 0) & (times < TIME_END)
    rows = None if in_time.all() else in_time
    columns = [i for i, key in enumerate(keys) if key is not None]
    kept = [key for key in keys if key is not None]
    if rows is not None:
        for position in order[~in_time].tolist():
            rejections.add(position, None, "time is not between 1970 and 9999, in ms", count=len(kept))
    if rows is None and len(kept) == len(keys):
        return GroupColumns(kept, group.order, group.steps, group.times, group.values)
    chosen = slice(None) if rows is None else rows
    if not kept or not in_time.any():
        return None
    values = np.frombuffer(group.values, dtype="<f8").reshape(len(order), len(keys))
    return GroupColumns(
        keys=kept,
        order=_bytes(order[chosen].astype("<i4")),
        steps=_bytes(np.frombuffer(group.steps, dtype="<i8")[chosen]),
        times=_bytes(times[chosen]),
        values=_bytes(values[chosen][:, columns]),
    )


def _keys_of(group: _Group[Any], order: npt.NDArray[Any], rejections: Rejections) -> list[str | None]:
    """The group's keys; None for one whose column is refused."""
    if group.keys and isinstance(group.keys[0], str) and are_acceptable(group.keys):
        return group.keys
    keys: list[str | None] = []
    met: set[str] = set()
    for packed in group.keys:
        key, reason = _key(packed)
        if not reason and key in met:
            reason = "key stands twice in its record"
        if reason:
            rejections.add(int(order[0]), shown(key), reason, count=len(order))
        else:
            met.add(key)
        keys.append(None if reason else key)
    return keys


def _key(packed: str | msgspec.Raw) -> tuple[str, str]:
    """(key, "") or (what can be shown of it, why it is refused)."""
    if isinstance(packed, str):
        return packed, key_complaint(packed)
    try:
        key = _texts.decode(packed)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return bytes(packed)[:KEY_LENGTH].decode("utf-8", "backslashreplace"), "key is not UTF-8 text"
    return key, key_complaint(key)


def _bytes(column: npt.NDArray[Any]) -> memoryview:
    return memoryview(np.ascontiguousarray(column).tobytes())


def _decoded(decoder: msgspec.msgpack.Decoder[Any], packed: bytes | msgspec.Raw, name: str) -> Any:
    try:
        return decoder.decode(packed)
    except msgspec.ValidationError as error:
        raise BrokenBatch(f"{name} is not wire v1: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenBatch(f"{name} is not MessagePack: {error}.") from error
    except RecursionError as error:
        raise BrokenBatch(f"{name} is nested too deeply.") from error
