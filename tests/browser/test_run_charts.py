"""From a trainer's batch to pixels: the server's own frames on the pages of the product."""

import math
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.actions.entry import open_entry
from tests.factories.accounts import Cast
from tests.factories.tracking import log_metrics, make_project, make_run
from tracking.models import Run


@pytest.fixture
def run(cast: Cast) -> Run:
    project = make_project(cast.team, cast.bob, slug="digits")
    run = make_run(project, cast.bob, name="adam-0.01", config={"lr": 0.01, "optim": "adam"}, group="adam", seed=1)
    losses = [2 * math.exp(-step / 80) + 0.4 for step in range(300)]
    log_metrics(run, {"val/loss": losses, "val/acc": [1 - loss / 3 for loss in losses]})
    return run


def address(run: Run) -> str:
    return f"/{run.project.team.slug}/{run.project.slug}/runs/{run.uid}"


def signed_in(page: Page, cast: Cast) -> Page:
    page.goto(open_entry(user=cast.bob))
    return page


def picture(page: Page, text: str) -> Locator:
    return page.locator(f'[role=img][aria-label*="{text}"]')


def test_a_run_page_draws_its_metrics(page: Page, cast: Cast, run: Run) -> None:
    signed_in(page, cast).goto(address(run))
    expect(page.locator("figure[data-drawn]")).to_have_count(2)
    expect(picture(page, "val/loss from step 0 to 299: adam-0.01 ends at 0.4476.")).to_be_visible()
    expect(picture(page, "val/acc from step 0 to 299: adam-0.01 ends at 0.8508.")).to_be_visible()


def test_a_metric_with_a_rule_is_drawn_over_its_step_metric(page: Page, cast: Cast, run: Run) -> None:
    epochs = [step / 100 for step in range(300, 400)]
    said = {"key": "val/*", "goal": "maximize", "summary": "mean", "step_metric": "epoch"}
    log_metrics(run, {"val/loss": [0.25] * 100, "epoch": epochs}, seq=1, first_step=300, metric=said)
    signed_in(page, cast).goto(address(run))
    expect(picture(page, "val/loss from epoch 3 to 3.99: adam-0.01 ends at 0.25.")).to_be_visible()
    drawn = page.locator("figure").filter(has=picture(page, "val/loss from epoch"))
    expect(drawn.locator(".chart-axis")).to_have_text("epoch")
    expect(page.get_by_text("No value of val/acc was logged together with epoch.")).to_be_visible()
    expect(drawn.locator(".unit")).to_have_text("higher is better")
    expect(page.locator("#figures dt").first).to_have_text("val/acc, mean")
    box = drawn.locator(".plot").bounding_box()
    assert box
    page.mouse.move(box["x"] + 200, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 110, steps=4)
    with page.expect_request(re.compile(r"x=epoch&.*first=3\.\d+&last=3\.\d+")):
        page.mouse.up()
    expect(drawn.get_by_role("button", name=re.compile(r"epoch 3\.\d+ to 3\.\d+, show all"))).to_be_visible()
    page.goto(f"/{run.project.team.slug}/{run.project.slug}")
    expect(picture(page, "val/loss from epoch 3 to 3.99")).to_be_visible()


def test_charts_of_a_page_share_a_request(page: Page, cast: Cast, run: Run) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/frame?" in request.url else None)
    signed_in(page, cast).goto(address(run))
    expect(page.locator("figure[data-drawn]")).to_have_count(2)
    assert [sorted(parse_qs(urlsplit(url).query)["key"]) for url in asked] == [["val/acc", "val/loss"]]


def test_a_chart_grows_while_its_page_is_open(page: Page, cast: Cast, run: Run) -> None:
    signed_in(page, cast).goto(address(run))
    expect(picture(page, "val/loss from step 0 to 299")).to_be_visible()
    log_metrics(run, {"val/loss": [0.2, 0.1]}, seq=1, first_step=300)
    expect(picture(page, "val/loss from step 0 to 301: adam-0.01 ends at 0.1.")).to_be_visible(timeout=15_000)


def test_a_chart_of_many_runs_fetches_those_that_grew(page: Page, cast: Cast, run: Run) -> None:
    other = make_run(run.project, cast.bob, name="sgd-0.1")
    log_metrics(other, {"val/loss": [2.0, 1.0]})
    signed_in(page, cast).goto(f"/{run.project.team.slug}/{run.project.slug}")
    chart = page.locator("figure[data-drawn]").first
    expect(chart.get_by_role("img")).to_have_attribute("aria-label", re.compile("2 runs"))
    log_metrics(other, {"val/loss": [0.5]}, seq=1, first_step=2)
    with page.expect_response("**/frame?*", timeout=15_000) as asked:
        pass
    assert sorted(parse_qs(urlsplit(asked.value.url).query)["have"][0].split("-")) == sorted([f"{run.uid}.1", f"{other.uid}.1"])
    assert asked.value.body().count(b'"same": true') == len(parse_qs(urlsplit(asked.value.url).query)["key"])
    end = re.compile(r"2 runs\. Lowest at the end: adam, 0\.4476; highest: no group, 0\.5\.")
    expect(chart.get_by_role("img")).to_have_attribute("aria-label", end)


def test_points_that_come_between_a_page_and_its_first_poll_are_shown(page: Page, cast: Cast, run: Run) -> None:
    polls: list[Route] = []
    signed_in(page, cast).route("**/pulse?*", lambda poll: polls.append(poll), times=1)  # a lambda: playwright marks it
    with page.expect_request("**/pulse?*"):
        page.goto(address(run))
    expect(picture(page, "val/loss from step 0 to 299")).to_be_visible()
    while not polls:  # it was asked, and may not have reached us
        page.wait_for_timeout(10)
    log_metrics(run, {"val/loss": [0.2, 0.1]}, seq=1, first_step=300)
    polls.pop().continue_()
    expect(picture(page, "val/loss from step 0 to 301: adam-0.01 ends at 0.1.")).to_be_visible(timeout=15_000)
    expect(page.locator("#live")).to_contain_text("step 301")


def test_nan_and_inf_are_in_the_table_and_under_the_chart(page: Page, cast: Cast, run: Run) -> None:
    broken = make_run(run.project, cast.bob, name="sgd-10")
    log_metrics(broken, {"val/loss": [2.5, math.nan, math.inf]})
    signed_in(page, cast).goto(address(broken))
    figure = page.locator("figure[data-chart]")
    expect(figure.locator(".chart-foot")).to_contain_text("2 values not finite")
    figure.get_by_role("button", name="Data table").click()
    expect(figure.locator("tbody td")).to_have_text(["0", "2.5", "1", "NaN", "2", "Inf"])


def test_zooming_brings_points_that_the_whole_curve_left_out(page: Page, cast: Cast, run: Run) -> None:
    long = make_run(run.project, cast.bob, name="long")
    log_metrics(long, {"val/loss": [math.sin(step) for step in range(20_000)]})
    signed_in(page, cast).goto(address(long))
    foot = page.locator("figure[data-drawn] .chart-foot")
    expect(foot).to_contain_text("sampled 1 :")
    box = page.locator("figure[data-drawn] .plot").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.50, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.52, box["y"] + 60, steps=4)
    page.mouse.up()
    expect(foot).to_contain_text("every point shown")
