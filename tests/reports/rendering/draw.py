"""A resolver that knows two runs, and the HTML of a page drawn with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.rendering.chart_block import QueryRefused
from reports.rendering.figure import Figure
from reports.rendering.markdown import render
from reports.rendering.page import html_of
from reports.rendering.parts import ChartBlock, Found, Rendered, RunRef

RUN = RunRef(uid="0123456789abcdef", name="warmup-4k-s2", state="finished", url="/m/d/runs/0123456789abcdef", slot=2)
GONE = RunRef(uid="f" * 16, name="old-run", state="finished", slot=3)


@dataclass
class TwoRuns:
    """`query:bad` cannot be read; every other query finds RUN."""

    def found(self, chart: ChartBlock) -> Found:
        if chart.query == "query:bad":
            raise QueryRefused("`query` is not a field of runs.")
        return Found((RUN,), 1)

    def named(self, words: Sequence[str]) -> dict[str, RunRef | None]:
        known = {RUN.name: RUN, RUN.uid: RUN, GONE.name: GONE}
        return {word: known.get(word) for word in words}


def figure(chart: ChartBlock) -> Figure:
    return Figure(
        id=f"chart-{chart.id}",
        title=chart.title or chart.y,
        unit="",
        kind=chart.kind,
        frame_url="/m/d/frame",
        csv_url="",
        smooth=chart.smooth,
        log=chart.log,
        group=chart.group,
        band=chart.band,
        height=chart.height,
        state="live",
        state_label="Live",
        caption="",
        summary="",
    )


def drawn(source: str) -> Rendered:
    return render(source, TwoRuns())


def page_of(source: str, edit_url: str = "") -> str:
    """The HTML a reader gets for this text, without the page around it."""
    rendered = drawn(source)
    return html_of([*rendered.lede, *rendered.parts], figure, edit_url)
