"""The metrics of a run, summed up."""

import math
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.gate import gated
from accounts.roles import Permission
from tracking.api.refusals import REFUSALS
from tracking.models import Run
from tracking.queries.series import Summary, series_of

_FINITE = "of finite values; null when there is none"


class SeriesOut(serializers.Serializer):
    key = serializers.CharField()
    points = serializers.IntegerField()
    bad = serializers.IntegerField(help_text="NaN and infinities among the points")
    end_step = serializers.IntegerField()
    first = serializers.FloatField(allow_null=True, help_text=_FINITE)
    last = serializers.FloatField(allow_null=True, help_text=_FINITE)
    last_step = serializers.IntegerField(allow_null=True)
    min = serializers.FloatField(allow_null=True, help_text=_FINITE)
    min_step = serializers.IntegerField(allow_null=True)
    max = serializers.FloatField(allow_null=True, help_text=_FINITE)
    max_step = serializers.IntegerField(allow_null=True)
    mean = serializers.FloatField(allow_null=True, help_text=_FINITE)


class SeriesList(serializers.Serializer):
    series = SeriesOut(many=True)


@extend_schema(summary="The metrics of a run with their extremes", responses={200: SeriesList, **REFUSALS})
@api_view(["GET"])
@gated(Run, Permission.RUN_VIEW)
def run_series(request: Request, run: Run) -> Response:
    return Response({"series": [{"key": line.key, **_out(line.summary)} for line in series_of(run)]})


def _out(summary: Summary) -> dict[str, Any]:
    mean = summary.mean
    return {
        "points": summary.n,
        "bad": summary.bad,
        "end_step": summary.end_step,
        "first": summary.first,
        "last": summary.last,
        "last_step": summary.last_step,
        "min": summary.vmin,
        "min_step": summary.vmin_step,
        "max": summary.vmax,
        "max_step": summary.vmax_step,
        "mean": mean if mean is None or math.isfinite(mean) else None,  # the sum of finite values can be too large
    }
