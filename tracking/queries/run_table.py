"""The run list: rows, and the columns that say something about them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from kit.rows import one_snapshot
from tracking.enums import RunState
from tracking.limits import CHART_RUNS, PAGES, RUNS_PER_PAGE
from tracking.models import Project, Run
from tracking.queries.goal import loss_keys
from tracking.queries.reading import common_keys_in, readings_of
from tracking.queries.rule import NO_RULES, Rules, rules_among
from tracking.queries.run import runs_of
from tracking.queries.run_columns import METRIC_COLUMNS, Column, Layout, kept, layout_of
from tracking.queries.run_listed import ListedRun, listed
from tracking.queries.run_query import RunQuery, spelled
from tracking.queries.run_sort import Matching, Sort, matching_in, sort_from
from tracking.queries.slot import slots_of
from tracking.queries.tag import RowTag, tags_on

CHARTS = 2
LOOSENED = 8  # terms tried one by one when nothing matches


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` stand in the order of the table's columns: numbers, texts, lists; None for what the run has not."""

    run: ListedRun
    tags: tuple[RowTag, ...]
    slot: int
    seconds: float
    cells: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a URL asks of the list.

    `shown`, `configs` and `metrics` name the runs and columns a reader has before him: a refresh moves none of them.
    """

    query: RunQuery
    sort: str = ""
    page: int = 1
    shown: tuple[str, ...] = ()
    configs: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


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
    rules: Rules = NO_RULES
    axes: dict[str, str] = field(default_factory=dict)  # of `charts` that are not drawn by step: what they are drawn over

    @property
    def metrics(self) -> list[str]:
        return [column.name for column in self.columns if column.kind == "metric"]


@dataclass(frozen=True, slots=True)
class Loosened:
    """A query with one term left out, and how many runs match then."""

    term: str
    query: RunQuery
    matched: int


def run_table(project: Project, wish: Wish) -> RunTable:
    """One page of the project's runs, all of it at one moment. The number of queries does not depend on the number of rows."""
    with one_snapshot():
        return _table(project, wish)


def _table(project: Project, wish: Wish) -> RunTable:
    matching = matching_in(project, wish.query)
    # Columns come from the newest matching runs, the same that the charts draw, whatever page one looks at.
    newest = listed(project, matching.ids[:CHART_RUNS].tolist())
    keys = common_keys_in(newest, METRIC_COLUMNS)
    rules = rules_among([run.pk for run in newest])
    layout = layout_of(newest, keys, rules)
    sort = sort_from(wish.sort, layout.metrics, layout.configs)
    matched = len(matching.ids)
    page, pages = _bounded(wish.page, matched)
    shown = _chosen(matching, wish, layout, sort, page)
    drawn = kept(wish.configs, wish.metrics, layout) if wish.shown else layout
    group = "group" if any(run.group for run in newest) else ""
    charts = tuple(loss_keys(keys, CHARTS, rules))
    return RunTable(
        rows=_rows(shown, newest, group, drawn),
        columns=drawn.columns(shown),
        matched=matched,
        total=runs_of(project).count() if wish.query.terms else matched,
        sort=sort,
        page=page,
        pages=pages,
        newest=newest[0].created_at if newest else None,
        charts=charts,
        group=group,
        rules=rules,
        axes={key: axis for key in charts if (axis := rules.axis_of(key, keys))},
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


def seconds_of(run: Run | ListedRun, heard: datetime, now: datetime) -> float:
    """How long the run lasted; of a running one, until now; of a lost one, until it was last heard of."""
    end = run.ended_at or (heard if run.state == RunState.LOST else now)
    return max(timedelta(), end - run.created_at).total_seconds()


def _chosen(matching: Matching, wish: Wish, layout: Layout, sort: Sort, page: int) -> list[ListedRun]:
    if wish.shown:
        by_uid = dict(runs_of(matching.project).filter(uid__in=wish.shown).values_list("uid", "pk"))
        return listed(matching.project, [by_uid[uid] for uid in wish.shown if uid in by_uid])
    start = (page - 1) * RUNS_PER_PAGE
    rows = slice(start, start + RUNS_PER_PAGE)
    return listed(matching.project, matching.page(sort, layout.metrics, layout.configs, rows))


def _bounded(page: int, matched: int) -> tuple[int, int]:
    pages = min(PAGES, max(1, -(-matched // RUNS_PER_PAGE)))
    return min(max(1, page), pages), pages


def _rows(runs: Sequence[ListedRun], newest: Sequence[ListedRun], group: str, layout: Layout) -> tuple[Row, ...]:
    # Colours are those of the charts above the table: by position among the newest, oldest of them first.
    drawn = {run.pk for run in newest}
    slots = slots_of([*reversed(newest), *(run for run in runs if run.pk not in drawn)], group)
    readings = readings_of(runs, list(layout.metrics.values()))
    tags = tags_on([run.pk for run in runs])
    now = timezone.now()
    rows = []
    for run in runs:
        values = [readings.get((run.pk, name)) for name in layout.metrics]
        cells = (*layout.settings_of(run), *values)
        seconds = seconds_of(run, run.seen_at, now)
        rows.append(Row(run=run, tags=tags.get(run.pk, ()), slot=slots[run.uid], seconds=seconds, cells=cells))
    return tuple(rows)
