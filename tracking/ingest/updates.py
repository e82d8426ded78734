"""Updates in a batch: config, summary, tags, rules, images, the end of the run. Each is taken or refused by itself."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from kit.text import CONTROL
from tracking.enums import ENDINGS, GOALS, READINGS, RunState
from tracking.ingest.png import png_size
from tracking.ingest.rejections import Rejections, shown
from tracking.limits import (
    BATCH_RECORDS,
    CAPTION_LENGTH,
    DOCUMENT_BYTES,
    DOCUMENT_VALUES,
    IMAGE_BYTES,
    INT64,
    KEY_LENGTH,
    NESTING,
    REASON_LENGTH,
    TAG_LENGTH,
    TAGS_PER_UPDATE,
    TIME_END,
    UPDATE_BYTES,
)

_INT32 = range(-(2**31), 2**31)
_COUNT = range(2**32)


class _Refused(Exception):
    """Why an update is not taken."""


@dataclass(slots=True)
class _Room:
    """How many more bytes and values the documents of a batch may have. Bytes of refused ones count: they cost as much time."""

    size: int = DOCUMENT_BYTES
    values: int = DOCUMENT_VALUES

    def take(self, values: int) -> None:
        self.values -= values
        if self.values < 0:
            raise _Refused(f"the batch's configs, summaries and tags hold more than {DOCUMENT_VALUES:,} values")


# Nothing unknown is skipped, as in wire.py: a field that a later wire may bring is refused here, not lost unsaid.
class _Update(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    order: int
    time: int
    kind: str
    data: msgspec.Raw


class _Picture(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    step: int
    png: bytes
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class UpdateRecord:
    order: int
    time: int
    kind: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ImageRecord:
    order: int
    time: int
    key: str
    step: int
    caption: str
    png: bytes
    width: int
    height: int


_updates = msgspec.msgpack.Decoder(_Update)
_pictures = msgspec.msgpack.Decoder(_Picture)


def read_updates(raw: list[msgspec.Raw], rejections: Rejections) -> tuple[list[UpdateRecord], list[ImageRecord], list[int]]:
    """(updates, images, times of both in unix ms)."""
    updates: list[UpdateRecord] = []
    images: list[ImageRecord] = []
    seen: set[int] = set()
    room = _Room()
    for packed in raw:
        order: int | None = None
        before = room.values
        try:
            update = _head(packed)
            if update.order in seen:
                raise _Refused("its position in the batch is used twice")
            order = update.order
            seen.add(order)
            if not 0 <= update.time < TIME_END:
                raise _Refused("time is not between 1970 and 9999, in ms")
            if update.kind == "image":
                images.append(_image(update))
            else:
                updates.append(_read(update, room))
        except _Refused as refused:
            room.values = before
            rejections.add(order, None, str(refused))
    return updates, images, [update.time for update in updates] + [image.time for image in images]


def _head(packed: msgspec.Raw) -> _Update:
    if len(bytes(packed)) > IMAGE_BYTES + UPDATE_BYTES:
        raise _Refused(f"update is larger than {(IMAGE_BYTES + UPDATE_BYTES) >> 10} KiB")
    update: _Update = _decoded(_updates.decode, packed)
    if not 0 <= update.order < BATCH_RECORDS:
        raise _Refused(f"position is not between 0 and {BATCH_RECORDS - 1}")
    return update


def _read(update: _Update, room: _Room) -> UpdateRecord:
    read = _KINDS.get(update.kind)
    if read is None and update.kind not in _DOCUMENTS:
        raise _Refused(f"kind {shown(update.kind)!r} is not known")
    if len(bytes(update.data)) > UPDATE_BYTES:
        raise _Refused(f"{update.kind} is larger than {UPDATE_BYTES >> 10} KiB")
    if read is None:
        room.size -= len(bytes(update.data))
        if room.size < 0:
            raise _Refused(f"the batch's configs and summaries are larger than {DOCUMENT_BYTES >> 20} MiB together")
    data = _decoded(msgspec.msgpack.decode, update.data)
    if not isinstance(data, dict):
        raise _Refused(f"{update.kind} is not a map")
    found = _storable(data, room) if read is None else read(_of_fields(update.kind, data))
    if update.kind == "tags":
        room.take(len(found["add"]) + len(found["remove"]))
    return UpdateRecord(update.order, update.time, update.kind, found)


def _of_fields(kind: str, data: dict[Any, Any]) -> dict[Any, Any]:
    unknown = [str(name) for name in data if name not in _FIELDS[kind]]
    if unknown:
        raise _Refused(f"{kind} has a field “{shown(unknown[0])}”, which wire v1 does not know")
    return data


def _decoded(decode: Callable[[Any], Any], packed: msgspec.Raw) -> Any:
    try:
        return decode(packed)
    except msgspec.ValidationError as error:
        raise _Refused(f"update has another form than wire v1: {error}") from error
    except (msgspec.DecodeError, ValueError, TypeError) as error:
        raise _Refused("update cannot be decoded") from error
    except RecursionError as error:
        raise _Refused(f"update is nested deeper than {NESTING}") from error


def _storable(value: Any, room: _Room, depth: int = 1) -> Any:
    """The value as JSON that PostgreSQL keeps. NaN and infinities, which JSON lacks, become the words for them."""
    room.take(1)
    if depth > NESTING:
        raise _Refused(f"nested deeper than {NESTING}")
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, list):
        return [_storable(item, room, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_key(key): _storable(item, room, depth + 1) for key, item in value.items()}
    raise _Refused(f"holds a {type(value).__name__}; only text, numbers, true, false, null, lists and maps are kept")


def _text(value: str) -> str:
    if "\0" in value:
        raise _Refused("holds a text with a NUL character")
    return value


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise _Refused("a map has a key that is not text")
    return _text(key)


def _tags(data: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for verb in ("add", "remove"):
        names = data.get(verb, [])
        if not isinstance(names, list) or len(names) > TAGS_PER_UPDATE:
            raise _Refused(f"tags.{verb} is not a list of at most {TAGS_PER_UPDATE}")
        for name in names:
            if not isinstance(name, str) or not 0 < len(name.strip()) <= TAG_LENGTH or CONTROL.search(name):
                raise _Refused(f"a tag is not 1 to {TAG_LENGTH} characters on one line")
        found[verb] = [name.strip() for name in names]
    return found


def _finish(data: dict[str, Any]) -> dict[str, Any]:
    """A run that says it finished but ended with another exit code than 0 failed (promise D9)."""
    state, exit_code = data.get("state"), data.get("exit_code")
    if state not in ENDINGS:
        raise _Refused(f"state is not one of {', '.join(sorted(ENDINGS))}")
    if exit_code is not None and (isinstance(exit_code, bool) or not isinstance(exit_code, int) or exit_code not in _INT32):
        raise _Refused("exit_code is not a whole number of 32 bits")
    if state == RunState.FINISHED and exit_code not in {None, 0}:
        state = RunState.FAILED
    return {"state": str(state), "exit_code": exit_code, "reason": _line(data.get("reason"), REASON_LENGTH) or None}


def _lost(data: dict[str, Any]) -> dict[str, Any]:
    count = data.get("count")
    if isinstance(count, bool) or not isinstance(count, int) or count not in _COUNT:
        raise _Refused("count is not a whole number from 0")
    return {"count": count, "reason": _line(data.get("reason"), REASON_LENGTH)}


def _metric(data: dict[str, Any]) -> dict[str, Any]:
    """A rule for the metrics of one name, or of all that begin as it does before its `*`."""
    if not _is_key(data.get("key")):
        raise _Refused(f"metric key is not 1 to {KEY_LENGTH} characters without control characters")
    for word, choices in (("goal", GOALS), ("summary", READINGS)):
        if data.get(word) is not None and data[word] not in choices:
            raise _Refused(f"metric {word} is not one of {', '.join(choices)}")
    if data.get("step_metric") is not None and not _is_key(data["step_metric"]):
        raise _Refused(f"metric step_metric is not 1 to {KEY_LENGTH} characters without control characters")
    return {word: data.get(word) for word in _FIELDS["metric"]}


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= KEY_LENGTH and CONTROL.search(value) is None


def _line(value: Any, length: int) -> str:
    """A text for people, cut to length; what cannot be printed is left out rather than refusing the record."""
    return CONTROL.sub(" ", value)[:length].strip() if isinstance(value, str) else ""


def _image(update: _Update) -> ImageRecord:
    picture: _Picture = _decoded(_pictures.decode, update.data)
    if not _is_key(picture.key):
        raise _Refused(f"image key is not 1 to {KEY_LENGTH} characters without control characters")
    if picture.step not in INT64:
        raise _Refused("image step is not a whole number of 64 bits")
    if len(picture.png) > IMAGE_BYTES:
        raise _Refused(f"image is larger than {IMAGE_BYTES >> 20} MiB")
    size = png_size(picture.png)
    if size is None:
        raise _Refused("image is not a complete PNG")
    caption = _line(picture.caption, CAPTION_LENGTH)
    return ImageRecord(update.order, update.time, picture.key, picture.step, caption, picture.png, *size)


_DOCUMENTS = {"config", "summary"}
_KINDS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "tags": _tags,
    "finish": _finish,
    "lost": _lost,
    "metric": _metric,
}
_FIELDS = {
    "tags": ("add", "remove"),
    "finish": ("state", "exit_code", "reason"),
    "lost": ("count", "reason"),
    "metric": ("key", "goal", "summary", "step_metric"),
}
