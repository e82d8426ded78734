"""What an address asks for, read with forgiveness: a word that makes no sense counts as not said."""

import re

from django.http import HttpRequest

STEPS = range(-(2**63), 2**63)


def whole_number(request: HttpRequest, word: str) -> int | None:
    """A whole number of 64 bits."""
    text = request.GET.get(word, "")
    number = int(text) if re.fullmatch(r"-?[0-9]{1,19}", text) else None
    return number if number is not None and number in STEPS else None
