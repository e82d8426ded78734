"""What a team's first page shows of its runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Team
from tracking.models import Run, Series
from tracking.queries.goal import KeyMetric, key_metrics, loss_keys
from tracking.queries.reading import KEYS, reading_in
from tracking.queries.rule import NO_RULES, Rules, rules_of
from tracking.queries.run import runs_for_list
from tracking.queries.slot import SLOTS
from tracking.queries.spark import SparkLine, spark_of

RECENT = 8


@dataclass(frozen=True, slots=True)
class RecentRun:
    """`goal` is the metric that matters of this very run, `curve` its first loss: projects differ."""

    run: Run
    slot: int
    curve: SparkLine | None
    goal: KeyMetric | None
    value: float | None
    when: datetime


def recent_runs(team: Team, most: int = RECENT) -> list[RecentRun]:
    """The newest runs of all projects of the team."""
    runs = list(runs_for_list(Run.objects.filter(project__team=team)).order_by("-created_at", "-id")[:most])
    series = _series_of(runs)
    rules = rules_of([run.pk for run in runs])
    curves = _curves_of(runs, series, rules)
    recent = []
    for place, run in enumerate(runs):
        goal = next(iter(key_metrics(series[run.pk], 1, rules.get(run.pk, NO_RULES))), None)
        value = reading_in(series[run.pk][goal.key], goal.aggregate) if goal else None
        when = run.ended_at or run.heartbeat.seen_at
        slot = place % SLOTS + 1
        recent.append(RecentRun(run=run, slot=slot, curve=curves.get(run.pk), goal=goal, value=value, when=when))
    return recent


def _curves_of(runs: Sequence[Run], series: dict[int, dict[str, Series]], rules: dict[int, Rules]) -> dict[int, SparkLine]:
    """One reading per metric: runs of a project share theirs, so there are as many as projects in the list."""
    by_key: dict[str, list[Run]] = {}
    for run in runs:
        for key in loss_keys(series[run.pk], 1, rules.get(run.pk, NO_RULES)):
            by_key.setdefault(key, []).append(run)
    found: dict[int, SparkLine] = {}
    for key, sharing in by_key.items():
        found |= spark_of(sharing, key)
    return found


def _series_of(runs: Sequence[Run]) -> dict[int, dict[str, Series]]:
    found: dict[int, dict[str, Series]] = {run.pk: {} for run in runs}
    for row in Series.objects.filter(run__in=found).defer("sum").order_by("run_id", "key")[: KEYS * len(found)]:
        found[row.run_id][row.key] = row
    return found
