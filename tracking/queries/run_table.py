"""The run list: rows, and the columns that say something about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db.models import Max
from django.utils import timezone

from tracking.enums import RunState
from tracking.limits import CHART_RUNS, PAGES, RUNS_PER_PAGE
from tracking.models import Project, Run
from tracking.models.run import RunQuerySet
from tracking.queries.config import Path, differing, facts_in
from tracking.queries.goal import KeyMetric, key_metrics, loss_keys
from tracking.queries.reading import keys_in, readings_of
from tracking.queries.run import runs_for_list, runs_of
from tracking.queries.run_query import RunQuery, spelled
from tracking.queries.run_sort import Sort, ordered, sort_from
from tracking.queries.slot import slots_of

CONFIG_COLUMNS = 6
METRIC_COLUMNS = 3
CHARTS = 2
LOOSENED = 8  # terms tried one by one when nothing matches


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is what `sort` takes."""

    name: str
    label: str
    kind: Literal["plain", "config", "metric"]
    numeric: bool


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` stand in the order of the table's columns: numbers, texts, lists; None for what the run has not."""

    run: Run
    slot: int
    seconds: float
    cells: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a URL asks of the list. `shown` names the runs a reader has before him, in his order: a refresh moves nothing."""

    query: RunQuery
    sort: str = ""
    page: int = 1
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunTable:
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    matched: int
    total: int
    sort: Sort
    page: int
    pages: int
    newest: datetime | None
    charts: tuple[str, ...]
    group: str


@dataclass(frozen=True, slots=True)
class Loosened:
    """A query with one term left out, and how many runs match then."""

    term: str
    query: RunQuery
    matched: int


def run_table(project: Project, wish: Wish) -> RunTable:
    """One page of the project's runs. The number of queries does not depend on the number of rows."""
    everything = runs_of(project)
    matching = wish.query.narrow(everything)
    # Columns come from the newest matching runs, the same that the charts draw, whatever page one looks at.
    newest = list(runs_for_list(matching).order_by("-created_at", "-id")[:CHART_RUNS])
    keys = keys_in(newest)
    metrics = {metric.name: metric for metric in key_metrics(keys, METRIC_COLUMNS)}
    configs = {f"config.{'.'.join(path)}": path for path in _config_paths(newest)}
    sort = sort_from(wish.sort, metrics, configs)
    matched = matching.count()
    page, pages = _bounded(wish.page, matched)
    runs = _chosen(everything, matching, wish, ordered(matching, sort, metrics, configs), page)
    group = "group" if any(run.group for run in newest) else ""
    return RunTable(
        rows=_rows(runs, newest, group, metrics, configs),
        columns=_columns(runs, metrics, configs),
        matched=matched,
        total=everything.count(),
        sort=sort,
        page=page,
        pages=pages,
        newest=matching.aggregate(newest=Max("created_at"))["newest"],
        charts=tuple(loss_keys(keys, CHARTS)),
        group=group,
    )


def newer_than(project: Project, query: RunQuery, when: datetime | None) -> int:
    """How many matching runs were created after a moment."""
    matching = runs_of(project, query)
    return (matching.filter(created_at__gt=when) if when else matching).count()


def loosest(project: Project, query: RunQuery) -> Loosened | None:
    """Of the query's first terms the one without which most runs match; None when leaving one out does not help."""
    tried = [(term, query.without(term)) for term in query.terms[:LOOSENED]]
    found = [Loosened(spelled(term.field, term.value), rest, runs_of(project, rest).count()) for term, rest in tried]
    best = max(found, key=lambda one: one.matched, default=None)
    return best if best is not None and best.matched else None


def seconds_of(run: Run, now: datetime) -> float:
    """How long the run lasted; of a running one, until now; of a lost one, until it was last heard of."""
    heard = run.heartbeat.seen_at if run.state == RunState.LOST else now
    end = run.ended_at or heard
    return max(timedelta(), end - run.created_at).total_seconds()


def _chosen(everything: RunQuerySet, matching: RunQuerySet, wish: Wish, in_order: Any, page: int) -> list[Run]:
    if wish.shown:
        by_uid = {run.uid: run for run in runs_for_list(everything).filter(uid__in=wish.shown)}
        return [by_uid[uid] for uid in wish.shown if uid in by_uid]
    start = (page - 1) * RUNS_PER_PAGE
    return list(runs_for_list(in_order)[start : start + RUNS_PER_PAGE])


def _bounded(page: int, matched: int) -> tuple[int, int]:
    pages = min(PAGES, max(1, -(-matched // RUNS_PER_PAGE)))
    return min(max(1, page), pages), pages


def _config_paths(runs: Sequence[Run]) -> list[Path]:
    paths = differing([run.config for run in runs], CONFIG_COLUMNS + 1)
    return [path for path in paths if path != ("seed",)][:CONFIG_COLUMNS]


def _rows(
    runs: Sequence[Run], newest: Sequence[Run], group: str, metrics: dict[str, KeyMetric], configs: dict[str, Path]
) -> tuple[Row, ...]:
    # Colours are those of the charts above the table: by position among the newest, oldest of them first.
    slots = slots_of([*reversed(newest), *(run for run in runs if run not in newest)], group)
    readings = readings_of(runs, list(metrics.values()))
    now = timezone.now()
    rows = []
    for run in runs:
        facts = facts_in(run.config)
        settings = [facts.get(path) for path in configs.values()]
        values = [readings.get((run.pk, name)) for name in metrics]
        rows.append(Row(run=run, slot=slots[run.uid], seconds=seconds_of(run, now), cells=(*settings, *values)))
    return tuple(rows)


def _columns(runs: Sequence[Run], metrics: dict[str, KeyMetric], configs: dict[str, Path]) -> tuple[Column, ...]:
    facts = [facts_in(run.config) for run in runs]
    settings = [
        Column(name=name, label=".".join(path), kind="config", numeric=all(_is_number(one.get(path)) for one in facts))
        for name, path in configs.items()
    ]
    return (*settings, *(Column(name=name, label=name, kind="metric", numeric=True) for name in metrics))


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))
