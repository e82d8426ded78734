"""Places in the HTML where the server will draw something itself: an empty element named by a token that nobody can guess."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from reports.rendering.parts import Html, Part


class LedeEnds:
    """Where the text under the title ends and the byline stands."""


@dataclass(slots=True)
class Slots:
    """The slots of one render. A new token each time: knowing an old one gains nothing."""

    token: str = field(default_factory=lambda: f"slot{secrets.token_hex(16)}")
    held: list[Part | LedeEnds] = field(default_factory=list)

    def put(self, part: Part | LedeEnds) -> str:
        """The name under which `part` waits: value of `data-slot`, and the text of a line that stands for a block."""
        self.held.append(part)
        return f"{self.token}-{len(self.held) - 1}"

    def split(self, clean_html: str) -> Iterator[Part | LedeEnds]:
        """The sanitised HTML with each slot replaced by what it holds."""
        pieces = re.split(rf'<(?:div|span) data-slot="{self.token}-([0-9]+)">[^<]*</(?:div|span)>', clean_html)
        for number, piece in enumerate(pieces):
            if number % 2:
                yield self.held[int(piece)]
            elif piece.strip():
                yield Html(piece)
            elif piece and number not in {0, len(pieces) - 1}:
                yield Html(" ")  # the blank between two chips
