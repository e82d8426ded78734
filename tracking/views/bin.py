"""Deleting runs: the question before it, the bin, the way back, and the end. All of it works without JavaScript."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import actor_behind
from accounts.gate import gated
from accounts.roles import Permission
from kit.page import page
from tracking.actions.bin import bin_run, condemn_run, restore_run
from tracking.limits import BIN_DAYS
from tracking.models import BinnedRun, Project, Run
from tracking.queries.bin import bin_of
from tracking.views.rights import rights_in


@require_safe
@gated(Project, Permission.RUN_DELETE)
def bin_list(request: HttpRequest, project: Project) -> HttpResponse:
    return page(request, "tracking/bin/list.html", _frame(request, project) | {"bin": bin_of(project)})


@require_http_methods(["GET", "HEAD", "POST"])
@gated(Run, Permission.RUN_DELETE)
def run_delete(request: HttpRequest, run: Run) -> HttpResponse:
    """What will happen (GET); into the bin, and to the list, which offers to take it back (POST)."""
    if request.method == "POST":
        bin_run(by=actor_behind(request), run=run)
        runs = reverse("tracking:run-list", args=[run.team.slug, run.project.slug])
        return redirect(f"{runs}?{urlencode({'deleted': run.uid})}")
    until = timezone.now() + timedelta(days=BIN_DAYS)
    return page(request, "tracking/run/delete.html", _frame(request, run.project) | {"run": run, "until": until})


@require_POST
@gated(BinnedRun, Permission.RUN_DELETE)
def run_restore(request: HttpRequest, run: Run) -> HttpResponse:
    restore_run(by=actor_behind(request), run=run)
    return redirect("tracking:run-detail", run.team.slug, run.project.slug, run.uid)


@require_http_methods(["GET", "HEAD", "POST"])
@gated(BinnedRun, Permission.RUN_DELETE)
def run_purge(request: HttpRequest, run: Run) -> HttpResponse:
    """What will happen (GET); the end of it (POST)."""
    if request.method == "POST":
        condemn_run(by=actor_behind(request), run=run)
        return redirect("tracking:bin", run.team.slug, run.project.slug)
    return page(request, "tracking/bin/purge.html", _frame(request, run.project) | {"run": run})


def _frame(request: HttpRequest, project: Project) -> dict[str, Any]:
    return {"team": project.team, "project": project, "section": "runs", "days": BIN_DAYS, **rights_in(request, project.team)}
