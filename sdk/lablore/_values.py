"""What users hand over, as what can be stored: numbers for metrics, plain JSON for config and summary."""

import dataclasses
import enum
import math
import operator
import re
from argparse import Namespace
from collections.abc import Iterable, Mapping
from typing import Any

LONGEST_KEY = 200
DEEPEST = 32
LARGEST_ARRAY = 1000
_NEVER = (str, bytes, bytearray, type(None))
_BAD_IN_KEY = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_BAD_IN_TEXT = re.compile("[\x00\ud800-\udfff]")


def fits_int64(value: int) -> bool:
    """Whether `value` is a 64-bit integer. (`in range(…)` walks the range when `value` is of a subclass of int.)"""
    return -(2**63) <= value < 2**63


def number(value: Any) -> float | int | None:
    """`value` now, as a number; None when it is not one.

    Numbers are int, float, bool, Decimal, Fraction and every array or tensor of exactly one element, whatever library it is
    of (`.item()`), NaN and infinities as they are. Text is never a number, nor are None, complex numbers and dates.
    """
    if isinstance(value, float):
        return float(value)
    if isinstance(value, _NEVER):
        return None
    try:
        item = getattr(value, "item", None)
        if callable(item):
            value = item()
        if isinstance(value, int):
            return int(value) if fits_int64(value) else float(value)
        return float(value) if hasattr(value, "__float__") else None
    except Exception:  # arrays of many elements, ints beyond float64, anything a foreign class raises
        return None


def step_number(step: Any) -> int | None:
    """`step` as a 64-bit integer (also 3.0 and NumPy's integers), None when it is none."""
    try:
        whole = operator.index(step)
    except TypeError:
        value = number(step)
        if value is None or not float(value).is_integer():
            return None
        whole = int(value)
    return whole if fits_int64(whole) else None


def key_problem(key: str) -> str:
    """Why `key` cannot name a metric, or an empty text."""
    if not key:
        return "a metric without a name"
    if len(key) > LONGEST_KEY:
        return f"a metric name of more than {LONGEST_KEY} characters"
    return "a metric name with control characters or half characters" if _BAD_IN_KEY.search(key) else ""


def clean_text(text: str) -> str:
    """`text` with what no database stores (NUL, lone surrogates) replaced by U+FFFD."""
    return _BAD_IN_TEXT.sub("\ufffd", text)


def plain(value: Any, depth: int = 0) -> Any:
    """`value` as JSON can say it; used for config and summary, never for metrics.

    Dataclasses and argparse namespaces become maps, enums their value, arrays of up to 1000 elements lists, sets sorted
    lists; NaN and infinities the texts "NaN", "Infinity", "-Infinity"; everything else its `str()`. Raises ValueError when
    it is nested deeper than 32, itself included.
    """
    if depth >= DEEPEST:
        raise ValueError(f"nested deeper than {DEEPEST}")
    if isinstance(value, enum.Enum):
        value = value.value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean_text(str(value))
    if isinstance(value, int | float):
        return _plain_number(value)
    return _plain_compound(value, depth)


def plain_map(given: Any) -> dict[str, Any]:
    """`plain` of a map, of pairs, of a namespace or a dataclass. Raises TypeError or ValueError when it is none of these."""
    if isinstance(given, Iterable) and not isinstance(given, Mapping) and not dataclasses.is_dataclass(given):
        given = dict(given)
    values = plain(given)
    if not isinstance(values, dict):
        raise TypeError(f"{type(given).__name__} is no map")
    return values


def one_line(text: object, limit: int = LONGEST_KEY) -> str:
    """`text` as a line of at most `limit` characters that every database stores."""
    return _BAD_IN_KEY.sub(" ", str(text)).strip()[:limit].strip()


def _plain_number(value: float) -> Any:
    if isinstance(value, int):
        return int(value) if fits_int64(value) else str(int(value))
    if math.isnan(value):
        return "NaN"
    return float(value) if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")


def _plain_compound(value: Any, depth: int) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    elif isinstance(value, Namespace):
        value = vars(value)
    if isinstance(value, Mapping):
        return {clean_text(str(key)): plain(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner, depth + 1) for inner in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(inner, depth + 1) for inner in value), key=str)
    return _plain_foreign(value, depth)


def _plain_foreign(value: Any, depth: int) -> Any:
    one = number(value)
    if one is not None:
        return _plain_number(one)
    as_list = getattr(value, "tolist", None)
    if callable(as_list) and getattr(value, "size", LARGEST_ARRAY + 1) <= LARGEST_ARRAY:
        return plain(as_list(), depth + 1)
    return clean_text(str(value))
