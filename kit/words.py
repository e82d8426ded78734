"""How times, numbers and people are written on a page. Plain functions; the template tags only dress them."""

import math
from datetime import datetime
from typing import Any

MINUTE, HOUR, DAY = 60, 3600, 86_400


def since(when: datetime, now: datetime) -> str:
    """14 min ago, 3 h ago, 2 days ago; a date after two weeks. A moment in the future (another clock) is now."""
    seconds = (now - when).total_seconds()
    if seconds < MINUTE:
        return "now"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min ago"
    if seconds < DAY:
        return f"{int(seconds // HOUR)} h ago"
    days = int(seconds // DAY)
    if days < 14:
        return "1 day ago" if days == 1 else f"{days} days ago"
    return f"{when.day} {when:%b}" if when.year == now.year else f"{when.day} {when:%b %Y}"


def day_of(when: datetime, now: datetime) -> str:
    """18 Nov, 21:40; with the year when it is not this one."""
    year = "" if when.year == now.year else f" {when.year}"
    return f"{when.day} {when:%b}{year}, {when:%H:%M}"


def lasting(seconds: float) -> str:
    """6 h 12 m, 4 min 10 s, 8.2 s."""
    if seconds < 9.95:
        return f"{max(0.0, seconds):.1f} s"
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE:02d} s"
    if whole < 2 * DAY:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE:02d} m"
    return f"{whole // DAY} d {whole % DAY // HOUR} h"


def counted(value: int) -> str:
    """1208 -> 1,208, with a real minus."""
    return f"{value:,}".replace("-", "−")


def reading(value: float) -> str:
    """Four significant figures as people write them: 2.921, 0.0412, 178k, 1.25M, 3e-4, NaN, Inf."""
    if math.isnan(value):
        return "NaN"
    sign = "−" if value < 0 else ""
    size = abs(value)
    if math.isinf(size):
        return f"{sign}Inf"
    return sign + _figures(size)


def _figures(size: float) -> str:
    for bound, unit in ((1e15, ""), (1e9, "G"), (1e6, "M"), (1e4, "k")):
        if size >= bound:
            return _short(size, "e") if not unit else _short(size / (bound if unit != "k" else 1e3), "g") + unit
    return _short(size, "e") if 0 < size < 1e-3 else _short(size, "g")


def _short(size: float, form: str) -> str:
    if form == "e":
        digits, power = f"{size:.3e}".split("e")
        return f"{float(digits):g}e{int(power)}"
    return f"{size:.4g}" if size < 9999.5 else f"{size:.0f}"


def initials_of(user: Any) -> str:
    """Two letters for a person: of the name, else of the e-mail address."""
    name = (getattr(user, "name", "") or getattr(user, "email", "") or "?").split("@")[0]
    parts = [part for part in name.replace(".", " ").replace("_", " ").replace("-", " ").split() if part[0].isalnum()]
    if not parts:
        return "?"
    return (parts[0][0] + parts[-1][0] if len(parts) > 1 else parts[0][:2]).upper()
