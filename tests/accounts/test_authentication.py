"""Keys at the API: `GET /api/v1/me` needs nothing but a key that is valid now."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, Membership, Team, User
from accounts.roles import Scope
from tests.factories.accounts import make_key

ME = "/api/v1/me"


def refusal(answer) -> tuple[int, str, str]:
    return answer.status_code, answer.headers["WWW-Authenticate"], answer.json()["error"]["message"]


REFUSED = (
    401,
    'Bearer realm="lablore"',
    "This API key is not valid: it may be mistyped, revoked or expired. Make a new one under /accounts/keys.",
)


def test_a_key_says_whom_it_speaks_for(api_of: Callable[[str], Client], log_key: str) -> None:
    answer = api_of(log_key).get(ME)
    assert answer.status_code == 200
    assert answer.json() == {
        "user": "bob@example.org",
        "team": "meridian",
        "scopes": ["log"],
        "url": "http://127.0.0.1:8000/meridian/",
    }


def test_nobody_gets_401_and_is_told_how_to_sign_in(client: Client, db: None) -> None:
    answer = client.get(ME)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="lablore"')


def test_a_session_is_nobody_to_the_api(client_of: Callable[[User], Client], alice: User) -> None:
    assert client_of(alice).get(ME).status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer lbl_00000000_00000000000000000000000000000000",
        "Bearer lbl_0000000_00000000000000000000000000000000",
        "Bearer lbl_00000000_0000000000000000000000000000000\u0660",
        "Bearer one two",
        "Basic bGJsOmxibA==",
        "Bearer \x00",
    ],
)
def test_what_is_no_key_is_refused_in_the_same_words(client: Client, db: None, header: str) -> None:
    assert refusal(client.get(ME, headers={"authorization": header})) == REFUSED


def test_the_prefix_alone_opens_nothing(api_of: Callable[[str], Client], log_key: str) -> None:
    other = "0" if log_key[-1] != "0" else "1"
    assert refusal(api_of(log_key[:-1] + other).get(ME)) == REFUSED


def test_a_key_in_the_address_is_not_looked_at(client: Client, log_key: str) -> None:
    assert client.get(ME, {"key": log_key, "api_key": log_key, "authorization": f"Bearer {log_key}"}).status_code == 401


def revoke(bob: User) -> None:
    bob.api_keys.update(revoked_at=timezone.now())


def expire(bob: User) -> None:
    bob.api_keys.update(expires_at=timezone.now())


def deactivate(bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)


def leave(bob: User) -> None:
    Membership.objects.filter(user=bob).delete()


@pytest.mark.parametrize("end", [revoke, expire, deactivate, leave])
def test_a_key_dies_at_once_with_what_it_rests_on(
    api_of: Callable[[str], Client], log_key: str, bob: User, end: Callable[[User], None]
) -> None:
    api = api_of(log_key)
    assert api.get(ME).status_code == 200
    end(bob)
    assert refusal(api.get(ME)) == REFUSED


def test_a_key_of_a_team_one_left_stays_dead_while_one_is_in_another(
    api_of: Callable[[str], Client], log_key: str, bob: User, elsewhere: Team
) -> None:
    leave(bob)
    Membership.objects.create(user=bob, team=elsewhere, role="owner")
    assert api_of(log_key).get(ME).status_code == 401


def test_last_use_is_noted_once_a_minute(
    api_of: Callable[[str], Client], team: Team, bob: User, django_assert_num_queries
) -> None:
    api = api_of(make_key(bob, team, Scope.READ))
    key = ApiKey.objects.get()
    assert key.last_used_at is None
    before = timezone.now()
    with django_assert_num_queries(2):
        api.get(ME)
    key.refresh_from_db()
    first = key.last_used_at
    assert before <= first <= timezone.now()
    with django_assert_num_queries(1):
        api.get(ME)
    key.refresh_from_db()
    assert key.last_used_at == first

    ApiKey.objects.update(last_used_at=first - timedelta(seconds=61))
    api.get(ME)
    key.refresh_from_db()
    assert key.last_used_at > first


def test_only_the_hash_is_kept(log_key: str) -> None:
    row = ApiKey.objects.values().get()
    assert log_key.split("_")[2] not in str(row)
    assert len(bytes(row["digest"])) == 32
