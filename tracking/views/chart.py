"""What templates/_components/chart.html needs of a chart."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from tracking.models import Project, Run
from tracking.queries.goal import goal_of

_READINGS = {"min": "lower is better", "max": "higher is better", "last": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A live line chart. `summary` says in one sentence what it shows."""

    id: str
    title: str
    frame_url: str
    csv_url: str
    summary: str
    unit: str = ""
    height: str = ""
    group: str = ""
    kind: str = "line"
    smooth: float = 0.0
    log: bool = False
    band: str = ""
    state: str = "live"
    state_label: str = ""
    caption: str = ""


def run_chart(run: Run, key: str, place: str, height: str = "") -> Chart:
    """One metric of one run. `place` tells the charts of a page apart and stays while the run grows."""
    words = [run.project.team.slug, run.project.slug, run.uid]
    asked = urlencode({"key": key})
    return Chart(
        id=f"chart-{place}",
        title=key,
        unit=_READINGS[goal_of(key)],
        frame_url=f"{reverse('tracking:run-frame', args=words)}?{asked}",
        csv_url=f"{reverse('tracking:run-frame-csv', args=words)}?{asked}",
        summary=f"{key} of {run.name} by step.",
        height=height,
    )


def project_chart(project: Project, key: str, place: str, query: str, group: str) -> Chart:
    """One metric of all runs that match a query."""
    words = [project.team.slug, project.slug]
    asked = urlencode({"query": query, "key": key, "group": group})
    among = f"the runs matching {query}" if query else f"the runs of {project.name}"
    return Chart(
        id=f"chart-{place}",
        title=key,
        unit=_READINGS[goal_of(key)],
        frame_url=f"{reverse('tracking:project-frame', args=words)}?{asked}",
        csv_url=f"{reverse('tracking:project-frame-csv', args=words)}?{asked}",
        summary=f"{key} of {among} by step.",
        group=group,
    )
