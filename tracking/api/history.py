"""Exact history of a metric, for programs."""

import re
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, renderer_classes
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from accounts.gate import gated
from accounts.roles import Permission
from tracking.api.refusals import REFUSALS
from tracking.api.run_body import StrictText
from tracking.columns.place import Place
from tracking.errors import NoMetric
from tracking.limits import HISTORY_POINTS, INT64, KEY_LENGTH, WRITER_LENGTH
from tracking.models import Run
from tracking.queries.history import History, history_after, history_of
from tracking.queries.stretch import Range

PACKED = "application/msgpack"
# MessagePack's first bytes of a map of few words and of bytes of any length (the latter's length follows in 4 bytes).
_MAP, _BIN32 = 0x80, b"\xc6"
_PIECE = 1024 * 1024
_PLACE = re.compile(rf"(-?[0-9]{{1,19}})\.([0-9a-z]{{1,{WRITER_LENGTH}}})\.([0-9]{{1,19}})")


class MessagePackRenderer(BaseRenderer):
    """Lets a request ask for MessagePack; the view writes the bytes itself."""

    media_type = PACKED
    format = "msgpack"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return msgspec.msgpack.encode(data)


class HistoryOut(serializers.Serializer):
    key = serializers.CharField()
    steps = serializers.ListField(child=serializers.IntegerField())
    times = serializers.ListField(child=serializers.IntegerField(), help_text="unix ms")
    values = serializers.ListField(help_text="numbers, or NaN, Infinity, -Infinity as text")
    writers = serializers.ListField(child=serializers.CharField())
    superseded = serializers.ListField(
        child=serializers.IntegerField(), help_text="positions of values that a later one replaced"
    )
    next = serializers.IntegerField(allow_null=True, help_text="the step to ask from for what follows; null at the end")
    after = serializers.CharField(allow_null=True, help_text="where this page ends, for pages of `after`; null at the end")


class PlaceText(StrictText):
    """A place as we told it."""

    def to_internal_value(self, data: Any) -> Any:
        said = _PLACE.fullmatch(super().to_internal_value(data))
        if said is None or int(said[1]) not in INT64 or int(said[3]) not in INT64:
            raise serializers.ValidationError("Send the `after` of the page before, or nothing for the first one.")
        return Place(int(said[1]), said[2], int(said[3]))


class HistoryAsked(serializers.Serializer):
    key = StrictText(max_length=KEY_LENGTH, trim_whitespace=False, help_text="the metric")
    first = serializers.IntegerField(default=Range().first, min_value=Range().first, max_value=Range().last)
    last = serializers.IntegerField(default=Range().last, min_value=Range().first, max_value=Range().last)
    limit = serializers.IntegerField(
        default=HISTORY_POINTS,
        min_value=1,
        max_value=HISTORY_POINTS,
        help_text="points in one answer, about: it ends where a step does unless `after` is said",
    )
    after = PlaceText(required=False, allow_blank=True, help_text="go on behind the page that told this; nothing for the first")


@extend_schema(
    summary="Every point of a metric, bit by bit",
    description="By step and writer, from step `first` to `last`. When there is more than `limit`, `next` is to be asked for "
    "as `first` of the next page. Who asks for `after` from the first page on has `after` for the next one, and a page may end "
    "within a step. With Accept: application/msgpack the same map, with steps and times as int64 and values as float64 bytes, "
    "little-endian, and writers as uint32 bytes, positions in a list `names`.",
    parameters=[HistoryAsked],
    responses={(200, "application/json"): HistoryOut, (200, PACKED): OpenApiTypes.BINARY, **REFUSALS},
)
@api_view(["GET"])
@renderer_classes([JSONRenderer, MessagePackRenderer])
@gated(Run, Permission.RUN_VIEW)
def history(request: Request, run: Run) -> HttpResponseBase:
    asked = HistoryAsked(data=request.query_params)
    asked.is_valid(raise_exception=True)
    key, first, last, limit = (asked.validated_data[word] for word in ("key", "first", "last", "limit"))
    if "after" in asked.validated_data:
        found = history_after(run, key, asked.validated_data["after"] or None, Range(first, last), limit)
    else:
        found = history_of(run, key, Range(first, last), limit)
    if found is None:
        raise NoMetric(f"This run has no metric {key}.")
    if request.accepted_renderer.format == "msgpack":
        return _packed(_columns(key, found))
    return HttpResponse(msgspec.json.encode(_lists(key, found)), content_type="application/json")


def _packed(told: dict[str, Any]) -> StreamingHttpResponse:
    """The map as MessagePack, in pieces: a million points are not copied into one body."""
    parts: list[bytes | memoryview] = [bytes([_MAP | len(told)])]
    for word, value in told.items():
        parts.append(msgspec.msgpack.encode(word))
        if isinstance(value, memoryview):
            parts += [_BIN32, len(value).to_bytes(4, "big"), value]
        else:
            parts.append(msgspec.msgpack.encode(value))
    length = sum(map(len, parts))
    pieces = (part[start : start + _PIECE] for part in parts for start in range(0, len(part), _PIECE))
    return StreamingHttpResponse(pieces, content_type=PACKED, headers={"Content-Length": str(length)})


def _columns(key: str, found: History) -> dict[str, Any]:
    points = found.points
    return {
        "key": key,
        "steps": _bytes(points.steps, "<i8"),
        "times": _bytes(points.times, "<i8"),
        "values": _bytes(points.values, "<f8"),
        "names": points.names,
        "writers": _bytes(points.writers, "<u4"),
        "superseded": np.flatnonzero(found.superseded).tolist(),
        "next": found.next,
        "after": _text_of(found.after),
    }


def _text_of(place: Place | None) -> str | None:
    return None if place is None else f"{place.step}.{place.writer}.{place.rank}"


def _bytes(column: npt.NDArray[Any], dtype: str) -> memoryview:
    """The column's own memory: a million points are not copied to be sent."""
    return np.ascontiguousarray(column, dtype).view(np.uint8).data


def _lists(key: str, found: History) -> dict[str, Any]:
    """JSON has no word for NaN and the infinities: they are these texts."""
    points = found.points
    values: list[Any] = points.values.tolist()
    for i in np.flatnonzero(~np.isfinite(points.values)).tolist():
        values[i] = "NaN" if np.isnan(points.values[i]) else "Infinity" if points.values[i] > 0 else "-Infinity"
    return {
        "key": key,
        "steps": points.steps.tolist(),
        "times": points.times.tolist(),
        "values": values,
        "writers": [points.names[i] for i in points.writers.tolist()],
        "superseded": np.flatnonzero(found.superseded).tolist(),
        "next": found.next,
        "after": _text_of(found.after),
    }
