"""What every answer says to caches and browsers."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts.middleware import PrivatePagesMiddleware
from accounts.models import User


@pytest.mark.parametrize(
    "path", ["/accounts/keys", "/meridian/people", "/nothing/here/at/all", "/api/v1/me", "/api/v1/nothing"]
)
def test_no_page_and_no_refusal_is_kept(client_of: Callable[[User], Client], alice: User, path: str) -> None:
    answer = client_of(alice).get(path)
    assert answer["Cache-Control"] in {"no-store, private", "max-age=0, no-cache, no-store, must-revalidate, private"}
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Permissions-Policy"].startswith("camera=(), microphone=(), geolocation=()")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (None, "no-store, private"),
        ("public, max-age=600", "no-store, private"),
        ("max-age=600", "no-store, private"),
        ("private, max-age=31536000, immutable", "private, max-age=31536000, immutable"),
    ],
)
def test_a_view_may_only_ask_to_be_kept_privately(said: str | None, kept: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Cache-Control": said} if said else None)

    assert PrivatePagesMiddleware(view)(RequestFactory().get("/"))["Cache-Control"] == kept


def test_a_refused_host_is_not_kept_either(client: Client, db: None) -> None:
    answer = client.get("/accounts/login/", headers={"host": "evil.example"})
    assert (answer.status_code, answer["Cache-Control"]) == (400, "no-store, private")
