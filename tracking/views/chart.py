"""What templates/_components/chart.html needs of a chart."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from tracking.models import Project, Run
from tracking.queries.axis import STEP
from tracking.queries.goal import Better, better
from tracking.queries.rule import Rules

_BETTER: dict[Better, str] = {"min": "lower is better", "max": "higher is better", "last": ""}


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


@dataclass(frozen=True, slots=True)
class Plan:
    """How to draw a metric: `key` over `axis`, another metric, or "" for its steps. Rules tell which way it is better."""

    key: str
    rules: Rules
    axis: str = ""


def run_chart(run: Run, plan: Plan, place: str) -> Chart:
    """One metric of one run. `place` tells the charts of a page apart and stays while the run grows."""
    words = [run.project.team.slug, run.project.slug, run.uid]
    return _chart(place, "tracking:run-frame", words, {"key": plan.key}, plan, among=run.name)


def project_chart(project: Project, plan: Plan, place: str, query: str, group: str) -> Chart:
    """One metric of all runs that match a query."""
    asked = {"query": query, "key": plan.key, "group": group}
    among = f"the runs matching {query}" if query else f"the runs of {project.name}"
    return _chart(place, "tracking:project-frame", [project.team.slug, project.slug], asked, plan, among=among)


def _chart(place: str, frame: str, words: list[str], asked: dict[str, str], plan: Plan, *, among: str) -> Chart:
    """`frame` is the name of the frame's address, `words` and `asked` what stands in it; `among` whose metric it is."""
    group, over = asked.get("group", ""), {"x": plan.axis, "else": STEP} if plan.axis else {}
    return Chart(
        id=f"chart-{place}",
        title=plan.key,
        unit=", ".join(filter(None, [_BETTER[better(plan.key, plan.rules)], "mean ± 95 % CI" if group else ""])),
        frame_url=f"{reverse(frame, args=words)}?{urlencode(asked | over)}",
        csv_url=f"{reverse(f'{frame}-csv', args=words)}?{urlencode(asked)}",
        summary=f"{plan.key} of {among} {f'over {plan.axis}' if plan.axis else 'by step'}.",
        group=group,
        band="ci" if group else "",
    )
