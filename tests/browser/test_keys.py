"""Keys: what is typed after one goes where it should, and asking anew while an answer is under way is no error."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from reports.models import Comment
from tests.factories.accounts import client_of
from tests.factories.reports import make_report, publish
from tests.factories.tracking import make_run
from tracking.models import Project

TEXT = (
    "# Warm-up\n\n"
    + "| "
    + " | ".join("a long heading" for _ in range(20))
    + " |\n"
    + "|---" * 20
    + "|\n"
    + "| 1 " * 20
    + "|\n"
)


@pytest.fixture
def bobs(page: Page, site: str, bob: User) -> Page:
    cookie = client_of(bob).cookies["session"]
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": site}])
    return page


@pytest.mark.parametrize("is_open", [True, False])
def test_m_then_words_are_a_comment_and_ctrl_enter_sends_it(bobs: Page, project: Project, bob: User, is_open: bool) -> None:
    report = make_report(project, bob, TEXT)
    publish(report, bob)
    bobs.goto(f"/meridian/digits/reports/{report.uid}")
    form = bobs.locator("details.comment-new")
    form.evaluate("(details, open) => { details.open = open; }", is_open)
    bobs.locator("body").press("m")
    bobs.keyboard.type("great help")  # g r, e, h, p and l are keys of this page
    expect(form.locator("textarea")).to_have_value("great help")
    bobs.keyboard.press("Control+Enter")
    expect(bobs.locator(".comment-text")).to_have_text("great help")
    assert Comment.objects.get().body == "great help"


def test_a_key_is_shown_as_on_its_button_and_works_in_either_case(bobs: Page, project: Project) -> None:
    bobs.goto("/meridian/digits/reports")
    button = bobs.get_by_role("link", name=re.compile("New report")).first
    bobs.keyboard.press("?")
    row = bobs.locator("dialog[data-keys] dt", has_text="New report").locator("+ dd")
    expect(row).to_have_text(button.locator("kbd").inner_text())
    bobs.keyboard.press("Escape")
    bobs.keyboard.press("N")
    bobs.wait_for_url("**/reports/new")


def test_typing_on_in_the_filter_is_no_error(bobs: Page, project: Project, bob: User) -> None:
    make_run(project, bob, "adam")
    bobs.goto("/meridian/digits/runs")
    bobs.route("**/runs?query=*", lambda route: None if route.request.url.endswith("=a") else route.continue_())
    with bobs.expect_request("**/runs?query=a"):
        bobs.locator("#query").press_sequentially("a")
    with bobs.expect_event("requestfailed"):
        bobs.locator("#query").press_sequentially("dam")
    expect(bobs.locator("#rows tr")).to_have_count(1)


def test_a_wide_table_on_a_phone_fades_and_is_a_stop_with_a_name(bobs: Page, project: Project, bob: User) -> None:
    report = make_report(project, bob, TEXT)
    publish(report, bob)
    bobs.set_viewport_size({"width": 375, "height": 700})
    bobs.goto(f"/meridian/digits/reports/{report.uid}")
    place = bobs.get_by_role("region", name="Table")
    expect(place).to_have_class("table-wrap is-cut")
    expect(place).to_have_attribute("tabindex", "0")
    place.evaluate("e => e.scrollTo(e.scrollWidth, 0)")
    expect(place).to_have_class("table-wrap")
