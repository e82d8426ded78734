"""Reads a JSON body so that whatever comes out can be stored: bounded, plain UTF-8, no value PostgreSQL cannot keep.

JSON as RFC 8259 has it, and stricter where readers disagree (its sections 4, 6 and 8): a name twice in an object, numbers
beyond 64 bits or double precision, lone surrogates. NUL is refused because PostgreSQL's text cannot hold it.
"""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from kit.refusal import BrokenBody, TooLarge

BODY_BYTES = 1024 * 1024
NESTING = 32
INTEGERS = range(-(2**63), 2**64)  # what MessagePack carries, so that both ways in take the same numbers
_DIGITS = 20  # of the longest of them


class JSONBodyParser(BaseParser):
    """The only parser of the API, besides the batch's own."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        body = stream.read(BODY_BYTES + 1)
        if len(body) > BODY_BYTES:
            raise TooLarge(f"The body is larger than {BODY_BYTES} bytes. Send less at once.", limit=BODY_BYTES)
        return read_json(body)


def read_json(body: bytes) -> Any:
    """The value in `body`. Raises BrokenBody saying what is wrong."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BrokenBody("The body is not UTF-8. Send JSON as plain UTF-8.", position=error.start) from None
    if text.startswith("\ufeff"):
        raise BrokenBody("The body starts with a byte order mark. Send JSON as plain UTF-8 without one.", position=0)
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_int=_integer, parse_float=_real, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise BrokenBody(f"The body is not JSON: {error.msg}.", position=error.pos) from None
    except RecursionError:
        raise _too_deep() from None
    refuse_unstorable(value)
    return value


def refuse_unstorable(value: Any) -> None:
    """Raises BrokenBody when the value is nested too deep or some text in it cannot be stored."""
    level, depth = [value], 0
    while level:
        if depth == NESTING and any(isinstance(item, (dict, list)) for item in level):
            raise _too_deep()
        below: list[Any] = []
        for item in level:
            if isinstance(item, str):
                refuse_unstorable_text(item)
            elif isinstance(item, dict):
                below += item.keys()
                below += item.values()
            elif isinstance(item, list):
                below += item
        level, depth = below, depth + 1


def refuse_unstorable_text(text: str) -> None:
    if "\0" in text:
        raise BrokenBody("A text holds the character U+0000, which cannot be stored. Remove it.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise BrokenBody("A text holds half of a surrogate pair, which is no character. Remove it.") from None


def _too_deep() -> BrokenBody:
    return BrokenBody(f"The body is nested deeper than {NESTING} levels. Send flatter data.", limit=NESTING)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BrokenBody("An object has the same name twice. Send each name once.")
    return found


def _integer(digits: str) -> int:
    if len(digits) > _DIGITS + 1 or int(digits) not in INTEGERS:
        raise BrokenBody("An integer is beyond 64 bits. Send it as a text.")
    return int(digits)


def _real(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise BrokenBody("A number is beyond double precision. Send it as a text.")
    return number


def _constant(word: str) -> float:
    raise BrokenBody(f"{word} is not JSON. Send it as the text “{word}”.")
