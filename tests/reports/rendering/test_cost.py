"""No text holds a web thread (promise S10): what would cost much is refused from counts, and what passes is drawn in time."""

import time
from collections.abc import Callable, Sequence

import pytest

from reports.limits import CHARTS_PER_REPORT, REPORT_LENGTH, RUNS_MENTIONED
from reports.rendering.cost import too_costly
from reports.rendering.markdown import render, title_of
from reports.rendering.parts import ChartBlock, Found, RunRef
from tests.reports.rendering.costly import COSTLY
from tests.reports.rendering.draw import TwoRuns, page_of

Text = Callable[[int], str]


def largest(text: Text) -> str:
    """The longest of such texts that passes, but for a hundredth."""
    low, high = 0, REPORT_LENGTH
    while high - low > REPORT_LENGTH // 100:
        middle = (low + high) // 2
        low, high = (middle, high) if too_costly(text(middle)) is None else (low, middle)
    return text(low)


def seconds(source: str) -> float:
    started = time.process_time()
    page_of(source)
    return time.process_time() - started


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY.keys())
def test_the_worst_that_passes_is_drawn_in_time(text: Text) -> None:
    assert seconds(largest(text)) < 3


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY.keys())
def test_any_length_is_refused_or_drawn_in_time(text: Text) -> None:
    source = text(2 * REPORT_LENGTH)
    assert seconds(source) + seconds(source[:REPORT_LENGTH]) < 4
    started = time.process_time()
    title_of(source)
    assert time.process_time() - started < 1


def test_an_ordinary_long_report_passes_with_room() -> None:
    words = "The **best** run is {run:warmup-4k-s2} with `val/loss` of 0.{n}, see [theory](https://example.org/a_b), *more*.\n"
    table = (
        "| run | `lr` | val/loss |\n|---|--:|--:|\n" + "| {run:r-{n}} | 0.01 | 0.3 |\n" + "| no warm-up | 0.01 | 0.3 |\n" * 8
    )
    chart = "```chart\nid: c{n}\nruns: tag:warmup\ny: val/loss\n```\n"
    plain = words.replace("{run:warmup-4k-s2}", "the second") * 2
    part = f"## Part {{n}}\n\nWhat we saw.\n\n{words}{plain}\n- one\n- two\n\n{table}\n"
    source = "# Long\n\n" + "".join((part + chart * (n < 30)).replace("{n}", str(n)) for n in range(60))
    assert 40_000 < len(source) < 70_000
    assert source.count("```chart") == 30
    assert source.count("{run:") == 120
    assert too_costly(source * 2) is None
    assert seconds(source) < 1


class Counting(TwoRuns):
    """Counts what it is asked for."""

    def __init__(self) -> None:
        self.charts: list[str] = []
        self.words: list[list[str]] = []

    def found(self, chart: ChartBlock) -> Found:
        self.charts.append(chart.id)
        return super().found(chart)

    def named(self, words: Sequence[str]) -> dict[str, RunRef | None]:
        self.words.append(list(words))
        return super().named(words)


def test_a_chart_too_many_is_not_asked_for() -> None:
    asked = Counting()
    drawn = render("".join(f"```chart\nid: c{n}\nruns: a{n}\ny: b\n```\n" for n in range(CHARTS_PER_REPORT + 3)), asked)
    assert len(asked.charts) == len(drawn.charts) == CHARTS_PER_REPORT
    assert [problem.title for problem in drawn.problems] == ["A report has at most 50 charts."] * 3


def test_runs_are_asked_for_once_and_the_rest_stays_text() -> None:
    asked = Counting()
    drawn = render(" ".join(f"{{run:a{n}}} {{run:a0}}" for n in range(RUNS_MENTIONED + 2)), asked)
    assert asked.words == [[f"a{n}" for n in range(RUNS_MENTIONED)]]
    assert {chip.word for chip in drawn.runs} == set(asked.words[0])
    html = page_of(" ".join(f"{{run:a{n}}}" for n in range(RUNS_MENTIONED + 2)))
    assert "2 mentioned runs stay text: a report links at most 200 different ones." in html
    assert "{run:a200} {run:a201}" in html
    assert drawn.problems == ()


def test_what_is_refused_says_what_how_many_and_the_limit() -> None:
    complaint = too_costly("# a\n" * 2_001)
    assert complaint is not None
    assert complaint.message == "This report has 2,001 headings; at most 2,000 can be drawn."
    (problem,) = render("# a\n" * 2_001, TwoRuns()).problems
    assert problem.title == complaint.message
