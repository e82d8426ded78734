"""Reports in a real browser: pinned charts are drawn, the preview keeps charts that did not change, saving goes by itself,
and nothing hostile in a text runs, asks or complains (promise S7)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.actor import Actor
from accounts.models import User
from reports.actions.comment import comment_on_report
from reports.models import Report
from tests.factories.accounts import client_of
from tests.factories.reports import make_report, publish
from tests.factories.tracking import log_metrics, make_run
from tests.reports.rendering.hostile import MARKDOWN
from tracking.models import Project

HERE = "/meridian/digits/reports"
TEXT = """# Does a longer warm-up help?
Yes, up to 4,000 steps.

The best is {run:warm-1}.

```chart
id: c7k2
runs: tag:warmup
y: val/loss
```

## What we do now

Nothing.
"""


@pytest.fixture
def report(site: str, project: Project, bob: User) -> Report:
    for number in (1, 2):
        run = make_run(project, bob, f"warm-{number}", tags=("warmup",))
        log_metrics(run, {"val/loss": [3.0 / (step + number) + 2 for step in range(200)]})
    return make_report(project, bob, TEXT)


def enter(context: BrowserContext, site: str, user: User) -> None:
    cookie = client_of(user).cookies["session"]
    context.add_cookies([{"name": "session", "value": cookie.value, "url": site}])


@pytest.fixture
def bobs(page: Page, site: str, bob: User) -> Page:
    """Bob's tab."""
    enter(page.context, site, bob)
    return page


def test_a_published_report_draws_its_pinned_frame(bobs: Page, report: Report, bob: User) -> None:
    publish(report, bob)
    with bobs.expect_response(lambda answer: "/v/1/charts/c7k2/frame" in answer.url) as answer:
        bobs.goto(f"{HERE}/{report.uid}")
    assert answer.value.status == 200
    expect(bobs.locator("figure#chart-c7k2 canvas").first).to_be_visible()
    expect(bobs.locator("figure#chart-c7k2")).to_contain_text("Frozen in v1")
    expect(bobs.locator("figure#chart-c7k2")).to_contain_text("2 runs")


def test_the_preview_follows_the_text_and_keeps_the_chart(bobs: Page, report: Report) -> None:
    bobs.goto(f"{HERE}/{report.uid}/edit")
    expect(bobs.locator("#preview figure canvas").first).to_be_visible()
    bobs.evaluate("document.querySelector('#preview figure').kept = 'the same element'")
    bobs.locator("#source").fill(TEXT.replace("Nothing.", "Something else."))
    expect(bobs.locator("#preview")).to_contain_text("Something else.")
    assert bobs.evaluate("document.querySelector('#preview figure').kept") == "the same element"
    expect(bobs.locator("#preview figure canvas").first).to_be_visible()


def test_the_draft_saves_itself_and_gives_a_new_chart_its_id(bobs: Page, report: Report) -> None:
    bobs.goto(f"{HERE}/{report.uid}/edit")
    bobs.locator("#source").fill("# New\n\n```chart\nruns: tag:warmup\ny: val/loss\n```\n\nend")
    expect(bobs.locator("[data-saved]")).to_contain_text("Saved")
    text = bobs.locator("#source").input_value()
    assert text.startswith("# New\n\n```chart\nid: ")
    report.refresh_from_db()
    assert report.draft == text
    assert bobs.locator("[data-base]").input_value() == str(report.draft_revision)


def test_inserting_a_chart_writes_its_block_and_draws_it(bobs: Page, report: Report) -> None:
    bobs.goto(f"{HERE}/{report.uid}/edit")
    bobs.locator("#source").fill("# New\n")
    bobs.get_by_text("Insert chart").click()
    bobs.locator('[data-setting="runs"]').fill("tag:warmup")
    bobs.locator('[data-setting="y"]').fill("val/loss")
    bobs.locator('[data-setting="caption"]').fill('Say "yes": it helps')
    bobs.locator("[data-insert-chart]").click()
    assert 'runs: tag:warmup\ny: val/loss\ncaption: "Say \\"yes\\": it helps"\n```' in bobs.locator("#source").input_value()
    expect(bobs.locator("#preview figure figcaption")).to_contain_text('Say "yes": it helps')


def test_a_broken_block_is_told_beside_the_text_and_show_line_leads_to_its_line(bobs: Page, report: Report) -> None:
    bobs.goto(f"{HERE}/{report.uid}/edit")
    expect(bobs.locator("#drawable")).to_have_text("1 chart draws")
    bobs.locator("#source").fill(TEXT.replace("y: val", "yy: val"))
    expect(bobs.locator("#preview .error")).to_contain_text("Chart c7k2, line 3: “yy” is not a setting of a line chart.")
    expect(bobs.locator("#drawable")).to_have_text("1 block cannot be drawn")
    bobs.locator("#preview .error a", has_text="Show line").click()
    chosen = "((t) => t.value.slice(t.selectionStart, t.selectionEnd))(document.querySelector('#source'))"
    assert bobs.evaluate(chosen) == "yy: val/loss"


def test_keys_save_and_publish(bobs: Page, report: Report) -> None:
    bobs.goto(f"{HERE}/{report.uid}/edit")
    bobs.locator("#source").fill("# By key\n\ntext")
    bobs.keyboard.press("Control+s")
    expect(bobs.locator("[data-saved]")).to_contain_text("Saved")
    bobs.keyboard.press("Control+Enter")
    bobs.wait_for_url(f"**{HERE}/{report.uid}")
    expect(bobs.locator("h1")).to_have_text("By key")
    expect(bobs.locator(".versions")).to_contain_text("Published v1")


