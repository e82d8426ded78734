"""A sign of life between batches."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.gate import gated
from accounts.roles import Permission
from tracking.api.refusals import REFUSALS
from tracking.enums import RunState
from tracking.ingest.pulse import note_life
from tracking.models import LoggedRun


class StateOut(serializers.Serializer):
    state = serializers.ChoiceField(choices=RunState.choices)


@extend_schema(summary="Say that a run lives", request=None, responses={200: StateOut, **REFUSALS})
@api_view(["POST"])
@gated(LoggedRun, Permission.RUN_LOG)
def heartbeat(request: Request, run: LoggedRun) -> Response:
    return Response({"state": note_life(run)})
