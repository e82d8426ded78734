"""Blocks and the finishing of the tree: lines that stand for slots, quotes of bounded depth, images, tables, links."""

import re
import xml.etree.ElementTree as etree
from dataclasses import replace

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from reports.limits import PARAGRAPH_LINES, QUOTE_NESTING
from reports.rendering.callouts import callouts_in
from reports.rendering.parts import RunChip
from reports.rendering.sanitize import RUN_IMAGE
from reports.rendering.slots import Slots

DEEP_QUOTE = re.compile(rf"(?: {{0,3}}>){{{QUOTE_NESTING},}}")
TASK = re.compile(r"\s*\[([ xX])\][ \t]+")
OURS = ("h-", "fn", "chart-", "comment-")


class SlotLine(BlockProcessor):
    """A line that is a slot's name becomes the slot."""

    def __init__(self, md: Markdown, slots: Slots) -> None:
        super().__init__(md.parser)
        self.name = re.compile(rf"{slots.token}-[0-9]+")

    def test(self, parent: etree.Element, block: str) -> bool:
        return self.name.fullmatch(block.strip()) is not None

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        etree.SubElement(parent, "div", {"data-slot": blocks.pop(0).strip()})


class ShallowQuotes(Preprocessor):
    """Quotes nested deeper than anybody reads cost the square of their depth; the rest of the signs is dropped."""

    def run(self, lines: list[str]) -> list[str]:
        return [DEEP_QUOTE.sub(">" * QUOTE_NESTING, line, count=1) if line.lstrip()[:1] == ">" else line for line in lines]


class ShortParagraphs(Preprocessor):
    """Python-Markdown copies the rest of a paragraph for each heading or rule in it; 500 lines have a break."""

    def run(self, lines: list[str]) -> list[str]:
        cut: list[str] = []
        length = 0
        for line in lines:
            length = length + 1 if line.strip() else 0
            cut.append(line)
            if length >= PARAGRAPH_LINES:
                cut.append("")
                length = 0
        return cut


class Finish(Treeprocessor):
    """After everything else has run on the tree."""

    def __init__(self, md: Markdown, slots: Slots, chart_ids: frozenset[str]) -> None:
        super().__init__(md)
        self.slots, self.chart_ids = slots, chart_ids

    def run(self, root: etree.Element) -> None:
        callouts_in(root, self.slots)
        for parent in list(root.iter()):
            for place, child in enumerate(list(parent)):
                if child.tag == "table":
                    _wrap_table(parent, place, child)
                elif child.tag == "img" and not RUN_IMAGE.fullmatch(child.get("src", "")):
                    _image_as_link(child, inside_link=parent.tag == "a")
                elif child.tag == "li":
                    _task(child)
                elif child.tag == "a":
                    self._link(child)

    def _link(self, link: etree.Element) -> None:
        target = link.get("href", "")
        if target.startswith("#") and not target[1:].startswith(OURS):
            link.set("href", f"#chart-{target[1:]}" if target[1:] in self.chart_ids else f"#h-{target[1:]}")
        for inner in link.iter("span"):
            number = inner.get("data-slot", "").rpartition("-")[2]
            held = self.slots.held[int(number)] if number else None
            if isinstance(held, RunChip):
                self.slots.held[int(number)] = replace(held, linked=False)


def _task(item: etree.Element) -> None:
    """`- [ ] todo` and `- [x] done`: a sign in the text, because a form has no place in it."""
    holder = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
    match = TASK.match(holder.text or "")
    if match:
        item.set("class", "task-list-item")
        holder.text = f"{'☐' if match[1] == ' ' else '☑'} {(holder.text or '')[match.end() :]}"


def _wrap_table(parent: etree.Element, place: int, table: etree.Element) -> None:
    """A wide table scrolls by itself; the page never does."""
    wrap = etree.Element("div", {"class": "table-wrap"})
    wrap.tail, table.tail = table.tail, None
    table.set("class", "table")
    parent[place] = wrap
    wrap.append(table)


def _image_as_link(image: etree.Element, *, inside_link: bool) -> None:
    """An image elsewhere would tell that host who reads: a link to it instead."""
    source, words = image.get("src", ""), image.get("alt", "")
    image.tag = "span" if inside_link else "a"
    image.attrib.clear()
    if not inside_link:
        image.set("href", source)
    image.text = words or source
