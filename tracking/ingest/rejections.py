"""Records refused by themselves: each is counted, the first are told one by one (promise D7)."""

from dataclasses import dataclass, field
from typing import Any

from tracking.limits import REJECTIONS_TOLD

_SHOWN = 100


@dataclass(slots=True)
class Rejections:
    total: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)

    def add(self, order: int | None, key: str | None, reason: str, count: int = 1) -> None:
        """`count` values or records are refused, the first at position `order` of the batch."""
        self.total += count
        if len(self.told) < REJECTIONS_TOLD:
            self.told.append({"order": order, "key": key, "reason": reason})


def shown(text: str) -> str:
    """A text we refused, such that it can be stored and printed: odd characters are escaped, length is bounded."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:_SHOWN])
