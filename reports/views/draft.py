"""Writing: edit, preview, save, publish. Everything works as plain POST; scripts only make it quicker."""

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actor import actor_behind
from accounts.gate import gated
from accounts.roles import Permission
from kit.page import page
from kit.refusal import error_body
from reports.actions.report import save_draft, take_back_draft
from reports.actions.version import publish_report
from reports.errors import BadText, DraftConflict, Unpublishable
from reports.forms.report import DraftForm, PublishForm
from reports.models import Report
from reports.queries.chart import charts_to_comment
from reports.queries.comment import discussion_of_report
from reports.queries.metric import groupings_of, metrics_of
from reports.queries.report import last_version
from reports.queries.set_aside import lately_aside
from reports.rendering.drawable import undrawn
from reports.rendering.figure import live_figure
from reports.rendering.markdown import render
from reports.rendering.page import html_of, plain_words
from reports.rendering.resolver import LiveResolver
from reports.views.context import report_context, report_url


@require_http_methods(["GET", "HEAD", "POST"])
@gated(Report, Permission.REPORT_EDIT)
def report_edit(request: HttpRequest, report: Report) -> HttpResponseBase:
    """GET: the editor. POST: save the draft; `Accept: application/json`, the editor's own saving, gets JSON."""
    if request.method != "POST":
        return _editor(request, report, report.draft, report.draft_revision)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return _refused(request, report, form)
    source, base = form.cleaned_data["source"], form.cleaned_data["base"]
    try:
        saved = save_draft(by=actor_behind(request), report=report, source=source, base=base, over=form.cleaned_data["over"])
    except DraftConflict as conflict:
        return _conflict(request, report, conflict)
    except BadText as error:
        form.add_error("source", error.message)
        return _refused(request, report, form)
    if _wants_json(request):
        return JsonResponse({"revision": saved.draft_revision, "source": saved.draft, "sent": source})
    return redirect(report_url(saved, "edit"))


@require_POST
@gated(Report, Permission.REPORT_EDIT)
def report_preview(request: HttpRequest, report: Report) -> HttpResponse:
    """The text as it would be read, not saved. A part for HTMX; else the whole editor with the same unsaved text in it."""
    form = DraftForm(request.POST)
    form.is_valid()
    source, base = form.cleaned_data.get("source", ""), form.cleaned_data.get("base", report.draft_revision)
    return _editor(request, report, source, base, errors=[str(error) for error in form.errors.get("source", [])])


@require_POST
@gated(Report, Permission.REPORT_PUBLISH)
def report_publish(request: HttpRequest, report: Report) -> HttpResponseBase:
    """Save what the editor holds, then make it a version."""
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _refused(request, report, form)
    words, actor = form.cleaned_data, actor_behind(request)
    try:
        saved = save_draft(by=actor, report=report, source=words["source"], base=words["base"])
        publish_report(by=actor, report=saved, base=saved.draft_revision, message=words["message"])
    except DraftConflict as conflict:
        conflict.mine = conflict.mine or words["source"]
        return _conflict(request, report, conflict)
    except Unpublishable as error:
        return _editor(request, saved, saved.draft, saved.draft_revision, problems=error.problems, status=422)
    except BadText as error:
        form.add_error("source", error.message)
        return _refused(request, report, form)
    return redirect(report_url(saved))


@require_POST
@gated(Report, Permission.REPORT_EDIT)
def report_take_back(request: HttpRequest, report: Report) -> HttpResponse:
    """A draft that was set aside, the last or the `number`th, becomes the draft again; the one of now is set aside."""
    asked = request.POST.get("number", "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) <= 9):
        raise Http404("No draft of this number was set aside.")
    take_back_draft(by=actor_behind(request), report=report, number=int(asked) if asked else None)
    return redirect(report_url(report, "edit"))


def _editor(  # noqa: PLR0913  one page with all that may be wrong with it
    request: HttpRequest,
    report: Report,
    source: str,
    base: int,
    *,
    errors: list[str] | None = None,
    problems: list[tuple[str, int]] | None = None,
    status: int = 200,
) -> HttpResponse:
    resolver = LiveResolver(report.project)
    drawn = render(source, resolver)
    missing = undrawn(drawn.charts, resolver)
    context, version = report_context(request, report), last_version(report)
    context |= {
        "source": source,
        "base": base,
        "drawn": drawn,
        "lede": html_of(drawn.lede, _figure_of(report), context["urls"]["edit"], missing),
        "body": html_of(drawn.parts, _figure_of(report), context["urls"]["edit"], missing),
        "charts": drawn.charts,
        "metrics": partial(metrics_of, report.project),  # read by the whole page only, not by each preview
        "groupings": partial(groupings_of, report.project),
        "undrawn": missing,
        "version": version,
        "aside": lately_aside(report, version),
        "discussion": discussion_of_report(report),
        "anchors": charts_to_comment(version),
        "errors": errors,
        "problems": [(plain_words(words), line) for words, line in problems or []],
        "line": request.GET.get("line", ""),
    }
    return page(request, "reports/report/edit.html", context, part="preview", status=status)


def _figure_of(report: Report) -> Any:
    return lambda chart: live_figure(chart, report.project)


def _conflict(request: HttpRequest, report: Report, conflict: DraftConflict) -> HttpResponseBase:
    """Both texts; nothing was changed."""
    if _wants_json(request):
        return JsonResponse(error_body(conflict.code, conflict.message), status=conflict.status)
    context = report_context(request, report) | {"conflict": conflict}
    return page(request, "reports/report/conflict.html", context, status=conflict.status)


def _refused(request: HttpRequest, report: Report, form: DraftForm) -> HttpResponseBase:
    errors = [str(error) for field in form.errors.values() for error in field]
    if _wants_json(request):
        return JsonResponse(error_body(BadText.code, " ".join(errors)), status=BadText.status)
    source = form.cleaned_data.get("source") or form.data.get("source", "")
    base = form.cleaned_data.get("base", report.draft_revision)
    return _editor(request, report, source, base, errors=errors, status=422)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"
