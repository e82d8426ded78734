"""Runs: begin, read, list, edit."""

from django.conf import settings
from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actor import actor_behind
from accounts.gate import fetch, gated, signed_in
from accounts.roles import Permission
from tracking.actions.project import project_to_log_in
from tracking.actions.run import edit_run, start_run
from tracking.actions.tag import set_tags
from tracking.api.refusals import REFUSALS
from tracking.api.run_body import RunBegun, RunChange, RunOut, RunPage, RunStartBody, run_begun, run_out
from tracking.models import Run
from tracking.queries.run_page import run_page


def _in_query(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.QUERY, description=description)


@extend_schema(
    methods=["POST"],
    summary="Begin a run, or find the one with this uid again",
    request=RunStartBody,
    responses={201: RunBegun, 200: RunBegun, **REFUSALS},
)
@extend_schema(
    methods=["GET"],
    operation_id="runs_list",  # spectacular would name it like the one for a single run
    summary="The newest runs, 50 at a time",
    parameters=[
        _in_query("project", "“team/project”, or “project” in the key's team"),
        _in_query("query", "as in the run list: tag:promising state:running"),
        _in_query("cursor", "`next` of the page before"),
    ],
    responses={200: RunPage, **REFUSALS},
)
@api_view(["GET", "POST"])
@signed_in
def runs(request: Request) -> Response:
    actor = actor_behind(request)
    if request.method == "GET":
        page = run_page(actor, **{word: request.query_params.get(word, "") for word in ("project", "query", "cursor")})
        return Response({"runs": [run_out(run) for run in page.runs], "next": page.next})
    body = RunStartBody(data=request.data)
    body.is_valid(raise_exception=True)
    project = project_to_log_in(by=actor, address=body.validated_data["project"])
    run, created = start_run(by=actor, project=project, start=body.start())
    return Response(run_begun(run), status=201 if created else 200, headers={"Location": settings.PUBLIC_URL + request.path})


@extend_schema(methods=["GET"], summary="One run", responses={200: RunOut, **REFUSALS})
@extend_schema(
    methods=["PATCH"], summary="Change what people write about a run", request=RunChange, responses={200: RunOut, **REFUSALS}
)
@api_view(["GET", "PATCH"])
@gated(Run, Permission.RUN_VIEW)
def run_detail(request: Request, run: Run) -> Response:
    if request.method == "PATCH":
        _change(request, run)
        run.refresh_from_db()
    return Response(run_out(run))


def _change(request: Request, run: Run) -> None:
    body = RunChange(data=request.data, partial=True)
    body.is_valid(raise_exception=True)
    changes = dict(body.validated_data)
    tags = changes.pop("tags", None)
    actor = actor_behind(request)
    # What each part of a change needs is asked before any part is made.
    if tags is not None:
        fetch(Run, Permission.RUN_TAG, actor, {"run": run.uid})
    if changes:
        fetch(Run, Permission.RUN_EDIT, actor, {"run": run.uid})
    with transaction.atomic():  # all of a change or nothing
        if changes:
            edit_run(by=actor, run=run, **changes)
        if tags is not None:
            set_tags(by=actor, run=run, names=tags)
