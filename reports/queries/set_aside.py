"""Drafts set aside that are not the draft now: what can be taken back."""

from django.db.models import F, QuerySet

from reports.models import Report, SetAside, Version


def kept_aside(report: Report) -> QuerySet[SetAside]:
    """The newest first."""
    return SetAside.objects.filter(report=report).exclude(text=F("report__draft")).select_related("written_by", "by")


def lately_aside(report: Report, version: Version | None) -> SetAside | None:
    """The newest that was set aside after `version`, the last, was published; without its text."""
    kept = kept_aside(report).defer("text")
    return (kept.filter(at__gt=version.published_at) if version else kept).first()
