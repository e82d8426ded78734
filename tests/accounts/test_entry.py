"""The one-time link: once, also under 20 at once; and nothing that only looks uses it up."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions.entry import open_entry, use_entry
from accounts.models import EntryLink, User
from tests.factories.at_once import at_once


def test_it_signs_in_once(client: Client, alice: User) -> None:
    path = open_entry(user=alice)
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(alice.pk)

    again = Client().get(path)
    assert again.status_code == 404
    assert "This link does not work" in again.content.decode()


def test_looking_does_not_use_it_up(client: Client, alice: User) -> None:
    path = open_entry(user=alice)
    assert client.head(path).status_code == 204
    assert client.get(path, headers={"sec-purpose": "prefetch;prerender"}).status_code == 204
    assert client.post(path).status_code == 405
    assert "_auth_user_id" not in client.session
    assert client.get(path).status_code == 302


def test_head_does_not_tell_a_good_link_from_a_bad_one(client: Client, alice: User) -> None:
    good, bad = client.head(open_entry(user=alice)), client.head("/accounts/enter/nothing")
    assert (good.status_code, good.content) == (bad.status_code, bad.content)


def test_unknown_used_expired_and_deactivated_are_one_answer(alice: User, bob: User, same: Callable) -> None:
    used, expired, deactivated = open_entry(user=alice), open_entry(user=alice, hours=-1), open_entry(user=bob)
    Client().get(used)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    answers = [Client().get(path) for path in (used, expired, deactivated, "/accounts/enter/unknown", "/accounts/enter/%00")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({same(answer) for answer in answers}) == 1


def test_it_expires_after_a_day(alice: User) -> None:
    open_entry(user=alice)
    left = EntryLink.objects.get().expires_at - timezone.now()
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)


def test_only_a_digest_is_kept(alice: User) -> None:
    path = open_entry(user=alice)
    assert path.rpartition("/")[2] not in str(EntryLink.objects.values().get())


def test_the_session_is_a_new_one(client: Client, alice: User) -> None:
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "by whoever handed out this session"
    session.save()
    client.cookies["session"] = planted = session.session_key
    client.get(open_entry(user=alice))
    assert client.session.session_key != planted


def test_it_changes_the_person_without_carrying_anything_over(client: Client, alice: User, bob: User) -> None:
    client.force_login(bob)
    session = client.session
    session["of_bob"] = 1
    session.save()
    client.get(open_entry(user=alice))
    assert client.session["_auth_user_id"] == str(alice.pk)
    assert "of_bob" not in client.session


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_one_gets_in(alice: User) -> None:
    for _ in range(5):
        token = open_entry(user=alice).rpartition("/")[2]
        got = at_once(20, partial(use_entry, token=token))
        assert sorted(got, key=str) == sorted([alice] + [None] * 19, key=str)
