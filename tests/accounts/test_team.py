"""Teams and people: how they come to be, and the pages that show them."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.actions.membership import add_member
from accounts.actions.team import create_team
from accounts.actions.user import create_user
from accounts.actor import Actor
from accounts.limits import RESERVED_TEAM_SLUGS
from accounts.models import Membership, Team, User
from accounts.roles import Permission, Role
from tests.factories.accounts import Cast, make_user


@pytest.mark.parametrize("slug", [*sorted(RESERVED_TEAM_SLUGS), "meridian", "no spaces", "", "x" * 49, "ünïcode"])
def test_a_short_name_that_cannot_be_an_address_is_refused(cast: Cast, slug: str) -> None:
    with pytest.raises(ValidationError):
        create_team(by=cast.alice, slug=slug, name="Name")
    assert Team.objects.count() == 2


def test_the_database_refuses_a_reserved_name_too(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Team.objects.create(slug="api", name="API")


def test_addresses_of_people_are_lower_case_and_unique(db: None) -> None:
    assert create_user(email="Ana@Example.ORG", name="Ana").email == "ana@example.org"
    with pytest.raises(ValidationError):
        create_user(email="ana@example.org", name="Ana Again")


def test_the_maker_owns_the_team(cast: Cast) -> None:
    assert Membership.objects.get(team=cast.team, user=cast.alice).role == Role.OWNER


@pytest.mark.parametrize("giver", list(Role))
@pytest.mark.parametrize("given", list(Role))
def test_nobody_gives_a_role_above_their_own(cast: Cast, giver: Role, given: Role) -> None:
    newcomer = make_user("New Comer")
    may = giver is Role.OWNER or (giver is Role.ADMIN and given is not Role.OWNER)
    if may:
        assert add_member(by=Actor(cast.of_role(giver)), team=cast.team, user=newcomer, role=given).role == given
        return
    with pytest.raises(PermissionDenied):
        add_member(by=Actor(cast.of_role(giver)), team=cast.team, user=newcomer, role=given)
    assert not newcomer.memberships.exists()


def test_an_owner_elsewhere_adds_nobody_here(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        add_member(by=Actor(cast.charlie), team=cast.team, user=cast.charlie, role=Role.VIEWER)


def test_nobody_is_in_a_team_twice(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        add_member(by=Actor(cast.alice), team=cast.team, user=cast.bob, role=Role.VIEWER)
    assert Membership.objects.get(team=cast.team, user=cast.bob).role == Role.MEMBER


def test_home_leads_to_the_only_team(client_of: Callable[[User], Client], bob: User) -> None:
    assert client_of(bob).get("/")["Location"] == "/meridian/"


def test_home_lets_one_choose_among_several(client_of: Callable[[User], Client], cast: Cast) -> None:
    create_team(by=cast.bob, slug="side", name="Aside")
    answer = client_of(cast.bob).get("/")
    assert [team.slug for team in answer.context["teams"]] == ["side", "meridian"]


def test_home_tells_who_is_in_no_team_what_to_do(client_of: Callable[[User], Client], db: None) -> None:
    page = client_of(make_user("Lone Lee")).get("/").content.decode()
    assert "You are not in a team yet." in page
    assert "lone@example.org" in page


def test_the_people_page(client_of: Callable[[User], Client], cast: Cast) -> None:
    answer = client_of(cast.viewer).get("/meridian/people")
    shown = [(member.user.name, member.role) for member in answer.context["members"]]
    assert shown == [
        ("Alice Abel", "owner"),
        ("Ada Admin", "admin"),
        ("Bob Berg", "member"),
        ("Cora Comment", "commenter"),
        ("Vera View", "viewer"),
    ]
    assert len(answer.context["matrix"]) == len(Permission)
    assert ("Delete the team", [True, False, False, False, False]) in answer.context["matrix"]
    page = answer.content.decode()
    assert "charlie@example.org" not in page
    assert "5 people in Meridian Lab" in page


def test_the_people_page_asks_the_same_questions_for_few_and_many(
    client_of: Callable[[User], Client], cast: Cast, django_assert_num_queries
) -> None:
    client = client_of(cast.alice)
    with django_assert_num_queries(4):
        client.get("/meridian/people")
    for n in range(20):
        add_member(by=Actor(cast.alice), team=cast.team, user=make_user(f"person{n} Doe"), role=Role.VIEWER)
    with django_assert_num_queries(4):
        client.get("/meridian/people")
