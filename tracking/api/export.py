"""A run or a project as a file, for programs."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view, content_negotiation_class
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from accounts.gate import gated
from accounts.roles import Permission
from kit.download import TYPES, download
from tracking.api.refusals import REFUSALS
from tracking.models import Project, Run
from tracking.queries.export_file import project_file, run_file

_ROWS = "Rows by run, key and step; of several values that one writer gave a step, the last. Made while it is sent."


class ByAddress(BaseContentNegotiation):
    """The address says what the file is, whatever `Accept` says; refusals are JSON."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


def _file(suffix: str, of: str) -> Callable[[Any], Any]:
    """The document's words for such an address."""
    media = TYPES[suffix].partition(";")[0]
    told: dict[Any, Any] = {(200, media): OpenApiTypes.BINARY if suffix == "parquet" else OpenApiTypes.STR, **REFUSALS}
    return extend_schema(summary=f"Every metric of a {of}, exact, as one {suffix} file", description=_ROWS, responses=told)


@_file("csv", "run")
@api_view(["GET"])
@content_negotiation_class(ByAddress)
@gated(Run, Permission.RUN_VIEW)
def run_history_csv(request: Request, run: Run) -> HttpResponseBase:
    return download(request, *run_file(run, "csv"))


@_file("parquet", "run")
@api_view(["GET"])
@content_negotiation_class(ByAddress)
@gated(Run, Permission.RUN_VIEW)
def run_history_parquet(request: Request, run: Run) -> HttpResponseBase:
    return download(request, *run_file(run, "parquet"))


@_file("csv", "project")
@api_view(["GET"])
@content_negotiation_class(ByAddress)
@gated(Project, Permission.RUN_VIEW)
def project_history_csv(request: Request, project: Project) -> HttpResponseBase:
    return download(request, *project_file(project, "csv"))


@_file("parquet", "project")
@api_view(["GET"])
@content_negotiation_class(ByAddress)
@gated(Project, Permission.RUN_VIEW)
def project_history_parquet(request: Request, project: Project) -> HttpResponseBase:
    return download(request, *project_file(project, "parquet"))
