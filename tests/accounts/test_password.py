"""Choosing, changing and resetting a password."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.actions.entry import open_entry
from accounts.models import User
from tests.factories.accounts import PASSWORD

OLD, NEW = PASSWORD, "another long password"
RESET = "/accounts/password/reset/"


@pytest.fixture
def post_office(settings: Settings) -> Settings:
    settings.MAIL_CONFIGURED = True
    settings.PUBLIC_URL = "https://lab.example.org"
    return settings


def test_without_mail_the_page_says_whom_to_ask_and_sends_nothing(client: Client, known: User) -> None:
    for answer in (client.get(RESET), client.post(RESET, {"email": known.email})):
        assert "This server sends no mail" in answer.content.decode()
        assert "manage.py enter" in answer.content.decode()
    assert mail.outbox == []


def test_the_mail_leads_to_a_new_password_once(client: Client, known: User, post_office: Settings) -> None:
    answer = client.post(RESET, {"email": known.email}, headers={"host": "127.0.0.1", "x-forwarded-host": "evil.example"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/reset/done/")
    (sent,) = mail.outbox
    assert sent.to == [known.email]
    link = re.search(r"https://lab\.example\.org(/accounts/password/reset/key/\S+)", sent.body)
    assert link is not None

    form = client.get(link[1])
    assert form.status_code == 302  # the key moves into the session, out of the address
    assert form["Location"].endswith("-set-password/")
    done = client.post(form["Location"], {"password1": NEW, "password2": NEW})
    assert done["Location"] == "/accounts/password/reset/key/done/"
    known.refresh_from_db()
    assert known.check_password(NEW)

    assert "This link does not work" in Client().get(link[1]).content.decode()


def test_an_unknown_address_gets_the_same_answer(known: User, post_office: Settings, same: Callable) -> None:
    asked = [Client().post(RESET, {"email": email}) for email in (known.email, "nobody@example.org")]
    assert same(asked[0]) == same(asked[1])
    assert [sent.to for sent in mail.outbox] == [[known.email], ["nobody@example.org"]]
    assert "No account has this address" in mail.outbox[1].body


@pytest.mark.parametrize("link", ["1-abc", "zzzzzzzzzzzz-abc", "1-set-password", "1-%00"])
def test_a_broken_link_is_said_to_be_one(client: Client, db: None, link: str) -> None:
    assert "This link does not work" in client.get(f"/accounts/password/reset/key/{link}/").content.decode()


def test_changing_it_ends_other_sessions_and_renews_this_one(known: User) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        client.force_login(known)
    before = here.session.session_key
    answer = here.post("/accounts/password/change/", {"oldpassword": OLD, "password1": NEW, "password2": NEW})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/keys")
    assert here.get("/accounts/keys").status_code == 200
    assert here.session.session_key != before
    assert there.get("/accounts/keys").status_code == 302


def test_changing_it_needs_the_present_one(client_of: Callable[[User], Client], known: User) -> None:
    form = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    assert client_of(known).post("/accounts/password/change/", form).status_code == 200
    known.refresh_from_db()
    assert known.check_password(OLD)


def test_who_came_by_a_link_chooses_one(client_of: Callable[[User], Client], bob: User) -> None:
    client = client_of(bob)
    assert client.get("/accounts/password/change/")["Location"] == "/accounts/password/set/"
    assert client.post("/accounts/password/set/", {"password1": NEW, "password2": NEW}).status_code == 302
    bob.refresh_from_db()
    assert bob.check_password(NEW)
    assert client.get("/accounts/keys").status_code == 200


def test_who_forgot_it_and_came_by_a_link_replaces_it_once(client: Client, known: User) -> None:
    client.get(open_entry(user=known))
    form = {"password1": NEW, "password2": NEW}
    assert client.post("/accounts/password/change/", form).status_code == 302
    known.refresh_from_db()
    assert known.check_password(NEW)

    again = client.post("/accounts/password/change/", {"password1": OLD, "password2": OLD})
    assert again.context["form"].errors == {"oldpassword": ["This field is required."]}


def test_an_hour_after_the_link_the_present_one_is_asked_for(client: Client, known: User) -> None:
    client.get(open_entry(user=known))
    session = client.session
    session["entered_at"] -= 3601
    session.save()
    answer = client.post("/accounts/password/change/", {"password1": NEW, "password2": NEW})
    assert answer.context["form"].errors == {"oldpassword": ["This field is required."]}


@pytest.mark.parametrize("weak", ["short", "password1234", "bob@example.org"])
def test_weak_ones_are_refused(client_of: Callable[[User], Client], bob: User, weak: str) -> None:
    answer = client_of(bob).post("/accounts/password/set/", {"password1": weak, "password2": weak})
    assert answer.status_code == 200
    bob.refresh_from_db()
    assert not bob.has_usable_password()
