"""The door: password, sign-out, what is closed, and what a signed-out browser keeps."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.door import LOGIN, sign_in, words
from tests.factories.accounts import PASSWORD


def test_email_and_password(client: Client, known: User) -> None:
    answer = sign_in(client, " Alice@Example.org ")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(known.pk)


def test_passwords_are_kept_as_argon2(known: User) -> None:
    assert known.password.startswith("argon2$argon2id$")


def test_an_unknown_address_reads_like_a_wrong_password(client: Client, known: User) -> None:
    assert words(sign_in(client, known.email, "wrong")) == words(sign_in(client, "nobody@example.org", "wrong"))


def test_a_person_without_a_password_reads_like_a_wrong_password(client: Client, bob: User) -> None:
    said = words(sign_in(client, bob.email, "wrong"))
    assert said == "Email and password do not match. 4 tries left before a 10-minute pause."


def test_the_session_is_rotated(client: Client, known: User) -> None:
    session = client.session
    session["planted"] = 1
    session.save()
    client.cookies["session"] = planted = session.session_key
    sign_in(client, known.email)
    assert client.session.session_key != planted
    assert client.session["_auth_user_id"] == str(known.pk)


@pytest.mark.parametrize(
    ("wish", "goes_to"),
    [
        ("/meridian/people", "/meridian/people"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("\t//evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_it_goes_on_to_where_one_wanted_but_never_to_another_host(client: Client, known: User, wish: str, goes_to: str) -> None:
    assert sign_in(client, known.email, next=wish)["Location"] == goes_to


def test_a_deactivated_person_is_told_after_the_right_password_only(client: Client, known: User) -> None:
    User.objects.update(is_active=False)
    assert words(sign_in(client, known.email, "wrong")).startswith("Email and password do not match.")
    answer = sign_in(client, known.email)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/inactive/")
    assert "_auth_user_id" not in client.session


def test_deactivation_ends_a_session_at_the_next_request(client_of: Callable[[User], Client], alice: User) -> None:
    client = client_of(alice)
    assert client.get("/accounts/keys").status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    answer = client.get("/accounts/keys")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/accounts/keys")


def test_signing_out_needs_a_press(client_of: Callable[[User], Client], alice: User) -> None:
    client = client_of(alice)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.session["_auth_user_id"] == str(alice.pk)
    assert client.post("/accounts/logout/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_signing_in_is_safe_against_forged_forms(known: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, known.email).status_code == 403
    token = client.get(LOGIN).context["csrf_token"]
    assert sign_in(client, known.email, csrfmiddlewaretoken=str(token)).status_code == 302


def test_a_form_from_another_origin_is_refused(known: User) -> None:
    client = Client(enforce_csrf_checks=True)
    token = str(client.get(LOGIN).context["csrf_token"])
    form = {"login": known.email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    for origin in ("null", "https://evil.example"):
        assert client.post(LOGIN, form, headers={"origin": origin}).status_code == 403


def test_nobody_signs_up(client: Client, db: None) -> None:
    page = client.get("/accounts/signup/").content.decode()
    assert "People are added by their team" in page
    client.post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    "path",
    [
        "email/",
        "confirm-email/",
        "confirm-email/abc/",
        "reauthenticate/",
        "login/code/",
        "login/code/confirm/",
        "3rdparty/",
        "",
    ],
)
def test_pages_of_allauth_that_are_not_used_are_not_there(client_of: Callable, alice: User, path: str) -> None:
    assert client_of(alice).get(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize("path", ["login/", "signup/", "inactive/", "password/reset/", "password/reset/done/"])
def test_nothing_of_the_door_is_kept_by_a_cache(client: Client, db: None, path: str) -> None:
    answer = client.get(f"/accounts/{path}")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
