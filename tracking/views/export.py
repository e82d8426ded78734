"""A run or a project as a file: every point that counts, exact."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.gate import gated
from accounts.roles import Permission
from kit.download import download
from tracking.models import Project, Run
from tracking.queries.export_file import project_file, run_file


@require_safe
@gated(Run, Permission.RUN_VIEW)
def run_history_csv(request: HttpRequest, run: Run) -> HttpResponseBase:
    return download(request, *run_file(run, "csv"))


@require_safe
@gated(Run, Permission.RUN_VIEW)
def run_history_parquet(request: HttpRequest, run: Run) -> HttpResponseBase:
    return download(request, *run_file(run, "parquet"))


@require_safe
@gated(Project, Permission.RUN_VIEW)
def project_history_csv(request: HttpRequest, project: Project) -> HttpResponseBase:
    return download(request, *project_file(project, "csv"))


@require_safe
@gated(Project, Permission.RUN_VIEW)
def project_history_parquet(request: HttpRequest, project: Project) -> HttpResponseBase:
    return download(request, *project_file(project, "parquet"))
