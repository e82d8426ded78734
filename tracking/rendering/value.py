"""A setting as text: what a person would have typed."""

import json
import math
from typing import Any

from kit.words import counted, reading

LENGTH = 60


def value_text(value: Any) -> str:
    """3e-4, 4,000, cosine, true, [0.9, 0.95]; shortened in a table, whole on the run page."""
    text = whole_text(value)
    return text if len(text) <= LENGTH else f"{text[: LENGTH - 1]}…"


def whole_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None or isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return counted(value) if abs(value) < 10**15 else str(value)
    return _real(value) if isinstance(value, float) else str(value)


def _real(value: float) -> str:
    """Never rounded: 0.30000000000000004 is not 0.3. Small numbers in the form 3e-4, others as Python writes them."""
    if not math.isfinite(value):
        return reading(value)
    text = repr(value)
    short = f"{value:.6g}"
    if float(short) == value:
        text = short
    if 0 < abs(value) < 1e-2 and float(f"{value:.3e}") == value:
        digits, power = f"{value:.3e}".split("e")
        text = f"{float(digits):g}e{int(power)}"
    return text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
