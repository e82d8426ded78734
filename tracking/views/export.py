"""A run or a project as a file: every point that counts, exact."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.gate import gated
from accounts.roles import Permission
from kit.download import download
from tracking.models import Project, Run
from tracking.queries.export import project_parts, run_parts
from tracking.queries.points_csv import project_csv, run_csv
from tracking.queries.points_parquet import parquet


@require_safe
@gated(Run, Permission.RUN_VIEW)
def run_history_csv(request: HttpRequest, run: Run) -> HttpResponseBase:
    return download(request, run_csv(run), run.name, "csv")


@require_safe
@gated(Run, Permission.RUN_VIEW)
def run_history_parquet(request: HttpRequest, run: Run) -> HttpResponseBase:
    return download(request, parquet(run_parts(run)), run.name, "parquet")


@require_safe
@gated(Project, Permission.RUN_VIEW)
def project_history_csv(request: HttpRequest, project: Project) -> HttpResponseBase:
    return download(request, project_csv(project), project.slug, "csv")


@require_safe
@gated(Project, Permission.RUN_VIEW)
def project_history_parquet(request: HttpRequest, project: Project) -> HttpResponseBase:
    return download(request, parquet(project_parts(project)), project.slug, "parquet")
