"""What an address asks for, read with forgiveness: a word that makes no sense counts as not said."""

import math
import re

from django.http import HttpRequest

from tracking.limits import INT64


def whole_number(request: HttpRequest, word: str) -> int | None:
    """A whole number of 64 bits."""
    text = request.GET.get(word, "")
    number = int(text) if re.fullmatch(r"-?[0-9]{1,19}", text) else None
    return number if number is not None and number in INT64 else None


def number(request: HttpRequest, word: str) -> float | None:
    """A finite number; a whole one of 64 bits as int."""
    whole = whole_number(request, word)
    text = request.GET.get(word, "")
    if whole is not None or not re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,20})?(e[+-]?[0-9]{1,3})?", text):
        return whole
    found = float(text)
    return found if math.isfinite(found) else None
