"""`manage.py create_team` and `manage.py enter`: a server without the demo can be used."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Membership, Team, User


def printed(*words: str, **options: object) -> str:
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue().strip()


def path_of(link: str) -> str:
    assert link.startswith("http://127.0.0.1:8000/accounts/enter/")
    return link.removeprefix("http://127.0.0.1:8000")


def test_the_first_team_and_its_owner(client: Client, db: None) -> None:
    link = printed("create_team", "meridian", "Meridian Lab", "--owner", "Ana@Example.org", "--owner-name", "Ana Kovač")
    assert client.get(path_of(link)).status_code == 302
    assert client.get("/")["Location"] == "/meridian/"
    assert Membership.objects.values_list("user__name", "user__email", "team__name", "role").get() == (
        "Ana Kovač",
        "ana@example.org",
        "Meridian Lab",
        "owner",
    )
    assert not User.objects.get().has_usable_password()


def test_a_known_person_owns_a_second_team(alice: User) -> None:
    printed("create_team", "side", "Aside", "--owner", "ALICE@example.org")
    assert [team.slug for team in alice.teams.order_by("slug")] == ["meridian", "side"]


def test_a_refused_team_leaves_no_person_behind(db: None) -> None:
    with pytest.raises(CommandError, match="is an address of Lablore itself"):
        printed("create_team", "api", "API", "--owner", "ana@example.org")
    assert (User.objects.count(), Team.objects.count()) == (0, 0)


def test_enter_for_somebody(client: Client, bob: User) -> None:
    client.get(path_of(printed("enter", "Bob@example.org")))
    assert client.session["_auth_user_id"] == str(bob.pk)


def test_enter_without_a_name_is_for_the_first_owner(client: Client, alice: User) -> None:
    client.get(path_of(printed("enter")))
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_enter_says_what_to_do_where_nobody_is(db: None) -> None:
    with pytest.raises(CommandError, match=r"There is no team with an owner yet\. Make a team: manage\.py create_team"):
        printed("enter")


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": "other@example.org"}])
def test_enter_knows_only_active_people(bob: User, change: dict[str, object]) -> None:
    User.objects.filter(pk=bob.pk).update(**change)
    with pytest.raises(CommandError, match=r"Nobody active has the address bob@example\.org"):
        printed("enter", "bob@example.org")
