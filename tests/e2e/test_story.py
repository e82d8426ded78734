"""The main job, from a training to what a team knows, as its people do it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.site import Site
from tests.stack.running import until

pytestmark = pytest.mark.browser

TRAINING = """
import math
run = lablore.init("digits", "adam-warm-s1", config={"lr": 0.003, "warmup": 200}, group="warmup", tags=["first"], seed=1)
say(run.id)
step = 0
while not told_to_end():
    run.log({"train/loss": 2.3 * math.exp(-step / 60), "lr": 0.003}, step=step)
    step += 1
    time.sleep(0.02)
run.summary["best"] = 0.1
run.finish()
"""

REPORT = """# Does the ramp help?

It does, see {{run:adam-warm-s1}}.

```chart
kind: line
runs: group:warmup
y: train/loss
log: yes
```
"""


def chart_of(page: Page, key: str = "train/loss") -> "Page":
    chart = page.locator(f'figure.chart[data-title="{key}"]').first
    expect(chart).to_have_attribute("data-drawn", re.compile("."), timeout=20_000)
    return chart  # type: ignore[return-value]


def last_step(chart: Page) -> int:
    """The last step in the chart's data table."""
    cells = chart.locator("table tbody tr:last-child td:first-child").all_inner_texts()
    return int(cells[0].replace(",", "")) if cells else -1


def test_a_training_becomes_a_report_that_a_colleague_answers(lab: Site, browse: Callable[[str], Page]) -> None:
    training = lab.train(TRAINING)
    run_page = f"/{lab.team}/digits/runs/{training.run}"
    lab.until_points(training.run, "train/loss", 1)

    # Alice opens the run and watches its chart grow.
    alice = browse("alice")
    alice.goto(run_page)
    expect(alice.locator(".head-meta .status")).to_contain_text("running")
    chart = chart_of(alice)
    chart.get_by_role("button", name="Data table").click()
    first = until(lambda: last_step(chart) + 1)
    until(lambda: last_step(chart) > first + 50)

    # The training ends; nobody has to reload to see it.
    training.tell_to_end()
    assert training.exit_code() == 0
    assert lab.until_state(training.run, {"finished", "failed", "lost", "killed"}) == "finished"
    expect(alice.locator(".head-meta .status")).to_contain_text("finished", timeout=20_000)

    # She writes a report with that chart inside, sees it drawn beside the text, and publishes.
    alice.goto(f"/{lab.team}/digits/reports/new")
    alice.get_by_label("Title", exact=True).fill("Does the ramp help?")
    alice.get_by_role("button", name="Write").click()
    alice.locator("#source").fill(REPORT.format())
    chart_of(alice)
    alice.get_by_role("button", name=re.compile("Publish v1")).click()
    alice.wait_for_url(re.compile(r"/reports/\w{10}$"))
    report_page = alice.url
    expect(alice.locator(".versions")).to_contain_text("Published v1")
    expect(chart_of(alice).locator(".badge")).to_contain_text("v1")

    # A colleague reads it, comments, follows the run and tags it as promising.
    colleague = browse("commenter")
    colleague.goto(report_page)
    chart_of(colleague)
    colleague.locator(".margin textarea[name=body]").first.fill("Is that more than one seed?")
    colleague.locator(".margin").get_by_role("button", name="Comment", exact=True).click()
    expect(colleague.locator(".margin .comment-text")).to_have_text("Is that more than one seed?")
    colleague.locator(".prose a.run", has_text="adam-warm-s1").first.click()
    colleague.wait_for_url(re.compile(training.run))
    colleague.locator("summary[aria-label='Add tag']").click()
    colleague.locator("#new-tag").fill("promising")
    colleague.get_by_role("button", name="Add", exact=True).click()
    expect(colleague.locator("#tags")).to_contain_text("promising")

    # Alice finds both: the comment beside her report, the run by its tag.
    alice.goto(report_page)
    expect(alice.locator(".margin .comment-text")).to_have_text("Is that more than one seed?")
    alice.goto(f"/{lab.team}/digits/runs?query=tag:promising")
    expect(alice.locator("main")).to_contain_text("adam-warm-s1")
