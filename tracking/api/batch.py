"""Batches come in here."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.gate import gated
from accounts.roles import Permission
from tracking.api.body import raw_body
from tracking.api.refusals import REFUSALS, RefusalBody
from tracking.errors import UnsaidKind
from tracking.ingest.accept import accept_batch
from tracking.limits import BATCH_BYTES
from tracking.models import LoggedRun


class Rejected(serializers.Serializer):
    order = serializers.IntegerField(allow_null=True, help_text="position of the record in the batch")
    key = serializers.CharField(allow_null=True)
    reason = serializers.CharField()


class BatchAnswer(serializers.Serializer):
    points = serializers.IntegerField(help_text="points kept")
    rejected = Rejected(many=True, help_text="the first 100 of what was refused by itself")
    refused = serializers.IntegerField(help_text="how many values and updates were refused in all")


class Rows(serializers.Serializer):
    v = serializers.IntegerField(help_text="1")
    rows = serializers.ListField(child=serializers.ListField(), help_text="[[step, time_ms, {key: number}], …]")


@extend_schema(
    summary="Send a batch of records",
    description="The body is wire v1, see docs/wire.md; in JSON it has rows. 2xx means that the batch is committed. The same "
    "batch again is answered with 200 and the same words; another batch under the same name with 409. 429 when too much "
    "waits to be stored: send it again after Retry-After seconds.",
    parameters=[OpenApiParameter("Content-Encoding", str, OpenApiParameter.HEADER, enum=["gzip", "zstd"])],
    request={"application/msgpack": OpenApiTypes.BINARY, "application/json": Rows},
    responses={202: BatchAnswer, 200: BatchAnswer, **REFUSALS, 429: RefusalBody},
)
@api_view(["PUT"])
@gated(LoggedRun, Permission.RUN_LOG, only=("uid", "state", "metric_count"))
def batch(request: Request, run: LoggedRun, writer: str, seq: int) -> Response:
    codec = request.headers.get("content-encoding", "").strip().lower()
    body = raw_body(request, BATCH_BYTES)
    answer = accept_batch(run, writer, seq, codec="" if codec == "identity" else codec, body=body, is_json=_is_json(request))
    rejected = [{word: told[word] for word in ("order", "key", "reason")} for told in answer.rejected]
    words = {"points": answer.points, "rejected": rejected, "refused": answer.refused}
    return Response(words, status=202 if answer.is_new else 200)


def _is_json(request: Request) -> bool:
    """All else is MessagePack, but for the kind that curl says of a body when it was told none: that is nearly always JSON."""
    kind = request.content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        raise UnsaidKind("Say what the body is: -H 'Content-Type: application/json' or application/msgpack.")
    return kind == "application/json"
