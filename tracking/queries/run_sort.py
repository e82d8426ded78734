"""Orders of a run list. Every order is one of these: no text of a URL becomes a field path."""

from dataclasses import dataclass

import numpy as np
from django.db import connection
from django.db.models import DateTimeField, ExpressionWrapper, F
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Now

from kit.rows import rows_of
from tracking.columns.block import Floats, Ids
from tracking.models import Project
from tracking.models.run import RunQuerySet
from tracking.queries.block import metric_column, setting_column
from tracking.queries.config import Path
from tracking.queries.goal import KeyMetric
from tracking.queries.run import runs_of
from tracking.queries.run_query import RunQuery

PLAIN: dict[str, Combinable] = {
    "created": F("created_at"),
    "name": F("lower_name"),
    "state": F("state"),
    "seed": F("seed"),
    "duration": ExpressionWrapper(Coalesce("ended_at", Now()) - F("created_at"), output_field=DateTimeField()),
}


@dataclass(frozen=True, slots=True)
class Sort:
    """`by` is a name in PLAIN, or of a metric or config column of the list."""

    by: str
    descending: bool

    @property
    def text(self) -> str:
        return f"-{self.by}" if self.descending else self.by


def sort_from(text: str, metrics: dict[str, KeyMetric], configs: dict[str, Path]) -> Sort:
    """The order a URL asks for; newest first when it asks for nothing that is on offer."""
    by = text.removeprefix("-")
    known = by in PLAIN or by in metrics or by in configs
    return Sort(by=by, descending=text.startswith("-")) if known else Sort(by="created", descending=True)


def newest_first(runs: RunQuerySet) -> Ids:
    """The ids of all these runs, newest first. As one text of bytes: rows would cost Python more than all else."""
    ordered = runs.order_by("-created_at", "-id").values_list("pk")
    sql, params = ordered.query.get_compiler(connection=connection).as_sql()
    packed = "SELECT coalesce(string_agg(int8send(id), ''::bytea), '')"
    [(ids,)] = rows_of(f"{packed} FROM ({sql}) AS newest (id)", params)
    return np.frombuffer(ids, dtype=">i8").astype(np.int64)


@dataclass(frozen=True, slots=True)
class Matching:
    """Runs of a project that match, with all their ids, newest first."""

    project: Project
    runs: RunQuerySet
    ids: Ids

    def page(self, sort: Sort, metrics: dict[str, KeyMetric], configs: dict[str, Path], rows: slice) -> list[int]:
        """Ids of these rows in order; runs without the value come last both ways, equal ones newest first."""
        if sort.by in metrics:
            return self._by_column(*metric_column(self.project, metrics[sort.by]), sort, rows)
        if sort.by in configs:
            return self._by_column(*setting_column(self.project, sort.by.removeprefix("config.")), sort, rows)
        if sort == Sort("created", descending=True):
            return [int(run) for run in self.ids[rows]]
        value = PLAIN[sort.by]
        # Only a seed may be missing. Said of a name, PostgreSQL would not find its order in the index run_by_name.
        last = True if sort.by == "seed" else None
        order = F("_order").desc(nulls_last=last) if sort.descending else F("_order").asc(nulls_last=last)
        in_order = self.runs.annotate(_order=value).order_by(order, "-created_at", "-id")
        return list(in_order.values_list("pk", flat=True)[rows])

    def _by_column(self, runs: Ids, values: Floats, sort: Sort, rows: slice) -> list[int]:
        found = first_in_order(self.ids, values_at(self.ids, runs, values), rows.stop, descending=sort.descending)
        return [int(run) for run in found[rows]]


def matching_in(project: Project, query: RunQuery) -> Matching:
    runs = runs_of(project, query)
    return Matching(project, runs, newest_first(runs))


def values_at(ids: Ids, runs: Ids, values: Floats) -> Floats:
    """For each of `ids` its value; NaN where `runs`, which are sorted, have it not."""
    if not len(runs):
        return np.full(len(ids), np.nan)
    places = np.minimum(runs.searchsorted(ids), len(runs) - 1)
    return np.where(runs[places] == ids, values[places], np.nan)


def first_in_order(ids: Ids, values: Floats, most: int, *, descending: bool) -> Ids:
    """The first `most` of `ids` by their values, NaN last; equal ones as they stand in `ids`."""
    missing = np.isnan(values)
    keys = -values[~missing] if descending else values[~missing]
    sure, rest = ids[~missing], ids[missing]
    if len(keys) > most:
        # What stands at the edge counts with all its equals, so that the stable sort decides between them.
        near = keys <= np.partition(keys, most - 1)[most - 1]
        keys, sure = keys[near], sure[near]
    return np.concatenate([sure[np.argsort(keys, kind="stable")], rest])[:most]
