"""Lists of reports, each with what stands beside its title; one query for any number of rows."""

from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from reports.models import Report, Version


def report_lines(reports: QuerySet[Report], *, with_drafts: bool, most: int = 200) -> list[Report]:
    """The newest first. Each has `shown_title`, `number` and `published_at`, `published_name` (None: never published),
    `open_comments`, and `is_newer`: the draft is ahead of the last version.

    Without `with_drafts` only what is published is there, under its published title.
    """
    last = Version.objects.filter(report=OuterRef("pk")).order_by("-number")
    # alias, not annotate: the texts are compared in the database and stay there
    compared = reports.alias(published_text=Subquery(last.values("markdown")[:1]))
    lines = compared.select_related("project__team", "saved_by", "owner").annotate(
        number=Subquery(last.values("number")[:1]),
        published_at=Subquery(last.values("published_at")[:1]),
        published_name=Subquery(last.values("published_by__name")[:1]),
        shown_title=Coalesce(Subquery(last.values("title")[:1]), F("title")),
        is_newer=Q(published_text__isnull=False) & ~Q(published_text=F("draft")),
        open_comments=Count("comments", filter=Q(comments__parent=None, comments__resolved_at=None)),
        moved_at=Greatest("saved_at", "published_at") if with_drafts else F("published_at"),
    )
    if not with_drafts:
        lines = lines.filter(number__isnull=False)
    return list(lines.defer("draft").order_by("-moved_at", "-pk")[:most])


def reports_of_project(project: Any) -> QuerySet[Report]:
    return Report.objects.filter(project=project)


def reports_of_team(team: Any) -> QuerySet[Report]:
    return Report.objects.filter(project__team=team)


def visible_reports(project: Any, *, with_drafts: bool) -> QuerySet[Report]:
    """Those of which a reader may know: what was never published is known to its writers only."""
    reports = reports_of_project(project)
    return reports if with_drafts else reports.filter(Exists(Version.objects.filter(report=OuterRef("pk"))))


def last_version(report: Report) -> Version | None:
    return report.versions.select_related("published_by").first()