def test_two_people_see_both_texts(bobs: Page, tab: Callable[..., Page], site: str, report: Report, alice: User) -> None:
    hers = tab()
    enter(hers.context, site, alice)
    hers.goto(f"{HERE}/{report.uid}/edit")
    bobs.goto(f"{HERE}/{report.uid}/edit")
    hers.locator("#source").fill("# Hers")
    expect(hers.locator("[data-saved]")).to_contain_text("Saved")
    bobs.faults.expect("409")  # type: ignore[attr-defined]
    bobs.locator("#source").fill("# His")
    bobs.get_by_role("button", name="Show both texts").click()
    expect(bobs.locator('textarea[name="source"]')).to_have_value("# His")
    expect(bobs.locator("textarea[readonly]")).to_have_value("# Hers")


def test_who_is_signed_out_keeps_the_text_and_it_is_saved_later(bobs: Page, site: str, report: Report, bob: User) -> None:
    bobs.goto(f"{HERE}/{report.uid}/edit")
    bobs.context.clear_cookies(name="session")
    bobs.faults.expect("401")  # type: ignore[attr-defined]  # of the preview
    bobs.faults.expect("you are signed out")  # type: ignore[attr-defined]  # of a chart in view
    bobs.locator("#source").fill("# Written while signed out")
    status = bobs.locator("[data-saved]")
    expect(status).to_contain_text("You are signed out. Sign in in another tab; your text stays here.")
    expect(status.get_by_role("link", name="Sign in")).to_have_attribute("href", re.compile("^/accounts/login/"))
    bobs.keyboard.press("Control+Enter")  # not even publishing leaves without the text
    expect(status).to_contain_text("You are signed out.")
    expect(bobs.locator("#source")).to_have_value("# Written while signed out")
    assert bobs.url.endswith(f"{HERE}/{report.uid}/edit")
    enter(bobs.context, site, bob)
    bobs.context.add_cookies([{"name": "csrf", "value": "a" * 32, "url": site}])  # signing in gives a new one
    bobs.faults.expect("403")  # type: ignore[attr-defined]  # the page's old token, before the new one is fetched
    expect(status).to_contain_text("Saved", timeout=15_000)
    report.refresh_from_db()
    assert report.draft == "# Written while signed out"
    bobs.locator("#source").fill("# And on")
    expect(bobs.locator("#preview h1")).to_have_text("And on")
    expect(bobs.locator("[data-base]")).to_have_value("3")


@pytest.mark.parametrize("width", [1400, 1000, 375])
def test_what_changed_can_be_said_at_every_width(page: Page, site: str, report: Report, bob: User, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    enter(page.context, site, bob)
    page.goto(f"{HERE}/{report.uid}/edit")
    page.get_by_label("What changed").fill("the first")
    page.locator("[data-publish]").click()
    page.wait_for_url(f"**{HERE}/{report.uid}")
    assert report.versions.get().message == "the first"


@pytest.mark.parametrize("width", [1400, 375])
def test_the_open_form_is_headed_and_no_button_stands_on_it(
    page: Page, site: str, report: Report, bob: User, width: int
) -> None:
    publish(report, bob)
    comment_on_report(by=Actor(bob), report=report, body="hm")
    page.set_viewport_size({"width": width, "height": 900})
    enter(page.context, site, bob)
    page.goto(f"{HERE}/{report.uid}")
    form = page.locator(".comment-new")
    button, heading = form.locator("summary .button"), form.get_by_text("New comment", exact=True)
    expect(button).to_be_visible()
    expect(heading).to_be_hidden()
    page.keyboard.press("m")
    expect(button).to_be_hidden()
    expect(heading).to_be_visible()
    above, below = heading.bounding_box(), form.locator("form").bounding_box()
    assert above
    assert below
    assert below["y"] - (above["y"] + above["height"]) >= 8
    heading.click()
    expect(button).to_be_visible()
    expect(form.locator("textarea")).to_be_hidden()


def test_a_comment_appears_without_a_new_page(bobs: Page, report: Report, bob: User) -> None:
    publish(report, bob)
    bobs.goto(f"{HERE}/{report.uid}")
    bobs.locator('.margin textarea[name="body"]').first.fill("Is this the same with Lion?")
    bobs.locator(".margin form button", has_text="Comment").first.click()
    expect(bobs.locator(".margin .comment")).to_contain_text("Is this the same with Lion?")
    bobs.locator(".margin .comment button", has_text="Resolve").click()
    expect(bobs.locator(".margin")).to_contain_text("1 resolved")


def test_nothing_hostile_runs_in_a_browser(bobs: Page, project: Project, report: Report, bob: User) -> None:
    """All of the collection on one page, read and edited: no dialog, no request elsewhere, nothing for the policy to refuse."""
    dialogs: list[str] = []
    bobs.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    usual = [source for source in MARKDOWN if not source.startswith("---")]
    hostile = make_report(project, bob, "# Hostile\n\n" + "\n\n- - -\n\n".join(usual))
    for address, title in ((f"{HERE}/{hostile.uid}", "h1"), (f"{HERE}/{hostile.uid}/edit", "#preview h1")):
        bobs.goto(address)
        expect(bobs.locator(title).first).to_have_text("Hostile")
        for link in bobs.locator("article.prose a[href]").all():
            link.hover(force=True, timeout=2_000)
        assert (
            bobs.evaluate("document.querySelectorAll('article.prose :is(script, style, iframe, object, form, base)').length")
            == 0
        )
        assert bobs.evaluate("typeof document.cookie + typeof window.location.href") == "stringstring"
    assert dialogs == []
