"""The report editor by hand: the form for a chart, the preview beside or away, a refusal that goes when it is mended."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from reports.models import Report
from tests.browser.test_reports import HERE, TEXT, enter
from tests.factories.reports import make_report
from tests.factories.tracking import log_metrics, make_run
from tracking.models import Project


@pytest.fixture
def report(site: str, project: Project, bob: User) -> Report:
    for number in (1, 2):
        run = make_run(project, bob, f"warm-{number}", tags=("warmup",), config={"lr": 0.1})
        log_metrics(run, {"train/loss": [2.0, 1.0], "val/loss": [3.0, 2.0]})
    return make_report(project, bob, TEXT)


@pytest.fixture
def editor(page: Page, site: str, report: Report, bob: User) -> Page:
    enter(page.context, site, bob)
    page.goto(f"{HERE}/{report.uid}/edit")
    return page


def test_the_form_for_a_chart_is_worked_by_keys(editor: Page) -> None:
    editor.locator("#source").fill("# New\n\nafter")
    editor.evaluate("document.querySelector('#source').setSelectionRange(6, 6)")
    form, metric = editor.locator("[data-chart-form]"), editor.locator('[data-setting="y"]')
    editor.get_by_text("Insert chart").click()
    expect(metric).to_be_focused()
    expect(metric).to_have_value("val/loss")
    metric.fill(" ")
    metric.press("Enter")
    expect(form).to_be_visible()
    assert metric.evaluate("(field) => field.validationMessage") == "Name a metric, for example val/loss."
    editor.keyboard.press("Escape")
    expect(form).to_be_hidden()
    editor.get_by_text("Insert chart").click()
    metric.fill("train/loss")
    metric.press("Enter")
    expect(form).to_be_hidden()
    expect(editor.locator("#source")).to_be_focused()
    editor.keyboard.type("HERE")
    block = "```chart\nkind: line\nruns: state:finished\ny: train/loss\n```\n"
    expect(editor.locator("#source")).to_have_value(f"# New\n\n{block}\nHERE\nafter")


@pytest.mark.parametrize(("width", "at_first"), [(1400, True), (1000, True), (375, False)])
def test_the_preview_is_switched_at_every_width(
    page: Page, site: str, report: Report, bob: User, width: int, at_first: bool
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    enter(page.context, site, bob)
    page.goto(f"{HERE}/{report.uid}/edit")
    button, preview = page.locator("[data-preview-switch]"), page.locator("#preview")
    source = page.locator("#source")
    for shown in (at_first, not at_first, at_first):
        expect(button).to_have_attribute("aria-pressed", str(shown).lower())
        expect(preview).to_be_visible(visible=shown)
        expect(source).to_be_visible(visible=not (shown and width == 375))
        box = page.locator(".editor > :is(.source, .prose):visible").first.bounding_box()
        assert box
        assert (box["width"] > width * 0.6) == (not shown or width == 375)
        page.keyboard.press("Control+.")


def test_a_refusal_goes_when_the_text_is_mended(editor: Page) -> None:
    editor.locator("#source").fill(TEXT.replace("y: val", "yy: val"))
    editor.faults.expect("422")  # type: ignore[attr-defined]
    editor.locator("[data-publish]").click()
    refused = editor.locator("#refused")
    expect(refused).to_contain_text("Chart c7k2: “yy” is not a setting of a line chart.")
    editor.locator("#source").fill(TEXT)
    expect(editor.locator("#drawable")).to_have_text("1 chart draws")
    expect(refused).to_be_hidden()


def test_a_metric_that_no_run_has_is_told_in_the_chart_and_under_it(editor: Page) -> None:
    editor.locator("#source").fill(TEXT.replace("val/loss", "val/acc"))
    expect(editor.locator("#preview .banner")).to_have_text("No run of 2 has val/acc. They have train/loss, val/loss.")
    expect(editor.locator("#preview .chart-note")).to_have_text("No run of 2 has val/acc.")
    expect(editor.locator("#drawable")).to_have_text("1 chart has nothing to draw")


def test_the_time_of_saving_has_24_hours(tab: Callable[..., Page], site: str, report: Report, bob: User) -> None:
    editor = tab(locale="en-US")
    enter(editor.context, site, bob)
    editor.goto(f"{HERE}/{report.uid}/edit")
    editor.clock.set_fixed_time("2026-11-22T23:34:00")
    editor.locator("#source").fill("# New")
    expect(editor.locator("[data-saved]")).to_have_text("Saved 23:34")
