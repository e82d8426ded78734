"""A checked chart block as the figure that templates/_components/chart.html draws."""

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reports.limits import RUNS_PER_CHART
from reports.models import Report, Version
from reports.rendering.parts import ChartBlock

OVER = {"step": "steps", "relative": "time since the first point", "wall": "time"}
BANDS = {"ci": "mean ± 95 % CI", "sd": "mean ± sd", "minmax": "mean, min to max", "": ""}


@dataclass(frozen=True, slots=True)
class Figure:
    """The names are those of the chart element (docs/front-end.md)."""

    id: str
    title: str
    unit: str
    kind: str
    frame_url: str
    csv_url: str
    smooth: float
    log: bool
    group: str
    band: str
    height: str
    state: Literal["live", "frozen"]
    state_label: str
    caption: SafeString
    summary: str


def live_figure(chart: ChartBlock, project: Any) -> Figure:
    """Drawn from what the project holds now; the frame's own address checks who reads."""
    words = {"query": chart.query, "key": chart.y, "group": chart.group}
    if chart.x != "step":
        words["x"] = chart.x
    if chart.limit != RUNS_PER_CHART:
        words["limit"] = str(chart.limit)
    asked = urlencode({name: value for name, value in words.items() if value})
    place = [project.team.slug, project.slug]
    return _figure(
        chart,
        frame_url=f"{reverse('tracking:project-frame', args=place)}?{asked}",
        csv_url=f"{reverse('tracking:project-frame-csv', args=place)}?{asked}",
    )


def frozen_figure(chart: ChartBlock, report: Report, version: Version) -> Figure:
    """Drawn from the bytes that were pinned."""
    place = [report.project.team.slug, report.project.slug, report.uid, version.number, chart.id]
    return _figure(
        chart,
        frame_url=reverse("reports:chart-frame", args=place),
        csv_url=reverse("reports:chart-frame-csv", args=place),
        frozen_in=f"v{version.number}",
    )


def _figure(chart: ChartBlock, frame_url: str, csv_url: str, frozen_in: str = "") -> Figure:
    drawn, total = len(chart.found.runs), chart.found.total
    runs = "1 run" if total == 1 else f"{total} runs"
    shown = f"{chart.y} over {OVER[chart.x]} of {runs}" + (f", {drawn} of them drawn" if drawn < total else "")
    return Figure(
        id=f"chart-{chart.id or f'line-{chart.line}'}",
        title=chart.title or chart.y,
        unit=_unit(chart),
        kind=chart.kind,
        frame_url=frame_url,
        csv_url=csv_url,
        smooth=chart.smooth,
        log=chart.log,
        group=chart.group,
        band=chart.band,
        height=chart.height,
        state="frozen" if frozen_in else "live",
        state_label=f"Frozen in {frozen_in}" if frozen_in else "Live",
        caption=format_html("<b>Figure {}.</b> {}", chart.number, chart.caption),
        summary=f"{shown}. {chart.caption}".strip(),
    )


def _unit(chart: ChartBlock) -> str:
    """by warmup, mean ± 95 % CI, smoothed 0.6"""
    words = [
        chart.y if chart.title else "",
        f"by {chart.group.removeprefix('config.')}" if chart.group else "",
        BANDS[chart.band] if chart.group else "",
        "log scale" if chart.log else "",
        f"smoothed {chart.smooth:g}" if chart.smooth else "",
    ]
    return ", ".join(word for word in words if word)
