"""Guessing gets slow, and nobody can lock out somebody else."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import SignInTry, User
from accounts.throttle import begin_try, forgive
from tests.accounts import door
from tests.accounts.door import words
from tests.factories.accounts import PASSWORD, give_password
from tests.factories.at_once import at_once


def sign_in(email: str, password: str, address: str = "198.51.100.7") -> HttpResponse:
    return door.sign_in(Client(REMOTE_ADDR=address), email, password)


def fail(email: str, times: int, address: str = "198.51.100.7") -> None:
    """Failures without the seconds that hashing wrong passwords would take."""
    for _ in range(times):
        begin_try(email=email, address=address)


def test_five_failures_then_a_pause(known: User) -> None:
    said = [words(sign_in(known.email, "wrong")) for _ in range(6)]
    assert said == [
        "Email and password do not match. 4 tries left before a 10-minute pause.",
        "Email and password do not match. 3 tries left before a 10-minute pause.",
        "Email and password do not match. 2 tries left before a 10-minute pause.",
        "Email and password do not match. 1 try left before a 10-minute pause.",
        "Email and password do not match. That was the last try before a 10-minute pause.",
        "Too many tries from your network. Try again in 10 minutes.",
    ]
    assert words(sign_in(known.email, PASSWORD)) == said[-1]


def test_the_victim_comes_in_from_elsewhere(known: User) -> None:
    fail(known.email, 7, address="203.0.113.9")
    assert words(sign_in(known.email, PASSWORD, address="203.0.113.9")).startswith("Too many tries")
    assert sign_in(known.email, PASSWORD).status_code == 302


def test_the_attackers_own_account_does_not_reset_the_count(known: User, charlie: User) -> None:
    give_password(charlie)
    fail(known.email, 4)
    assert sign_in(charlie.email, PASSWORD).status_code == 302
    assert words(sign_in(known.email, "wrong")).endswith("That was the last try before a 10-minute pause.")


def test_an_address_that_tries_many_people_pauses(known: User) -> None:
    for n in range(100):
        begin_try(email=f"person{n}@example.org", address="198.51.100.7")
    assert words(sign_in(known.email, PASSWORD)) == "Too many tries from your network. Try again in 10 minutes."
    assert sign_in(known.email, PASSWORD, address="198.51.100.8").status_code == 302


def test_the_pause_ends_and_refused_tries_do_not_lengthen_it(known: User) -> None:
    fail(known.email, 9)
    assert SignInTry.objects.count() == 5
    SignInTry.objects.update(at=timezone.now() - timedelta(minutes=10, seconds=1))
    assert sign_in(known.email, PASSWORD).status_code == 302
    assert SignInTry.objects.count() == 0


def test_spelling_an_address_differently_is_no_new_try(db: None) -> None:
    lefts = [begin_try(email=email, address="198.51.100.7").left for email in ("a@x.org", "A@X.ORG", " a@x.org ")]
    assert lefts == [4, 3, 2]


def test_one_ipv6_network_is_one_source(db: None) -> None:
    addresses = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"]
    assert [begin_try(email="a@x.org", address=address).left for address in addresses] == [4, 3, 4]


def test_a_right_password_leaves_no_trace(db: None) -> None:
    forgive(begin_try(email="a@x.org", address="198.51.100.7"))
    assert SignInTry.objects.count() == 0


def test_nothing_readable_is_kept(db: None) -> None:
    begin_try(email="my-password-in-the-wrong-field", address="198.51.100.7")
    row = SignInTry.objects.values_list("pair", "source").get()
    assert [len(bytes(digest)) for digest in row] == [32, 32]
    assert b"password" not in bytes(row[0])


@pytest.mark.django_db(transaction=True)
def test_parallel_tries_do_not_slip_through_together() -> None:
    lefts = at_once(20, lambda: begin_try(email="a@x.org", address="198.51.100.7").left)
    assert len(lefts) == 20
    assert len([left for left in lefts if left >= 0]) <= 5
