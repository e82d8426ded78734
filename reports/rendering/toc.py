"""Contents of a report, and the ids of its headings: ours, with a prefix, so that no heading can shadow a name of the page."""

import re
from collections.abc import Iterable
from html import unescape
from typing import Any

from reports.limits import HEADINGS_IN_CONTENTS
from reports.rendering.parts import Heading


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


def headings_of(tokens: Iterable[dict[str, Any]]) -> tuple[Heading, ...]:
    """The toc extension's tree as a flat list in the order of the text."""
    found: list[Heading] = []
    waiting = list(tokens)[::-1]
    while waiting and len(found) < HEADINGS_IN_CONTENTS:
        token = waiting.pop()
        found.append(Heading(level=token["level"], id=token["id"], text=unescape(token["name"])))
        waiting.extend(reversed(token["children"]))
    return tuple(found)
