"""Versions: their list, one of them, its pinned frames, and the way back."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import actor_behind
from accounts.gate import gated
from accounts.roles import Permission
from kit.packed import packed
from kit.page import page
from reports.actions.version import restore_version
from reports.models import PinnedChart, Report, Version
from reports.queries.frame_table import frame_csv
from reports.queries.report import last_version
from reports.queries.set_aside import kept_aside
from reports.queries.version import pinned_chart, version_of, versions_of
from reports.views.context import report_context, report_url
from reports.views.reading import frozen_reading, live_reading, reading_context

YEAR = 31_536_000


@require_safe
@gated(Report, Permission.REPORT_VIEW)
def report_history(request: HttpRequest, report: Report) -> HttpResponse:
    context = report_context(request, report) | {"versions": list(versions_of(report))}
    if not context["can_edit"] and not context["versions"]:
        return page(request, "reports/report/unpublished.html", context)
    if context["can_edit"]:
        context["aside"] = list(kept_aside(report).defer("text"))
    return page(request, "reports/version/list.html", context)


@require_safe
@gated(Report, Permission.REPORT_VIEW)
def version_detail(request: HttpRequest, report: Report, number: int) -> HttpResponse:
    """One version as it was published; `?live=1` draws its text from the live data."""
    version = _version(report, number)
    reading = live_reading(report, version) if request.GET.get("live") == "1" else frozen_reading(report, version)
    context = reading_context(request, report, reading, last_version(report)) | {"this_version": True}
    return page(request, "reports/report/detail.html", context)


@require_POST
@gated(Report, Permission.REPORT_EDIT)
def version_restore(request: HttpRequest, report: Report, number: int) -> HttpResponse:
    """Its text becomes the draft; the draft is set aside. Publishing it makes a new version."""
    restore_version(by=actor_behind(request), version=_version(report, number))
    return redirect(report_url(report, "edit"))


@require_safe
@gated(Report, Permission.REPORT_VIEW)
def chart_frame(request: HttpRequest, report: Report, number: int, chart: str) -> HttpResponseBase:
    """The exact bytes that were pinned. They never change, so a browser may keep them; the gate is passed each time it asks."""
    pinned = _pinned(report, number, chart)
    etag = f'"{pinned.frame_id}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        body = bytes(pinned.frame.body)
        response = packed(request, HttpResponse(body, content_type="application/octet-stream", headers={"ETag": etag}))
    response.headers.setdefault("ETag", etag)
    response.headers["Cache-Control"] = f"private, max-age={YEAR}, immutable"
    return response


@require_safe
@gated(Report, Permission.REPORT_VIEW)
def chart_frame_csv(request: HttpRequest, report: Report, number: int, chart: str) -> HttpResponse:
    """The points that the pinned chart draws."""
    pinned = _pinned(report, number, chart)
    name = f"{report.uid}-v{number}-{pinned.chart}.csv"
    return HttpResponse(
        frame_csv(bytes(pinned.frame.body)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _version(report: Report, number: int) -> Version:
    version = version_of(report, number)
    if version is None:
        raise Http404("This version does not exist.")
    return version


def _pinned(report: Report, number: int, chart: str) -> PinnedChart:
    pinned = pinned_chart(_version(report, number), chart)
    if pinned is None:
        raise Http404("This version has no such chart.")
    return pinned
