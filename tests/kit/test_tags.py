"""Template tags: what they write, and that no text of a user becomes markup."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import timezone

from kit.templatetags.lablore import slot_parts

EVIL = '<img src=x onerror="alert(1)">'


def rendered(text: str, **context: Any) -> str:
    return Template("{% load lablore numbers %}" + text).render(Context(context))


def test_icon_points_into_the_built_sprite() -> None:
    assert re.fullmatch(
        r'<svg class="icon" aria-hidden="true"><use href="/static/icons(\.[0-9a-f]+)?\.svg#i-lock"/></svg>',
        rendered('{% icon "lock" %}'),
    )


@pytest.mark.parametrize(
    ("state", "tone"),
    [("running", "live"), ("finished", "ok"), ("failed", "bad"), ("lost", "lost"), ("killed", ""), ("queued", "")],
)
def test_a_state_has_shape_colour_and_word(state: str, tone: str) -> None:
    html = rendered("{% status state %}", state=state)
    assert f"#g-{state}" in html
    assert f"<span>{state}</span>" in html
    assert ("status-" + tone in html) if tone else ("status-" not in html)


def test_a_state_may_say_when() -> None:
    assert "<span>finished 18 Nov, 21:40</span>" in rendered('{% status "finished" "18 Nov, 21:40" %}')


@pytest.mark.parametrize(("slot", "parts"), [(0, (0, 1)), (8, (8, 1)), (9, (9, 2)), (16, (16, 2)), (17, (1, 3)), (24, (8, 3))])
def test_slots_are_eight_colours_in_three_strokes(slot: int, parts: tuple[int, int]) -> None:
    assert slot_parts(slot) == parts


def test_runmark_links_and_carries_the_name() -> None:
    run = SimpleNamespace(name="adam-0.01")
    assert rendered('{% runmark run 3 "/lab/digits/runs/x" %}', run=run) == (
        '<a class="run" data-run="3" data-name="adam-0.01" href="/lab/digits/runs/x"><i class="swatch"></i>adam-0.01</a>'
    )
    assert rendered("{% runmark run 17 %}", run=run) == (
        '<span class="run" data-run="1" data-tier="3" data-name="adam-0.01"><i class="swatch"></i>adam-0.01</span>'
    )


def test_names_of_users_stay_text() -> None:
    user = SimpleNamespace(name=EVIL, email=EVIL)
    html = rendered(
        "{% runmark user 1 url %}{% face user %}{% status user.name user.name %}{% icon user.name %}",
        user=user,
        url='"><script>',
    )
    assert "<img" not in html
    assert "<script" not in html


def test_ago_keeps_the_exact_time() -> None:
    when = timezone.now() - timedelta(hours=3, minutes=5)
    html = rendered("{% ago when %}", when=when)
    assert html.endswith(">3 h ago</time>")
    assert when.isoformat() in html
    assert rendered("{% ago when %}", when=None) == '<span class="faint">–</span>'


def test_exact_time_is_written_without_a_leading_nought() -> None:
    assert 'title="4 Mar 2025, 09:05:00 UTC"' in rendered("{% ago when %}", when=datetime(2025, 3, 4, 9, 5, tzinfo=UTC))


def test_metrics_that_are_not_numbers_are_red() -> None:
    assert rendered("{{ v|metric }}", v=2.5) == "2.5"
    assert rendered("{{ v|metric }}", v=-2.5) == "−2.5"
    assert rendered("{{ v|metric }}", v=float("nan")) == '<span class="nan">NaN</span>'
    assert rendered("{{ v|metric }}", v=float("-inf")) == '<span class="nan">−Inf</span>'
    assert rendered("{{ v|metric }}", v=None) == '<span class="faint">–</span>'


def test_counts_and_durations() -> None:
    assert rendered("{{ n|count }} {{ s|duration }} {{ none|count }}", n=1208, s=250, none=None) == "1,208 4 min 10 s –"


CHART = {
    "id": "c1",
    "title": EVIL,
    "unit": EVIL,
    "kind": "line",
    "frame_url": "/f?key=a&group=b",
    "csv_url": "/f.csv",
    "smooth": 0.6,
    "log": True,
    "group": "warm-up",
    "band": "ci",
    "height": "tall",
    "state": "frozen",
    "state_label": "Frozen in v7",
    "caption": "",
    "summary": EVIL,
}


def test_a_chart_carries_its_settings_and_escapes_its_words() -> None:
    html = rendered('{% include "_components/chart.html" %}', chart=CHART)
    assert 'data-frame="/f?key=a&amp;group=b"' in html
    assert 'data-smooth="0.6" data-log data-group="warm-up" data-band="ci" data-state="frozen"' in html
    assert 'class="plot plot-tall"' in html
    assert "Frozen in v7" in html
    assert "<img" not in html
    assert "<figcaption>" not in html


def test_a_live_chart_says_so() -> None:
    html = rendered('{% include "_components/chart.html" %}', chart=CHART | {"state": "live", "log": False})
    assert 'data-foot="live"' in html
    assert "data-log" not in html
