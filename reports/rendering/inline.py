"""What is read inside a line: run chips, links that cannot cost more than they are worth, a few plain tags."""

import re
import xml.etree.ElementTree as etree
from dataclasses import dataclass
from itertools import islice
from typing import cast

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteInlineProcessor
from markdown.inlinepatterns import (
    IMAGE_LINK_RE,
    IMAGE_REFERENCE_RE,
    LINK_RE,
    REFERENCE_RE,
    ImageInlineProcessor,
    ImageReferenceInlineProcessor,
    InlineProcessor,
    LinkInlineProcessor,
    ReferenceInlineProcessor,
    ShortImageReferenceInlineProcessor,
    ShortReferenceInlineProcessor,
)
from markdown.util import AtomicString

from reports.limits import FOOTNOTE_MARKS, LINK_NESTING, LINK_REACH, LINK_STEPS, RUN_WORD_LENGTH, RUNS_MENTIONED
from reports.rendering.chart_block import Resolver
from reports.rendering.parts import RunChip, RunRef
from reports.rendering.slots import Slots

RUN = rf"\{{run:([^{{}}\n]{{1,{RUN_WORD_LENGTH}}})\}}"
BARE_URL = r"(?<![\w/])https?://[^\s<>()\[\]{}\"'`|\\^]{1,2000}"
PLAIN_TAG = r"</?(?:br|sub|sup|kbd|mark|u|s|small|ins|del|q)\s?/?>"
FOOTNOTE = r"\[\^([^\]\n]{1,100})\]"
COMMENT = r"<!--(?:(?!<!--)[\s\S]){0,2000}?-->"


class TooTangled(Exception):
    """More open brackets than a person writes: reading on would cost minutes."""


@dataclass(slots=True)
class Budget:
    """Steps left for finding the ends of links in one render."""

    steps: int = LINK_STEPS

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise TooTangled


class Bounded(LinkInlineProcessor):
    """Python-Markdown reads to the end of the paragraph from every `[`, which is quadratic: 20,000 `[` take 100 s.

    Here a link reaches so far, nests so deep, and all links of a text share one budget.
    """

    def __init__(self, pattern: str, md: Markdown, budget: Budget) -> None:
        super().__init__(pattern, md)
        self.budget = budget

    def getText(self, data: str, index: int) -> tuple[str, int, bool]:
        depth = 1
        window = data[index : index + LINK_REACH]
        for match in re.finditer(r"[\[\]]", window):
            depth += 1 if match.group() == "[" else -1
            if depth == 0 or depth > LINK_NESTING:
                self.budget.spend(match.end())
                return window[: match.start()], index + match.end(), depth == 0
        self.budget.spend(len(window))
        return "", index, False

    def getLink(self, data: str, index: int) -> tuple[str, str | None, int, bool]:
        window = data[index : index + LINK_REACH]
        closings = [match.end() for match in islice(re.finditer(r"\)", window), LINK_NESTING)]
        if not window.startswith("(") or not closings:
            return "", None, index, False
        href, title, end, handled = super().getLink(window[: closings[-1]], 0)
        self.budget.spend(closings[-1])
        return href, title, index + end, handled


class Link(Bounded):
    pass


class Image(Bounded, ImageInlineProcessor):
    pass


class Reference(Bounded, ReferenceInlineProcessor):
    pass


class ShortReference(Bounded, ShortReferenceInlineProcessor):
    pass


class ImageReference(Bounded, ImageReferenceInlineProcessor):
    pass


class ShortImageReference(Bounded, ShortImageReferenceInlineProcessor):
    pass


@dataclass(frozen=True, slots=True)
class Mentions:
    """The runs that a text mentions, all asked for at once; `left_out` words were too many to ask for."""

    runs: dict[str, RunRef | None]
    left_out: int


def mentions_in(text: str, resolver: Resolver) -> Mentions:
    words = list(dict.fromkeys(word.strip() for word in re.findall(RUN, text)))
    asked = words[:RUNS_MENTIONED]
    return Mentions(resolver.named(asked) if asked else {}, len(words) - len(asked))


class RunMention(InlineProcessor):
    """`{run:warmup-4k-s2}`: a slot whose text is the word, so that a heading with a run in it has a name."""

    def __init__(self, md: Markdown, slots: Slots, mentions: Mentions) -> None:
        super().__init__(RUN, md)
        self.slots, self.mentions = slots, mentions

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element | None, int | None, int | None]:
        word = str(self.unescape(m.group(1))).strip()
        if self.mentions.left_out and word not in self.mentions.runs:
            return None, None, None
        run = self.mentions.runs.get(word)
        span = etree.Element("span", {"data-slot": self.slots.put(RunChip(word, run))})
        span.text = AtomicString(run.name if run else word)
        return span, m.start(0), m.end(0)


class FootnoteMark(FootnoteInlineProcessor):
    """A footnote's mark. The extension looks through all earlier marks of the same note for each: so many are enough."""

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element | None, int | None, int | None]:
        if self.footnotes.found_refs.get(self.footnotes.makeFootnoteRefId(m.group(1)), 0) > FOOTNOTE_MARKS:
            return None, None, None
        element, start, end = super().handleMatch(m, data)
        return cast(etree.Element | None, element), start, end


class BareUrl(InlineProcessor):
    """An address typed as it is becomes a link; the full stop after it does not."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element, int, int]:  # type: ignore[override]
        url = m.group(0).rstrip(".,;:!?*_~")
        link = etree.Element("a", {"href": url})
        link.text = AtomicString(url)
        return link, m.start(0), m.start(0) + len(url)


class PlainTag(InlineProcessor):
    """A few tags of one line, without attributes. All other HTML is shown as it was typed."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]
        return self.md.htmlStash.store(m.group(0)), m.start(0), m.end(0)


class Comment(InlineProcessor):
    """What stands between `<!--` and `-->` is not shown."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]
        return "", m.start(0), m.end(0)


def register_inline(md: Markdown, slots: Slots, mentions: Mentions) -> None:
    budget = Budget()
    patterns = md.inlinePatterns
    patterns.deregister("html")  # raw HTML is text
    # Same names and places in the order as Python-Markdown's own, which these replace.
    patterns.register(Reference(REFERENCE_RE, md, budget), "reference", 170)
    patterns.register(Link(LINK_RE, md, budget), "link", 160)
    patterns.register(Image(IMAGE_LINK_RE, md, budget), "image_link", 150)
    patterns.register(ImageReference(IMAGE_REFERENCE_RE, md, budget), "image_reference", 140)
    patterns.register(ShortReference(REFERENCE_RE, md, budget), "short_reference", 130)
    patterns.register(ShortImageReference(IMAGE_REFERENCE_RE, md, budget), "short_image_ref", 125)
    patterns.register(RunMention(md, slots, mentions), "run", 165)
    footnotes = patterns["footnote"].footnotes  # type: ignore[attr-defined]
    patterns.register(FootnoteMark(FOOTNOTE, footnotes), "footnote", 175)
    patterns.register(Comment(COMMENT, md), "comment", 95)
    patterns.register(PlainTag(PLAIN_TAG, md), "plain_tag", 90)
    patterns.register(BareUrl(BARE_URL, md), "bare_url", 85)
