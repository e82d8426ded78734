"""Filters for numbers and times: `{% load numbers %}`."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kit.words import counted, lasting, reading

register = template.Library()


@register.filter
def count(value: int | None) -> str:
    """1208 -> 1,208."""
    return "–" if value is None else counted(value)


@register.filter
def metric(value: float | None) -> str | SafeString:
    """A metric's value in four figures: 2.921, 178k, 3e-4; NaN and infinities in red; a dash for None."""
    if value is None:
        return SafeString('<span class="faint">–</span>')
    text = reading(float(value))
    finite = text.lstrip("−")[0].isdigit()
    return text if finite else format_html('<span class="nan">{}</span>', text)


@register.filter
def duration(seconds: float | None) -> str:
    """6 h 12 m, 4 min 10 s, 8.2 s; a dash for None."""
    return "–" if seconds is None else lasting(float(seconds))
