"""Finds chart blocks in the source, for drawing them and for giving them ids: one reading of the text for both."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from kit.uid import ALPHABET
from reports.limits import CHART_ID_LENGTH

OPENING = re.compile(r"(?P<indent> {0,3})(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`\r\n]*?)[ \t]*")
FRONT = re.compile(r"---[ \t]*")


@dataclass(frozen=True, slots=True)
class Fence:
    """A closed fenced block: line numbers of its opening and closing fence, from 0, and what stands after the ticks."""

    first: int
    last: int
    info: str


def front_matter_end(lines: list[str]) -> int:
    """How many lines the front matter takes with both its rules; 0 when there is none."""
    if lines and FRONT.fullmatch(lines[0]):
        for number, line in enumerate(lines[1:], start=1):
            if FRONT.fullmatch(line):
                return number + 1
    return 0


def fences_in(lines: list[str], start: int = 0) -> Iterator[Fence]:
    """Every fenced block at the left edge, in order; a fence inside another is text of that one. An open end is no fence."""
    closings = _closings(lines)
    number = start
    while number < len(lines):
        opening = OPENING.fullmatch(lines[number])
        end = _closing(closings, opening["fence"], number) if opening else None
        if opening is None or end is None:
            number += 1
            continue
        yield Fence(number, end, opening["info"])
        number = end + 1


def chart_fences(lines: list[str], start: int = 0) -> list[Fence]:
    return [fence for fence in fences_in(lines, start) if fence.info == "chart"]


def with_chart_ids(source: str, salt: str) -> str:
    """The source with `id: …` as first line of each chart block that has none; every other byte is as it was.

    The same block of the same report (`salt`) gets the same id again: a draft saved while its author types on needs no merging.
    """
    lines = source.split("\n")
    plain = [line.removesuffix("\r") for line in lines]
    fences = chart_fences(plain, front_matter_end(plain))
    bodies = [plain[fence.first + 1 : fence.last] for fence in fences]
    taken = {match[1] for body in bodies for line in body if (match := ID_LINE.match(line))}
    ids = [None if any(map(HAS_ID.match, body)) else _new_id(salt, body, taken) for body in bodies]
    for fence, body, chart in reversed(list(zip(fences, bodies, ids, strict=True))):
        if chart is not None:
            ending = "\r" if lines[fence.first].endswith("\r") else ""
            lines.insert(fence.first + 1, f"{_indent(body)}id: {chart}{ending}")
    return "\n".join(lines)


def _new_id(salt: str, body: list[str], taken: set[str]) -> str:
    """Four characters from the text of the block, not yet in `taken`, which gets them."""
    for attempt in count():
        digest = hashlib.sha256("\n".join([salt, str(attempt), *body]).encode(errors="replace")).digest()
        chart = "".join(ALPHABET[byte % 32] for byte in digest[:CHART_ID_LENGTH])
        if chart not in taken:
            taken.add(chart)
            return chart
    raise AssertionError("count() does not end")


HAS_ID = re.compile(r"\s*(?:id|'id'|\"id\")\s*:|\s*\{")  # `{…}`: one-line YAML keeps its own counsel
ID_LINE = re.compile(r"\s*id\s*:\s*(\S+)")


def _indent(body: list[str]) -> str:
    first = next((line for line in body if line.strip()), "")
    return first[: len(first) - len(first.lstrip())]


def _closings(lines: list[str]) -> dict[str, list[int]]:
    """Lines that could close a block, by their ticks, last first: found once, so that many open fences cost nothing."""
    found: dict[str, list[int]] = {}
    for number in range(len(lines) - 1, -1, -1):
        bare = lines[number].strip(" \t")
        if len(bare) >= 3 and bare[0] in "`~" and bare == bare[0] * len(bare):
            found.setdefault(bare, []).append(number)
    return found


def _closing(closings: dict[str, list[int]], fence: str, after: int) -> int | None:
    waiting = closings.get(fence, [])
    while waiting and waiting[-1] <= after:
        waiting.pop()
    return waiting[-1] if waiting else None
