"""Reports of a project: the list, a new one, and reading one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import actor_behind
from accounts.gate import gated
from accounts.models import Team
from accounts.queries.team import role_in
from accounts.roles import Permission, permits
from kit.page import page
from reports.actions.report import create_report
from reports.errors import BadText
from reports.forms.report import NewReportForm
from reports.models import Report
from reports.queries.metric import metrics_of
from reports.queries.project import busiest_project
from reports.queries.report import last_version, report_lines, reports_of_project, reports_of_team
from reports.rendering.starts import STARTS, query_of, start_text
from reports.views.context import project_context, report_context, report_url
from reports.views.reading import draft_reading, frozen_reading, live_reading, reading_context

RECENT = 6


@require_safe
@gated("tracking.Project", Permission.REPORT_VIEW)
def report_list(request: HttpRequest, project: Any) -> HttpResponse:
    context = project_context(request, project)
    context["reports"] = report_lines(reports_of_project(project), with_drafts=context["can_edit"])
    return page(request, "reports/report/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@gated("tracking.Project", Permission.REPORT_EDIT)
def report_new(request: HttpRequest, project: Any) -> HttpResponse:
    """GET: what to begin with. POST: the report, and on to its editor."""
    form = NewReportForm(request.POST or None, initial={"start": STARTS[0].name, "title": request.GET.get("title", "")})
    if request.method == "POST" and form.is_valid():
        start = form.cleaned_data["start"]
        source = start_text(start, form.cleaned_data["title"], metrics_of(project, query_of(start)))
        try:
            report = create_report(by=actor_behind(request), project=project, source=source)
            return redirect(report_url(report, "edit"))
        except BadText as error:
            form.add_error("title", error.message)
    context = project_context(request, project) | {"form": form, "starts": STARTS}
    return page(request, "reports/report/new.html", context, status=422 if form.errors else 200)


@require_safe
@gated(Report, Permission.REPORT_VIEW)
def report_detail(request: HttpRequest, report: Report) -> HttpResponse:
    """The last version with its pinned data; `?live=1` draws its text from the live data. Unpublished: the draft."""
    version = last_version(report)
    if version is None:
        context = report_context(request, report)
        if not context["can_edit"]:
            return page(request, "reports/report/unpublished.html", context)
        reading = draft_reading(report)
    elif request.GET.get("live") == "1":
        reading = live_reading(report, version)
    else:
        reading = frozen_reading(report, version)
    return page(request, "reports/report/detail.html", reading_context(request, report, reading, version))


@require_safe
@gated(Team, Permission.REPORT_VIEW)
def recent_reports(request: HttpRequest, team: Team) -> HttpResponse:
    """Part of the team's home."""
    role = role_in(actor_behind(request), team) or ""
    can_edit = permits(role, Permission.REPORT_EDIT)
    lines = report_lines(reports_of_team(team), with_drafts=can_edit, most=RECENT)
    context = {"reports": lines, "team": team, "with_project": True, "can_edit": can_edit}
    if not lines and can_edit:
        context["project"] = busiest_project(team)
    return page(request, "reports/report/recent.html", context)
