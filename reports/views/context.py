"""What every page of a report is given."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.actor import actor_behind
from accounts.queries.team import role_in
from accounts.roles import Permission, permits
from reports.models import Report
from reports.queries.project import counts_of
from tracking.queries.pulse import project_revision


def project_context(request: HttpRequest, project: Any) -> dict[str, Any]:
    """Place, counts of the bar, and what this person may do here; templates ask nobody else."""
    role = role_in(actor_behind(request), project.team) or ""
    can_edit = permits(role, Permission.REPORT_EDIT)
    return {
        "team": project.team,
        "project": project,
        "section": "reports",
        "counts": counts_of(project, with_drafts=can_edit),
        "can_edit": can_edit,
        "can_publish": permits(role, Permission.REPORT_PUBLISH),
        "can_comment": permits(role, Permission.COMMENT_CREATE),
        "can_resolve": permits(role, Permission.COMMENT_RESOLVE),
    }


def report_context(request: HttpRequest, report: Report) -> dict[str, Any]:
    return project_context(request, report.project) | {
        "report": report,
        "seen": partial(project_revision, report.project),  # read where a page polls
        "urls": {word: report_url(report, word) for word in VERBS},
    }


# Word in a template: name of the address.
VERBS = {
    "read": "report-detail",
    "edit": "report-edit",
    "preview": "report-preview",
    "publish": "report-publish",
    "take_back": "report-take-back",
    "history": "report-history",
    "comments": "report-comments",
    "comment": "report-comment-new",
}


def report_url(report: Report, word: str = "read") -> str:
    return reverse(f"reports:{VERBS[word]}", args=[report.project.team.slug, report.project.slug, report.uid])
