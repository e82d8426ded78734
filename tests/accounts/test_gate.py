"""What the walk over all URLs does not ask: the ways of turning somebody away."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client

from accounts.actor import Actor
from accounts.gate import fetch
from accounts.models import ApiKey, Team, User
from accounts.roles import Permission, Scope
from tests.factories.accounts import Cast, make_key


def test_a_page_leads_back_after_signing_in(client: Client, db: None) -> None:
    assert client.get("/meridian/people?x=1")["Location"] == "/accounts/login/?next=/meridian/people%3Fx%3D1"


def test_a_form_does_not_lead_back_to_where_only_forms_go(client: Client, db: None) -> None:
    assert client.post("/accounts/keys/00000000/revoke")["Location"] == "/accounts/login/?next=/"


def test_a_part_of_a_page_does_not_become_the_sign_in_form(client: Client, db: None) -> None:
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/meridian/"}
    answer = client.get("/meridian/people", headers=headers)
    assert (answer.status_code, answer["HX-Redirect"], answer.content) == (401, "/accounts/login/?next=/meridian/", b"")


def test_a_part_asked_for_by_another_site_leads_home(client: Client, db: None) -> None:
    headers = {"hx-request": "true", "hx-current-url": "https://evil.example/x"}
    assert client.get("/meridian/people", headers=headers)["HX-Redirect"] == "/accounts/login/?next=/"


def test_a_key_opens_no_page(api_of: Callable[[str], Client], admin_key: str) -> None:
    assert api_of(admin_key).get("/meridian/people").status_code == 302


def test_nul_in_an_address_is_not_there(cast: Cast) -> None:
    with pytest.raises(Http404):
        fetch(Team, Permission.TEAM_VIEW, Actor(cast.alice), {"team": "a\x00b"})


def test_a_refusal_says_whether_the_role_or_the_key_is_in_the_way(cast: Cast) -> None:
    with pytest.raises(PermissionDenied, match="Your role in this team does not allow this"):
        fetch(Team, Permission.TEAM_EDIT, Actor(cast.bob), {"team": "meridian"})
    make_key(cast.alice, cast.team, Scope.READ)
    with pytest.raises(PermissionDenied, match="This key may not do this"):
        fetch(Team, Permission.TEAM_EDIT, Actor(cast.alice, ApiKey.objects.get()), {"team": "meridian"})


def test_a_key_reaches_its_own_team_only(cast: Cast) -> None:
    """Also when its owner is in both."""
    make_key(cast.alice, cast.team, *Scope)
    cast.elsewhere.memberships.create(user=cast.alice, role="owner")
    machine = Actor(cast.alice, ApiKey.objects.get())
    assert fetch(Team, Permission.TEAM_VIEW, Actor(cast.alice), {"team": "elsewhere"}) == cast.elsewhere
    with pytest.raises(Http404):
        fetch(Team, Permission.TEAM_VIEW, machine, {"team": "elsewhere"})


def test_a_key_never_exceeds_what_its_owner_may_now(cast: Cast, alice: User) -> None:
    make_key(alice, cast.team, Scope.ADMIN)
    machine = Actor(alice, ApiKey.objects.get())
    assert fetch(Team, Permission.TEAM_DELETE, machine, {"team": "meridian"}) == cast.team
    alice.memberships.update(role="viewer")
    with pytest.raises(PermissionDenied):
        fetch(Team, Permission.TEAM_DELETE, machine, {"team": "meridian"})
