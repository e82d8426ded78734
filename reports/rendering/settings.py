"""Checks one setting after another, and says what is wrong in words that tell what to write instead."""

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from reports.rendering.yaml_block import Node

T = TypeVar("T")


class BadSetting(Exception):
    """`line` of the block, from 1; None when it is about the block as a whole."""

    def __init__(self, line: int | None, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.message, self.hint = line, message, hint


def refuse_unknown(entries: Mapping[str, Node], known: Iterable[str], what: str) -> None:
    """Raises BadSetting for the first entry that is not `known`."""
    known = tuple(known)
    for name, node in entries.items():
        if name not in known:
            shown = name if len(name) <= 40 else f"{name[:40]}…"
            raise BadSetting(node.line, f"“{shown}” is not {what}.", _instead(name, known))


def _instead(name: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name[:40], known, n=1)
    guess = f"Did you mean `{close[0]}`? " if close else ""
    return f"{guess}{'Settings are' if len(known) > 1 else 'The only setting is'} {', '.join(known)}."


def one_of(entries: Mapping[str, Node], name: str, read: Callable[[str], T], default: T) -> T:
    """The setting read by `read`, which raises ValueError with a sentence saying what is expected."""
    node = entries.get(name)
    if node is None:
        return default
    try:
        if not isinstance(node.value, str):
            raise ValueError(f"`{name}` takes one value, not a list.")
        return read(node.value.strip())
    except ValueError as error:
        raise BadSetting(node.line, str(error).replace("{name}", name)) from None


def text_of(written: str) -> str:
    return written


def short_text(limit: int) -> Callable[[str], str]:
    def read(written: str) -> str:
        if len(written) > limit:
            raise ValueError(f"`{{name}}` has at most {limit} characters.")
        return written

    return read


def whole_number(low: int, high: int) -> Callable[[str], int]:
    def read(written: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", written) or not low <= int(written) <= high:
            raise ValueError(f"`{{name}}` is a whole number from {low} to {high}, not “{written[:40]}”.")
        return int(written)

    return read


def number(low: float, high: float) -> Callable[[str], float]:
    def read(written: str) -> float:
        plain = re.fullmatch(r"[0-9]{0,9}\.?[0-9]{0,9}(e-?[0-9]{1,2})?", written)
        try:
            value = float(written) if plain else math.nan
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise ValueError(f"`{{name}}` is a number from {low:g} to {high:g}, not “{written[:40]}”.")
        return value

    return read


def choice(*words: str) -> Callable[[str], str]:
    def read(written: str) -> str:
        if written not in words:
            raise ValueError(f"`{{name}}` is {' or '.join(words)}, not “{written[:40]}”.")
        return written

    return read


def switch(written: str) -> bool:
    if written.lower() not in {"true", "yes", "on", "false", "no", "off"}:
        raise ValueError(f"`{{name}}` is yes or no, not “{written[:40]}”.")
    return written.lower() in {"true", "yes", "on"}
