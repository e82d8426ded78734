"""Charts that are written well and have nothing to draw: no run matches, or none that does has the metric."""

from collections.abc import Iterable, Sequence

from reports.queries.metric import lacking
from reports.rendering.parts import ChartBlock
from reports.rendering.resolver import LiveResolver

NAMED = 6  # metrics that a sentence names


def undrawn(charts: Iterable[ChartBlock], resolver: LiveResolver) -> dict[int, str]:
    """number of each figure with nothing to draw -> what is missing and what there is instead, code between `ticks`."""
    found = {chart.number: _missing(chart, resolver) for chart in charts}
    return {number: words for number, words in found.items() if words}


def _missing(chart: ChartBlock, resolver: LiveResolver) -> str:
    runs = resolver.matched(chart).runs
    if not runs:
        return f"No run matches {_code(chart.query)}."
    keys = lacking(runs, chart.y)
    if keys is None:
        return ""
    if len(runs) == 1:
        return f"The one run that matches has no {_code(chart.y)}. It has {_named(keys)}."
    return f"No run of {len(runs)} has {_code(chart.y)}. They have {_named(keys)}."


def _named(keys: Sequence[str]) -> str:
    if not keys:
        return "no metric yet"
    more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
    return ", ".join(map(_code, keys[:NAMED])) + more


def _code(text: str) -> str:
    """Within ticks, which a name may hold itself."""
    return f"`{text.replace('`', chr(0x2BC))}`"
