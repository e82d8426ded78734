"""Markdown to parts. Pure: the same text and the same answers of the resolver give the same report.

The order is the safety: our own blocks are taken out of the source and replaced by slots, Python-Markdown reads the rest
(raw HTML is text to it), nh3 cleans what comes out, and only then is it cut at the slots. Nothing rewrites it afterwards.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile

from markdown import Markdown

from reports.limits import CHARTS_PER_REPORT, RUNS_MENTIONED, TITLE_SOURCE
from reports.rendering.blocks import Finish, ShallowQuotes, ShortParagraphs, SlotLine
from reports.rendering.chart_block import Resolver, read_chart
from reports.rendering.code_block import Colours
from reports.rendering.cost import too_costly
from reports.rendering.fences import chart_fences, front_matter_end
from reports.rendering.front_matter import read_front_matter
from reports.rendering.inline import Mentions, TooTangled, mentions_in, register_inline
from reports.rendering.parts import ChartBlock, Html, Part, Problem, Rendered, RunChip, RunSet
from reports.rendering.sanitize import clean
from reports.rendering.slots import LedeEnds, Slots
from reports.rendering.toc import NamedHeadings, Slugs, headings_of, without_name

TITLE = re.compile(r"#[ \t]+(.*?)[ \t]*#*[ \t]*")
EMPHASIS = re.compile(r"(\*\*|__|[*_`])(?=\S)(.+?)(?<=\S)\1")
NOT_HERE = "A chart stands at the left edge of the page, not inside a list, a quote or a call-out."


def title_of(source: str) -> str:
    """The first `# heading` of a text that begins with one, as plain words; else empty."""
    lines = _lines(source)
    for line in lines[front_matter_end(lines) :]:
        if line.strip():
            match = _title(line)
            return EMPHASIS.sub(r"\2", without_name(match[1])[0]) if match else ""
    return ""


def render(source: str, resolver: Resolver) -> Rendered:
    """Draw a report from its text. Never raises for anything that a person can write: what cannot be read becomes a Problem."""
    if (complaint := too_costly(source)) is not None:
        return _undrawn(complaint.message)
    try:
        return _Page(source, resolver, Slots()).rendered()
    except TooTangled:
        return _undrawn("This report has so many open brackets that it cannot be drawn.")
    except RecursionError:
        return _undrawn("This report is nested so deep that it cannot be drawn.")


@dataclass(slots=True)
class _Page:
    """One render."""

    source: str
    resolver: Resolver
    slots: Slots
    colours: Colours = field(default_factory=Colours)

    def rendered(self) -> Rendered:
        lines = _lines(self.source)
        start = front_matter_end(lines)
        sets, problems = read_front_matter(lines[1 : start - 1]) if start else ({}, [])
        charts = self._charts(lines, start, sets)
        body = "\n".join(self._body(lines, start, problems))
        mentions = mentions_in(body, self.resolver)
        if mentions.left_out:
            body = f"{self.slots.put(_left_out(mentions.left_out))}\n\n{body}"
        md = self._reader(frozenset(chart.id for chart in charts.values() if isinstance(chart, ChartBlock)), mentions)
        parts = list(self.slots.split(clean(md.convert(body), self.slots.token)))
        lede, rest = _cut(parts)
        every = [*lede, *rest]
        return Rendered(
            title=title_of(self.source),
            lede=lede,
            parts=rest,
            toc=headings_of(getattr(md, "toc_tokens", [])),
            charts=tuple(part for part in every if isinstance(part, ChartBlock)),
            problems=tuple(part for part in every if isinstance(part, Problem)),
            runs=tuple(part for part in every if isinstance(part, RunChip)),
            words=len(re.findall(r"\w+", body)),
        )

    def _charts(self, lines: list[str], start: int, sets: dict[str, RunSet]) -> dict[int, ChartBlock | Problem]:
        """Read every chart block and put its slot in place of its lines. Keys: number of the fence's line, from 1."""
        seen: set[str] = set()
        found: dict[int, ChartBlock | Problem] = {}
        for count, fence in enumerate(chart_fences(lines, start), start=1):
            line = fence.first + 1
            chart: ChartBlock | Problem = Problem(title=f"A report has at most {CHARTS_PER_REPORT} charts.", line=line)
            if count <= CHARTS_PER_REPORT:  # one too many is neither read nor asked for
                chart = read_chart(lines[fence.first + 1 : fence.last], line, sets, self.resolver)
            if isinstance(chart, ChartBlock):
                chart = _one_of_many(chart, seen)
            found[line] = chart
            lines[fence.first : fence.last + 1] = ["", self.slots.put(chart), *[""] * (fence.last - fence.first - 1)]
        return found

    def _body(self, lines: list[str], start: int, problems: list[Problem]) -> Iterator[str]:
        """The text after the front matter without its title, with the slots of problems and of the lede's end in it."""
        yield from (f"{self.slots.put(problem)}\n" for problem in problems)
        rest = lines[start:]
        while rest and not rest[0].strip():
            rest.pop(0)
        if rest and _title(rest[0]):
            rest.pop(0)
            under = list(takewhile(str.strip, rest))
            # Text on the line right under the title is its lede; after an empty line the report has begun.
            if under and not under[0].startswith(("#", "-", "*", ">", "`", "~", "|", "!")):
                yield from [*under, "", self.slots.put(LedeEnds()), ""]
                rest = rest[len(under) :]
        yield from rest

    def _reader(self, chart_ids: frozenset[str], mentions: Mentions) -> Markdown:
        slugs = Slugs()
        md = Markdown(
            extensions=["pymdownx.superfences", "tables", "footnotes", "admonition", "toc", "sane_lists"],
            extension_configs={
                "pymdownx.superfences": {
                    "custom_fences": [
                        {"name": "chart", "class": "chart", "format": self._nested_chart},
                        {"name": "*", "class": "code", "format": self._code},
                    ]
                },
                "tables": {"use_align_attribute": True},
                "footnotes": {"SEPARATOR": "-", "BACKLINK_TITLE": "Back to the text"},
                "toc": {"marker": "", "slugify": slugs},
            },
        )
        md.preprocessors.deregister("html_block")  # raw HTML is text, see inline.py for the few tags that are not
        md.preprocessors.register(ShallowQuotes(), "shallow_quotes", 15)
        md.preprocessors.register(ShortParagraphs(), "short_paragraphs", 14)
        md.parser.blockprocessors.register(SlotLine(md, self.slots), "slot_line", 200)
        md.treeprocessors.register(Finish(md, self.slots, chart_ids), "finish", 3)
        md.treeprocessors.register(NamedHeadings(md, slugs), "named_headings", 6)  # after inline, before toc (5)
        register_inline(md, self.slots, mentions)
        return md

    def _code(self, source: str, language: str, *args: object, **kwargs: object) -> str:
        return self.colours.code_html(source, language)

    def _nested_chart(self, source: str, *args: object, **kwargs: object) -> str:
        return f'<div data-slot="{self.slots.put(Problem(title=f"Chart: {NOT_HERE}"))}"></div>'


