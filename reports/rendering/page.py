"""Parts to the HTML of a page: sanitised text as it is, everything else drawn by our own templates from our own data."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from kit.templatetags.lablore import glyph, runmark
from reports.rendering.figure import Figure
from reports.rendering.parts import ChartBlock, Html, Part, Problem, RunChip


def html_of(
    parts: Iterable[Part],
    figure: Callable[[ChartBlock], Figure],
    edit_url: str = "",
    undrawn: Mapping[int, str] = MappingProxyType({}),
) -> SafeString:
    """`figure` decides live or frozen; `edit_url` is empty for who may not edit, and then nothing offers to.

    `undrawn`: number of a figure -> why it has nothing to draw, shown under it.
    """
    return SafeString("".join(_html(part, figure, edit_url) + _why(part, undrawn) for part in parts))


def _why(part: Part, undrawn: Mapping[int, str]) -> str:
    if not isinstance(part, ChartBlock) or part.number not in undrawn:
        return ""
    return format_html('<div class="banner banner-warn">{}</div>', with_code(undrawn[part.number]))


def _html(part: Part, figure: Callable[[ChartBlock], Figure], edit_url: str) -> str:
    if isinstance(part, Html):
        return part.text
    if isinstance(part, ChartBlock):
        return _chart(figure(part))
    if isinstance(part, Problem):
        address = f"{edit_url}?line={part.line}#source" if edit_url else ""
        context = {"title": with_code(part.title), "text": with_code(part.text), "lines": part.lines, "action_url": address}
        return render_to_string("_components/error.html", context)
    if isinstance(part, RunChip):
        return _chip(part)
    return glyph(part.glyph, part.tone)


def with_code(words: str) -> SafeString:
    """Our own sentence with what stands between `ticks` as code; everything escaped."""
    return SafeString(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(words)))


def plain_words(problem: str) -> SafeString:
    """A problem's sentence for a list that names the line of the whole text itself: without the line of the block."""
    return with_code(re.sub(r"^([^:,]{1,60}), line [0-9]+:", r"\1:", problem))


def _chart(figure: Figure) -> str:
    """Wrapped in an element named by all that decides its drawing, so that a new preview keeps unchanged charts."""
    drawn = render_to_string("_components/chart.html", {"chart": figure})
    name = hashlib.sha256(drawn.encode()).hexdigest()[:16]
    return format_html('<div class="kept" id="kept-{}" hx-preserve="true">{}</div>', name, mark_safe(drawn))  # noqa: S308  our template


def _chip(chip: RunChip) -> str:
    if chip.run is None:
        return format_html(
            '<s class="missing" title="There is no run of this name in the project">no run called {}</s>', chip.word
        )
    if not chip.run.url:
        return format_html('<s class="missing" title="This run was deleted">{}</s>', chip.run.name)
    return runmark(chip.run, chip.run.slot, chip.run.url if chip.linked else "")
