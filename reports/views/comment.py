"""Threads of a report or a run. Every verb works by HTMX, which gets the discussion back, and as plain POST."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import actor_behind
from accounts.gate import gated
from accounts.queries.team import role_in
from accounts.roles import Permission, permits
from kit.page import page
from reports.actions.comment import comment_on_report, comment_on_run, edit_comment, reopen, reply, resolve
from reports.errors import BadText, ThreadClosed
from reports.models import Comment, Report
from reports.queries.chart import charts_to_comment
from reports.queries.comment import discussion_of_report, discussion_of_run
from reports.queries.report import last_version
from reports.views.context import project_context, report_context, report_url


@require_safe
@gated(Report, Permission.COMMENT_VIEW)
def report_comments(request: HttpRequest, report: Report) -> HttpResponse:
    return _of_report(request, report)


@require_POST
@gated(Report, Permission.COMMENT_CREATE)
def report_comment_new(request: HttpRequest, report: Report) -> HttpResponse:
    words = {"body": request.POST.get("body", ""), "anchor": request.POST.get("anchor", "")}
    return _done(request, report, lambda: comment_on_report(by=actor_behind(request), report=report, **words))


@require_safe
@gated("tracking.Run", Permission.COMMENT_VIEW)
def run_comments(request: HttpRequest, run: Any) -> HttpResponse:
    return _of_run(request, run)


@require_POST
@gated("tracking.Run", Permission.COMMENT_CREATE)
def run_comment_new(request: HttpRequest, run: Any) -> HttpResponse:
    words = {"body": request.POST.get("body", ""), "anchor": request.POST.get("anchor", "")}
    return _done(request, run, lambda: comment_on_run(by=actor_behind(request), run=run, **words))


@require_POST
@gated(Comment, Permission.COMMENT_CREATE)
def comment_reply(request: HttpRequest, comment: Comment) -> HttpResponse:
    body = request.POST.get("body", "")
    return _done(request, _subject(comment), lambda: reply(by=actor_behind(request), comment=comment, body=body))


@require_POST
@gated(Comment, Permission.COMMENT_CREATE)
def comment_edit(request: HttpRequest, comment: Comment) -> HttpResponse:
    body = request.POST.get("body", "")
    return _done(request, _subject(comment), lambda: edit_comment(by=actor_behind(request), comment=comment, body=body))


@require_POST
@gated(Comment, Permission.COMMENT_RESOLVE)
def comment_resolve(request: HttpRequest, comment: Comment) -> HttpResponse:
    """`open=1` opens a resolved thread again."""
    verb = reopen if request.POST.get("open") == "1" else resolve
    return _done(request, _subject(comment), lambda: verb(by=actor_behind(request), comment=comment))


def _subject(comment: Comment) -> Any:
    return comment.report or comment.run


def _done(request: HttpRequest, subject: Any, verb: Callable[[], Comment]) -> HttpResponse:
    """Do it, and show the discussion as it is now; a refusal is shown above the words that were refused.

    About a report that is not published its writers alone speak: for all others it is not there yet.
    """
    if isinstance(subject, Report) and _is_hidden(request, subject):
        return page(request, "reports/report/unpublished.html", report_context(request, subject), status=409)
    refused, status = "", 200
    try:
        comment = verb()
    except (BadText, ThreadClosed) as error:
        refused, status = error.message, error.status
    show = _of_report if isinstance(subject, Report) else _of_run
    if refused or request.htmx:  # type: ignore[attr-defined]
        return show(request, subject, refused=refused, status=422 if refused else status)
    place = report_url(subject) if isinstance(subject, Report) else _run_url(subject)
    return redirect(f"{place}#comment-{comment.uid}")


def _is_hidden(request: HttpRequest, report: Report) -> bool:
    role = role_in(actor_behind(request), report.team) or ""
    return not permits(role, Permission.REPORT_EDIT) and last_version(report) is None


def _of_report(request: HttpRequest, report: Report, *, refused: str = "", status: int = 200) -> HttpResponse:
    context, version = report_context(request, report), last_version(report)
    if version is None and not context["can_edit"]:
        return page(request, "reports/report/unpublished.html", context)
    context |= {
        # The report's own title is the draft's, which readers do not know.
        "title": version.title if version else report.title,
        "discussion": discussion_of_report(report),
        "anchors": charts_to_comment(version),
        "refused": refused,
        "refused_body": request.POST.get("body", "") if refused else "",
    }
    return page(request, "reports/comment/of_report.html", context, part="discussion", status=status)


def _of_run(request: HttpRequest, run: Any, *, refused: str = "", status: int = 200) -> HttpResponse:
    context = project_context(request, run.project) | {
        "section": "runs",
        "run": run,
        "urls": {"comment": _run_url(run, "reports:run-comment-new"), "read": _run_url(run)},
        "discussion": discussion_of_run(run.pk),
        "refused": refused,
        "refused_body": request.POST.get("body", "") if refused else "",
    }
    return page(request, "reports/comment/of_run.html", context, part="discussion", status=status)


def _run_url(run: Any, name: str = "tracking:run-detail") -> str:
    return reverse(name, args=[run.project.team.slug, run.project.slug, run.uid])