def _one_of_many(chart: ChartBlock, seen: set[str]) -> ChartBlock | Problem:
    """Numbers the figures; refuses an id that another chart has."""
    if chart.id in seen:
        again = "Comments and pinned data are kept by this id. Remove the line, and a new one is given when the draft is saved."
        return Problem(title=f"Chart {chart.id}: another chart above has the same id.", text=again, line=chart.line)
    seen.add(chart.id or f"line {chart.line}")
    return replace(chart, number=len(seen))


def _cut(parts: Iterable[Part | LedeEnds]) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    lede: list[Part] = []
    rest: list[Part] = []
    for part in parts:
        if isinstance(part, LedeEnds):
            lede, rest = rest, []
        else:
            rest.append(part)
    return tuple(lede), tuple(rest)


def _left_out(count: int) -> Html:
    words = f"{count:,} mentioned runs stay text: a report links at most {RUNS_MENTIONED} different ones."
    return Html(f'<div class="callout"><b>Many runs</b><p>{words}</p></div>')


def _title(line: str) -> re.Match[str] | None:
    # A longer line is a heading and no title: finding the end of its words costs the square of its blanks.
    return TITLE.fullmatch(line) if len(line) <= TITLE_SOURCE else None


def _lines(source: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", source)


def _undrawn(title: str) -> Rendered:
    problem = Problem(title=title, text="The text itself is safe. Open the editor to mend it.")
    return Rendered("", (), (problem,), (), (), (problem,), (), 0)


__all__ = ["Html", "Rendered", "render", "title_of"]
