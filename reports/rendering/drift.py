"""What has changed in the project since a version was published."""

from dataclasses import dataclass

from reports.rendering.chart_block import QueryRefused
from reports.rendering.parts import ChartBlock
from reports.rendering.resolver import FrozenResolver, LiveResolver


@dataclass(frozen=True, slots=True)
class Drift:
    """`newer`: runs that match a chart's query now and did not then; `gone`: pinned runs deleted since; `pinned`: all."""

    newer: int
    gone: int
    pinned: int


def drift_of(charts: tuple[ChartBlock, ...], frozen: FrozenResolver, live: LiveResolver) -> Drift:
    """`charts` as drawn from the pins. One query per different run query in the report."""
    newer: set[str] = set()
    pinned: set[str] = set()
    for chart in charts:
        then = {run.uid for run in chart.found.runs}
        pinned |= then
        try:
            newer |= {run.uid for run in live.found(chart).runs} - then
        except QueryRefused:
            continue  # the query language has changed since; the pinned chart still stands
    return Drift(newer=len(newer), gone=frozen.gone, pinned=len(pinned))
