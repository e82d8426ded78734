"""Tags of every page: `{% load lablore %}`. What each part looks like: docs/front-end.md."""

from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kit.words import day_of, initials_of, since

register = template.Library()

STATES = {  # of a run: glyph, class, word
    "queued": ("queued", "", "queued"),
    "running": ("running", "status-live", "running"),
    "finished": ("finished", "status-ok", "finished"),
    "failed": ("failed", "status-bad", "failed"),
    "lost": ("lost", "status-lost", "lost"),
    "killed": ("killed", "", "killed"),
}


@register.simple_tag
def asset(name: str) -> str:
    """Address of a built file, even when the manifest of static files cannot be read: for the page that says so (500)."""
    try:
        return static(name)
    except ValueError:
        return f"{settings.STATIC_URL}{name}"


@register.simple_tag
def sprite(symbol: str) -> str:
    """Address of a symbol in the sprite: `g-…` our signs, `i-…` lucide."""
    return f"{asset('icons.svg')}#{symbol}"


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of lucide by name. The build puts into the sprite what it finds written as `{% icon "name" %}` in a template."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', sprite(f"i-{name}"))


@register.simple_tag
def glyph(name: str, tone: str = "") -> SafeString:
    """One of our own signs (static/glyphs/); `tone`: ok, warn, bad, live or lost."""
    classes = f"glyph status-{tone}" if tone else "glyph"
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, sprite(f"g-{name}"))


@register.simple_tag
def status(state: str, detail: str = "") -> SafeString:
    """A run's state: shape, colour, word; `detail` follows the word ("finished 18 Nov, 21:40")."""
    name, tone, word = STATES.get(str(state), ("queued", "", str(state)))
    text = f"{word} {detail}" if detail else word
    return format_html('<span class="status {}">{}<span>{}</span></span>', tone, glyph(name), text)


@register.simple_tag
def face(user: Any, big: bool = False) -> SafeString:
    """Grey initials of a person. Decoration: write the name beside it."""
    classes = "face face-big" if big else "face"
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, initials_of(user))


@register.simple_tag
def ago(when: datetime | None) -> SafeString:
    """How long ago, with the exact time (UTC) on hover; a dash for None."""
    if when is None:
        return SafeString('<span class="faint">–</span>')
    exact = timezone.localtime(when).strftime("%d %b %Y, %H:%M:%S UTC").lstrip("0")
    return format_html(
        '<time class="nowrap" datetime="{}" title="{}">{}</time>', when.isoformat(), exact, since(when, timezone.now())
    )


@register.filter
def day(when: datetime | None) -> str:
    """18 Nov, 21:40; with the year when it is another one."""
    return "–" if when is None else day_of(timezone.localtime(when), timezone.localtime(timezone.now()))


@register.simple_tag
def runmark(run: Any, slot: int, url: str = "") -> SafeString:
    """A run's colour and name; hovering it lights the run in every chart. `slot` 0 baseline, 1-24 in the order of the set."""
    colour, tier = slot_parts(int(slot))
    tag, target = ("a", format_html(' href="{}"', url)) if url else ("span", SafeString(""))
    return format_html(
        '<{} class="run" data-run="{}"{} data-name="{}"{}><i class="swatch"></i>{}</{}>',
        SafeString(tag),
        colour,
        format_html(' data-tier="{}"', tier) if tier > 1 else "",
        run.name,
        target,
        run.name,
        SafeString(tag),
    )


def slot_parts(slot: int) -> tuple[int, int]:
    """(colour token 0-16, tier 1-3): 1-8 solid, 9-16 dashed in shifted colours, 17-24 the first eight again, dotted."""
    if slot > 16:
        return (slot - 17) % 8 + 1, 3
    return slot, 2 if slot > 8 else 1
