"""Finds chart blocks in the source, for drawing them and for giving them ids: one reading of the text for both."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

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


def with_chart_ids(source: str, new_id: Callable[[], str]) -> str:
    """The source with `id: …` as first line of each chart block that has none; every other byte is as it was."""
    lines = source.split("\n")
    plain = [line.removesuffix("\r") for line in lines]
    taken = {match[1] for line in plain if (match := ID_LINE.match(line))}
    for fence in reversed(chart_fences(plain, front_matter_end(plain))):
        body = plain[fence.first + 1 : fence.last]
        if any(HAS_ID.match(line) for line in body):
            continue
        while (chart := new_id()) in taken:
            pass
        taken.add(chart)
        ending = "\r" if lines[fence.first].endswith("\r") else ""
        lines.insert(fence.first + 1, f"{_indent(body)}id: {chart}{ending}")
    return "\n".join(lines)


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
