"""NaN, infinities, minus zero and the smallest numbers: bit-equal from the API, marked in the chart, and no page fails."""

import math
import re
import struct
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.site import Site

VALUES = [1.0, math.nan, math.inf, -math.inf, -0.0, 0.0, 5e-324, 1.7976931348623157e308, 0.1, 2.0]

TRAINING = """
import math
run = lablore.init("odd", "odd-numbers")
say(run.id)
for step, value in enumerate([1.0, math.nan, math.inf, -math.inf, -0.0, 0.0, 5e-324, 1.7976931348623157e308, 0.1, 2.0]):
    run.log({"loss": value, "small": math.nan if step % 2 else step / 10}, step=step)
run.summary.update({"nan": math.nan, "inf": math.inf})
run.finish()
"""


@pytest.fixture(scope="module")
def odd(lab: Site) -> str:
    training = lab.train(TRAINING)
    assert training.exit_code() == 0
    lab.until_points(training.run, "loss", len(VALUES))
    return training.run


def test_they_come_back_bit_by_bit(lab: Site, odd: str) -> None:
    steps, values = lab.history(odd, "loss")
    assert steps.tolist() == list(range(len(VALUES)))
    assert values.tobytes() == struct.pack(f"<{len(VALUES)}d", *VALUES)


def test_json_names_them(lab: Site, odd: str) -> None:
    answer = lab.get(f"/api/v1/runs/{odd}/history?key=loss")
    found = answer.json()["values"]
    assert found[1:4] == ["NaN", "Infinity", "-Infinity"]
    assert math.copysign(1, found[4]) == -1
    assert [found[0], *found[5:]] == [1.0, *VALUES[5:]]


@pytest.mark.browser
def test_the_chart_marks_them_and_no_page_fails(lab: Site, odd: str, browse: Callable[[str], Page]) -> None:
    alice = browse("alice")
    alice.goto(f"/{lab.team}/odd/runs/{odd}")
    chart = alice.locator('figure.chart[data-title="small"]')
    expect(chart).to_have_attribute("data-drawn", re.compile("."), timeout=20_000)
    expect(chart.locator(".chart-foot")).to_contain_text("5 values not finite")
    expect(alice.locator('figure.chart[data-title="loss"] .chart-foot')).to_contain_text("3 values not finite")
    for path in ("", "/odd/runs", f"/odd/runs/{odd}", f"/odd/runs/{odd}/history.csv", "/odd/reports"):
        answer = alice.request.get(f"/{lab.team}{path}" if path else f"/{lab.team}/")
        assert answer.status == 200, path
    for path in ("/api/v1/runs?project=odd", f"/api/v1/runs/{odd}", f"/api/v1/runs/{odd}/series"):
        assert lab.get(path).status_code == 200, path
