"""Versions of a report and what they pinned."""

from django.db.models import Count, QuerySet

from reports.models import PinnedChart, Report, Version


def versions_of(report: Report) -> QuerySet[Version]:
    """Newest first, each with `chart_count`."""
    return (
        report.versions.select_related("published_by")
        .annotate(chart_count=Count("charts"))
        .defer("markdown")
        .order_by("-number")
    )


def version_of(report: Report, number: int) -> Version | None:
    return report.versions.select_related("published_by").filter(number=number).first()


def pinned_chart(version: Version, chart: str) -> PinnedChart | None:
    return version.charts.select_related("frame").filter(chart=chart).first()
