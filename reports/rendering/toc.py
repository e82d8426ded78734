"""Contents of a report, and the ids of its headings: ours, with a prefix, so that no heading can shadow a name of the page."""

import re
import xml.etree.ElementTree as etree
from collections.abc import Iterable
from html import unescape
from typing import Any

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from reports.limits import HEADINGS_IN_CONTENTS
from reports.rendering.parts import Heading

HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
# In the very form that Slugs makes of it, so that a link by this name arrives.
NAME = re.compile(r"\{#(?=[^}]{1,64}\})([a-z0-9]+(?:-[a-z0-9]+)*)\}\s*\Z")


class Slugs:
    """Gives each heading its own id; Python-Markdown's way of counting up is quadratic in equal headings."""

    def __init__(self) -> None:
        self.given: dict[str, int] = {}

    def __call__(self, text: str, separator: str) -> str:
        words = re.sub(r"[^\w\s-]", "", unescape(text).lower())[:80]
        slug = re.sub(r"[\s_-]+", "-", words).strip("-") or "part"
        count = self.given[slug] = self.given.get(slug, 0) + 1
        while count > 1 and f"{slug}-{count}" in self.given:
            count += 1
        if count > 1:
            self.given[slug] = count
            slug = f"{slug}-{count}"
            self.given[slug] = 1
        return f"h-{slug}"


class NamedHeadings(Treeprocessor):
    """`## Adam at 0.015 {#adam}`: a heading that names itself, so that links to it outlive its words.

    Run before the toc extension, so that the names chosen come first and made ones count on from them.
    """

    def __init__(self, md: Markdown, slugs: Slugs) -> None:
        super().__init__(md)
        self.slugs = slugs

    def run(self, root: etree.Element) -> None:
        for heading in root.iter():
            if heading.tag not in HEADINGS:
                continue
            last = heading[-1] if len(heading) else None
            words, name = without_name((heading.text if last is None else last.tail) or "")
            if not name:
                continue
            if last is None:
                heading.text = words
            else:
                last.tail = words
            heading.set("id", self.slugs(name, "-"))


def without_name(heading: str) -> tuple[str, str]:
    """The words of a heading, and the name at their end; empty when there is none or it is no name."""
    match = NAME.search(heading)
    return (heading[: match.start()].rstrip(), match[1]) if match else (heading, "")


def headings_of(tokens: Iterable[dict[str, Any]]) -> tuple[Heading, ...]:
    """The toc extension's tree as a flat list in the order of the text."""
    found: list[Heading] = []
    waiting = list(tokens)[::-1]
    while waiting and len(found) < HEADINGS_IN_CONTENTS:
        token = waiting.pop()
        found.append(Heading(level=token["level"], id=token["id"], text=unescape(token["name"])))
        waiting.extend(reversed(token["children"]))
    return tuple(found)
