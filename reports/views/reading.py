"""One report as it is read: the published text with pinned or live data, or the draft."""

import math
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from reports.models import Report, Version
from reports.queries.chart import charts_to_comment
from reports.queries.comment import discussion_of_report
from reports.rendering.drift import Drift, drift_of
from reports.rendering.figure import Figure, frozen_figure, live_figure
from reports.rendering.markdown import render
from reports.rendering.page import html_of
from reports.rendering.parts import ChartBlock, Rendered
from reports.rendering.resolver import FrozenResolver, LiveResolver
from reports.views.context import report_context

WORDS_PER_MINUTE = 220


@dataclass(frozen=True, slots=True)
class Reading:
    drawn: Rendered
    drift: Drift | None
    version: Version | None
    live: bool


def frozen_reading(report: Report, version: Version) -> Reading:
    """As published, with what has changed since."""
    frozen = FrozenResolver(version, report.project)
    drawn = render(version.markdown, frozen)
    return Reading(drawn, drift_of(drawn.charts, frozen, LiveResolver(report.project)), version, live=False)


def live_reading(report: Report, version: Version) -> Reading:
    """The published text, drawn from what the project holds now."""
    return Reading(render(version.markdown, LiveResolver(report.project)), None, version, live=True)


def draft_reading(report: Report) -> Reading:
    return Reading(render(report.draft, LiveResolver(report.project)), None, None, live=True)


def reading_context(request: HttpRequest, report: Report, reading: Reading, newest: Version | None) -> dict[str, Any]:
    """`newest`: the last version, whose charts a comment can be about."""
    context = report_context(request, report)
    version, drawn = reading.version, reading.drawn

    def figure(chart: ChartBlock) -> Figure:
        if reading.live or version is None:
            return live_figure(chart, report.project)
        return frozen_figure(chart, report, version)

    edit_url = context["urls"]["edit"] if context["can_edit"] else ""
    return context | {
        "version": version,
        "newest": newest,
        "live": reading.live,
        "drift": reading.drift,
        "title": drawn.title or (version.title if version else report.title),
        "lede": html_of(drawn.lede, figure, edit_url),
        "body": html_of(drawn.parts, figure, edit_url),
        "toc": [heading for heading in drawn.toc if heading.level <= 3],
        "minutes": max(1, math.ceil(drawn.words / WORDS_PER_MINUTE)),
        "charts": drawn.charts,
        "anchors": charts_to_comment(newest),
        "discussion": discussion_of_report(report),
    }
