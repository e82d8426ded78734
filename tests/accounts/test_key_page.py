"""/accounts/keys: shown once, only one's own, only for one's own teams."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from accounts.actions.api_key import create_api_key, revoke_api_key
from accounts.actor import Actor
from accounts.models import ApiKey, Team, User
from accounts.roles import Scope
from tests.factories.accounts import make_key

KEYS = "/accounts/keys"
FORM = {"name": "gpu-cluster", "team": "meridian", "scopes": ["log", "read"], "days": "30"}


@pytest.fixture
def bobs(client_of: Callable[[User], Client], bob: User) -> Client:
    return client_of(bob)


def test_a_new_key_is_shown_once_and_works(bobs: Client, api_of: Callable[[str], Client]) -> None:
    page = bobs.post(KEYS, FORM).content.decode()
    (text,) = re.findall(r"lbl_[0-9a-z]{8}_[0-9a-z]{32}", page)
    assert "cannot show it again" in page
    assert api_of(text).get("/api/v1/me").json()["scopes"] == ["log", "read"]

    again = bobs.get(KEYS).content.decode()
    assert text not in again
    assert f"{text[:12]}_…" in again
    key = ApiKey.objects.get()
    assert (key.name, key.team.slug, key.user.email) == ("gpu-cluster", "meridian", "bob@example.org")
    assert timedelta(days=29, hours=23) < key.expires_at - timezone.now() <= timedelta(days=30)


@pytest.mark.parametrize(
    "change",
    [
        dict.fromkeys(FORM),
        {"name": ""},
        {"name": "x" * 81},
        {"name": "a\x00b"},
        {"scopes": []},
        {"scopes": ["root"]},
        {"days": "100000"},
        {"days": "-1"},
        {"days": "x"},
    ],
)
def test_what_makes_no_sense_is_refused(bobs: Client, change: dict[str, object]) -> None:
    assert bobs.post(KEYS, {k: v for k, v in {**FORM, **change}.items() if v is not None}).status_code == 422
    assert ApiKey.objects.count() == 0


def test_another_team_is_as_unknown_as_none(bobs: Client, elsewhere: Team, same: Callable) -> None:
    foreign, absent = (bobs.post(KEYS, {**FORM, "team": slug}) for slug in ("elsewhere", "nowhere"))
    assert foreign.status_code == 422
    assert same(foreign) == same(absent)
    assert ApiKey.objects.count() == 0


def test_fields_one_may_not_set_are_not_read(bobs: Client, alice: User) -> None:
    extra = {
        "user": alice.pk,
        "prefix": "00000000",
        "digest": "x",
        "expires_at": "2999-01-01",
        "revoked_at": "",
        "id": 7_000_000,
    }
    bobs.post(KEYS, {**FORM, **extra})
    key = ApiKey.objects.get()
    assert (key.user.email, key.pk == 700_000, key.prefix == "00000000") == ("bob@example.org", False, False)
    assert key.expires_at < timezone.now() + timedelta(days=31)


def test_one_sees_only_ones_own(bobs: Client, team: Team, alice: User) -> None:
    prefix = make_key(alice, team, Scope.READ)[4:12]
    assert prefix not in bobs.get(KEYS).content.decode()


def test_revoking_ends_it(bobs: Client, api_of: Callable[[str], Client], log_key: str) -> None:
    assert bobs.post(f"{KEYS}/{log_key[4:12]}/revoke")["Location"] == KEYS
    assert api_of(log_key).get("/api/v1/me").status_code == 401
    first = ApiKey.objects.get().revoked_at
    bobs.post(f"{KEYS}/{log_key[4:12]}/revoke")
    assert ApiKey.objects.get().revoked_at == first


def test_revoking_anothers_key_is_like_revoking_none(bobs: Client, team: Team, alice: User, same: Callable) -> None:
    prefix = make_key(alice, team, Scope.READ)[4:12]
    foreign, absent = (bobs.post(f"{KEYS}/{word}/revoke") for word in (prefix, "00000000"))
    assert foreign.status_code == 404
    assert same(foreign) == same(absent)
    assert ApiKey.objects.get().revoked_at is None


def test_making_and_revoking_need_the_forms_token(bob: User, log_key: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    assert client.post(KEYS, FORM).status_code == 403
    assert client.post(KEYS, FORM, content_type="text/plain").status_code == 403
    assert client.post(f"{KEYS}/{log_key[4:12]}/revoke").status_code == 403
    assert ApiKey.objects.filter(revoked_at=None).count() == 1


def test_a_name_is_text_and_nothing_else(bobs: Client) -> None:
    page = bobs.post(KEYS, {**FORM, "name": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3


def test_the_list_asks_the_same_questions_for_one_key_and_for_many(
    bobs: Client, team: Team, bob: User, django_assert_num_queries
) -> None:
    for many in (1, 3):
        while ApiKey.objects.count() < many:
            make_key(bob, team, Scope.LOG)
        with django_assert_num_queries(4):
            bobs.get(KEYS)


def test_who_is_in_no_team_is_told_so(db: None, client_of: Callable[[User], Client]) -> None:
    lonely = User.objects.create_user("lonely@example.org", name="Lone Lee")
    assert "You are not in a team" in client_of(lonely).get(KEYS).content.decode()


def test_a_key_cannot_make_a_key(team: Team, bob: User, log_key: str) -> None:
    machine = Actor(bob, ApiKey.objects.get())
    with pytest.raises(PermissionDenied):
        create_api_key(by=machine, team=team, name="x", scopes=["log"], expires_at=timezone.now() + timedelta(days=1))


def test_a_stranger_cannot_make_one(team: Team, charlie: User) -> None:
    with pytest.raises(PermissionDenied):
        make_key(charlie, team, Scope.LOG)


def test_one_without_use_is_refused(team: Team, bob: User) -> None:
    with pytest.raises(ValidationError):
        make_key(bob, team)
    with pytest.raises(ValidationError):
        create_api_key(by=Actor(bob), team=team, name="x", scopes=["log"], expires_at=timezone.now())


def test_only_its_maker_revokes_a_key(alice: User, log_key: str) -> None:
    with pytest.raises(PermissionDenied):
        revoke_api_key(by=Actor(alice), key=ApiKey.objects.get())
