"""The door and the keys page, as a person uses them."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.actions.entry import open_entry
from accounts.models import ApiKey
from tests.factories.accounts import PASSWORD, Cast, give_password


def test_signing_in_with_the_keyboard_alone(page: Page, cast: Cast) -> None:
    give_password(cast.alice)
    page.faults.expect("/accounts/login/")  # type: ignore[attr-defined]
    page.goto("/accounts/keys")
    expect(page.get_by_role("heading", name="Sign in to Lablore")).to_be_visible()
    page.keyboard.type(cast.alice.email)
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Email and password do not match. 4 tries left before a 10-minute pause.")
    expect(page.get_by_label("Email")).to_have_value(cast.alice.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/accounts/keys$"))


def test_a_key_is_shown_once_and_copied(page: Page, cast: Cast) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(open_entry(user=cast.bob))
    page.goto("/accounts/keys")
    expect(page.get_by_text("No key yet.")).to_be_visible()
    page.get_by_label("Name").fill("gpu-cluster")
    page.get_by_role("button", name="Create key").click()
    text = page.locator(".secret > span").inner_text()
    assert re.fullmatch(r"lbl_[0-9a-z]{8}_[0-9a-z]{32}", text)
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == text

    page.get_by_role("link", name="I have stored it").click()
    expect(page.get_by_text("gpu-cluster", exact=True)).to_be_visible()
    expect(page.locator(".secret")).to_have_count(0)
    page.get_by_role("button", name="Revoke gpu-cluster").click()
    expect(page.get_by_text("revoked", exact=True)).to_be_visible()
    assert ApiKey.objects.get().revoked_at is not None


def test_signing_out_closes_the_door(page: Page, cast: Cast) -> None:
    page.goto(open_entry(user=cast.bob))
    page.goto("/accounts/keys")
    page.locator(".you summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/accounts/keys")
    expect(page.get_by_role("heading", name="Sign in to Lablore")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="API keys")).to_have_count(0)


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/", "/accounts/keys", "/meridian/people"])
def test_nothing_scrolls_sideways_on_a_phone(page: Page, cast: Cast, path: str) -> None:
    page.set_viewport_size({"width": 375, "height": 900})
    if "login" not in path:
        page.goto(open_entry(user=cast.alice))
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") == 375
