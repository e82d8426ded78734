"""What a team's first page shows of its runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Team
from tracking.models import Run, Series
from tracking.queries.goal import KeyMetric, key_metrics
from tracking.queries.reading import KEYS, reading_in
from tracking.queries.run import runs_for_list
from tracking.queries.slot import SLOTS

RECENT = 8


@dataclass(frozen=True, slots=True)
class RecentRun:
    """`goal` is the metric that matters of this very run: projects differ."""

    run: Run
    slot: int
    goal: KeyMetric | None
    value: float | None
    when: datetime


def recent_runs(team: Team, most: int = RECENT) -> list[RecentRun]:
    """The newest runs of all projects of the team."""
    runs = list(runs_for_list(Run.objects.filter(project__team=team)).order_by("-created_at", "-id")[:most])
    series = _series_of(runs)
    recent = []
    for place, run in enumerate(runs):
        goal = next(iter(key_metrics(series[run.pk], 1)), None)
        value = reading_in(series[run.pk][goal.key], goal.aggregate) if goal else None
        when = run.ended_at or run.heartbeat.seen_at
        recent.append(RecentRun(run=run, slot=place % SLOTS + 1, goal=goal, value=value, when=when))
    return recent


def _series_of(runs: Sequence[Run]) -> dict[int, dict[str, Series]]:
    found: dict[int, dict[str, Series]] = {run.pk: {} for run in runs}
    for row in Series.objects.filter(run__in=found).defer("sum").order_by("run_id", "key")[: KEYS * len(found)]:
        found[row.run_id][row.key] = row
    return found
