"""The rows and column heads of a run list, as its template needs them."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tracking.queries.run_columns import Column
from tracking.queries.run_query import RunQuery
from tracking.queries.run_table import Row, RunTable
from tracking.queries.spark import spark_of
from tracking.rendering.spark import Spark, last_step_of, spark
from tracking.rendering.value import value_text

BEFORE = (Column("state", "State", "plain", False), Column("name", "Run", "plain", False))
AFTER = (Column("duration", "Duration", "plain", True), Column("created", "Created", "plain", True))


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head. `sorted` is what aria-sort says, "" for none."""

    label: str
    href: str
    sorted: str
    column: Column


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` is a number of a metric, the text of a setting, or None."""

    value: Any
    metric: bool
    numeric: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row as its template needs it."""

    row: Row
    cells: tuple[Cell, ...]
    spark: Spark | None


def heads_of(table: RunTable, address: str, query: RunQuery) -> list[Head]:
    return [
        Head(
            label=column.label,
            href=f"{address}?{urlencode({'query': query.text, 'sort': _turned(table, column.name)})}",
            sorted=("descending" if table.sort.descending else "ascending") if table.sort.by == column.name else "",
            column=column,
        )
        for column in [*BEFORE, *table.columns, *AFTER]
    ]


def _turned(table: RunTable, name: str) -> str:
    """Pressing a head sorts by it, pressing again turns the order round. Times begin with the newest, the longest."""
    if table.sort.by == name:
        return name if table.sort.descending else f"-{name}"
    return f"-{name}" if name in {"created", "duration"} else name


def lines_of(table: RunTable) -> list[Line]:
    sparks = spark_of([row.run for row in table.rows], table.charts[0]) if table.charts else {}
    edge = last_step_of(sparks.values())
    return [
        Line(
            row=row,
            cells=tuple(map(_cell, table.columns, row.cells)),
            spark=spark(sparks.get(row.run.pk), edge),
        )
        for row in table.rows
    ]


def _cell(column: Column, value: Any) -> Cell:
    metric = column.kind == "metric"
    text = value if metric or value is None else value_text(value)
    return Cell(value=text, metric=metric, numeric=column.numeric)
