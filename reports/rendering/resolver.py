"""Where the words of a report find their runs: in the live project, or in what a version pinned."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from reports.models import Version
from reports.rendering.chart_block import QueryRefused
from reports.rendering.parts import ChartBlock, Found, RunRef
from tracking.queries.run import BadQuery, MatchedRuns, runs_matching, runs_meant
from tracking.queries.slot import SLOTS, slots_of


@dataclass(slots=True)
class LiveResolver:
    """Asks the report's own project and no other. Each query is asked once per render."""

    project: Any  # tracking.Project; reports do not import its models
    slots: dict[str, int] = field(default_factory=dict)
    _matched: dict[tuple[str, int], MatchedRuns] = field(default_factory=dict)

    def matched(self, chart: ChartBlock) -> MatchedRuns:
        """The runs themselves, for making a frame of them. Raises QueryRefused."""
        key = (chart.query, chart.limit)
        if key not in self._matched:
            try:
                self._matched[key] = runs_matching(self.project, chart.query, chart.limit)
            except BadQuery as error:
                raise QueryRefused(str(error)) from None
        return self._matched[key]

    def found(self, chart: ChartBlock) -> Found:
        matched = self.matched(chart)
        slots = slots_of(matched.runs, chart.group)
        for uid, slot in slots.items():
            self.slots.setdefault(uid, slot)  # a run mentioned in the text has its colour of the first chart
        return Found(tuple(self._ref(run, slots[run.uid]) for run in matched.runs), matched.total)

    def named(self, words: Sequence[str]) -> dict[str, RunRef | None]:
        meant = runs_meant(self.project, words)
        return {word: self._mentioned(meant.get(word)) for word in words}

    def _mentioned(self, run: Any) -> RunRef | None:
        return self._ref(run, self.slots.setdefault(run.uid, len(self.slots) % SLOTS + 1)) if run else None

    def _ref(self, run: Any, slot: int) -> RunRef:
        return RunRef(uid=run.uid, name=run.name, state=run.state, url=run_url(self.project, run.uid), slot=slot)


@dataclass(slots=True)
class FrozenResolver:
    """Answers as on the day of publishing. A run that is gone keeps its name and has no address."""

    version: Version
    project: Any
    _pinned: dict[str, Found] = field(init=False)
    alive: set[str] = field(init=False)
    mentioned: dict[str, dict[str, Any] | None] = field(init=False)

    def __post_init__(self) -> None:
        charts = list(self.version.charts.defer("frame"))
        self.mentioned = self.version.mentions
        uids = {run["uid"] for chart in charts for run in chart.runs}
        uids |= {run["uid"] for run in self.mentioned.values() if run}
        self.alive = set(self.project.runs.filter(uid__in=uids).values_list("uid", flat=True)) if uids else set()
        self._pinned = {chart.chart: Found(tuple(self._ref(run) for run in chart.runs), chart.total) for chart in charts}

    def found(self, chart: ChartBlock) -> Found:
        if chart.id not in self._pinned:
            raise QueryRefused("this chart was not pinned when the version was published.")
        return self._pinned[chart.id]

    def named(self, words: Sequence[str]) -> dict[str, RunRef | None]:
        pinned = ((word, self.mentioned.get(word)) for word in words)
        return {word: self._ref(run) if run else None for word, run in pinned}

    @property
    def gone(self) -> int:
        """Runs of the charts that have been deleted since."""
        pinned = {run.uid for found in self._pinned.values() for run in found.runs}
        return len(pinned - self.alive)

    def _ref(self, run: dict[str, Any]) -> RunRef:
        url = run_url(self.project, run["uid"]) if run["uid"] in self.alive else ""
        return RunRef(uid=run["uid"], name=run["name"], state=run["state"], url=url, slot=run["slot"])


def pinned_run(run: RunRef) -> dict[str, Any]:
    """What a version keeps of a run it shows."""
    return {"uid": run.uid, "name": run.name, "state": run.state, "slot": run.slot}


def run_url(project: Any, uid: str) -> str:
    return reverse("tracking:run-detail", args=[project.team.slug, project.slug, uid])
