"""Every address of the live resolver x verb x role, against the table in accounts/roles.py (promises S1, S2; tests T12, T13).

Nothing here names an address. A new view is walked by itself; it needs a sample for a new word of its address, which
`sample_words()` in tests/factories/<app>.py makes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from pathlib import Path

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client
from django.urls import path
from django.views import View
from rest_framework.decorators import api_view
from rest_framework.views import APIView

from accounts.actions.membership import add_member
from accounts.actor import Actor
from accounts.gate import SIGHT, signed_in
from accounts.models import Team, User
from accounts.roles import Permission, Role, Scope, permits, scopes_permit
from tests.factories.accounts import Cast, api_of, client_of, make_key, same
from tests.url_walk import THIRD_PARTY, Route, all_routes, routes_in, ungated

VERBS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
STOREYS = ["accounts", "tracking", "reports"]
FACTORIES = [app for app in STOREYS if (Path(__file__).parent / "factories" / f"{app}.py").exists()]
ROUTES = all_routes()
GATED = [route for route in ROUTES if None not in route.gates and route.gate.permission is not None]
OWN = [route for route in ROUTES if None not in route.gates and route.gate.permission is None and not route.gate.public_because]


def sample_words(team: Team, owner: User) -> dict[str, str]:
    """A value for each word of an address, leading to things of this team; each app adds its own."""
    words: dict[str, str] = {}
    for app in FACTORIES:
        words |= import_module(f"tests.factories.{app}").sample_words(team, owner, words)
    return words


@dataclass
class World:
    cast: Cast
    here: dict[str, str]  # words that lead to things of the cast's team
    there: dict[str, str]  # … of Charlie's


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast, sample_words(cast.team, cast.alice), sample_words(cast.elsewhere, cast.charlie))


def asks(route: Route, user: User, team: Team, scopes: list[Scope] | None = None) -> Client:
    """The user's browser for a page, the user's key for the API."""
    return api_of(make_key(user, team, *(scopes or Scope))) if route.is_api else client_of(user)


def answers(client: Client, address: str) -> Iterator[tuple[str, HttpResponseBase]]:
    """The answer to each verb that the address knows; whatever it changed is taken back."""
    for verb in VERBS:
        with transaction.atomic():
            answer = client.generic(verb, address, "{}", "application/json")
            transaction.set_rollback(True)
        if answer.status_code != 405:
            yield verb, answer


def by_route(routes: list[Route]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("route", routes, ids=[route.address for route in routes])


def test_every_view_has_a_gate() -> None:
    assert ungated(ROUTES) == []


def test_the_list_of_exceptions_holds_nothing_superfluous() -> None:
    assert {route.third_party for route in ROUTES} - {None} == set(THIRD_PARTY)


def test_what_is_open_to_everybody_says_why() -> None:
    open_to_all = [route for route in ROUTES if None not in route.gates and route.gate.public_because]
    assert len(open_to_all) + len(GATED) + len(OWN) + len([route for route in ROUTES if route.third_party]) == len(ROUTES)


def test_the_walk_notices_an_ungated_view() -> None:
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    class Classy(View):
        pass

    class RestClassy(APIView):
        def get(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse()

    urls = [
        path("gated", signed_in(page)),
        path("<slug:team>/page", page),
        path("class", Classy.as_view()),
        path("api", api_view(["GET"])(page)),
        path("api-gated", api_view(["GET", "POST"])(signed_in(page))),
        path("api-class", RestClassy.as_view()),
    ]
    assert ungated(routes_in(urls)) == ["/<slug:team>/page", "/class", "/api", "/api-class"]


def test_a_word_without_a_sample_is_named() -> None:
    (route,) = routes_in([path("<slug:team>/<str:novelty>", signed_in(lambda request: HttpResponse()))])
    with pytest.raises(AssertionError, match="no sample for \\['novelty'\\]"):
        route.path({"team": "meridian"})


@by_route(GATED + OWN)
def test_nobody_is_sent_to_the_door(route: Route, world: World) -> None:
    address = route.path(world.here)
    seen = list(answers(Client(), address))
    assert seen
    for verb, answer in seen:
        if route.is_api:
            assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="lablore"'), verb
        else:
            assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/"), verb


@by_route(GATED)
def test_a_stranger_sees_what_is_not_there(route: Route, world: World) -> None:
    """404 for each verb, and byte for byte the answer for a thing that does not exist."""
    charlie = asks(route, world.cast.charlie, world.cast.elsewhere)
    absent = dict.fromkeys(world.here, "nothing-here") | {word: "1" for word, is_ in world.here.items() if is_.isdigit()}
    hidden = list(answers(charlie, route.path(world.here)))
    assert hidden
    for verb, answer in hidden:
        assert answer.status_code == 404, verb
    assert [same(answer) for _, answer in hidden] == [same(answer) for _, answer in answers(charlie, route.path(absent))]


@by_route(GATED)
def test_each_role_gets_what_the_table_says(route: Route, world: World) -> None:
    permission = route.gate.permission
    assert permission is not None
    for role in Role:
        client = asks(route, world.cast.of_role(role), world.cast.team)
        for verb, answer in answers(client, route.path(world.here)):
            if permits(role, permission):
                assert answer.status_code not in {401, 403, 404}, (role, verb)
                assert answer.status_code < 500, (role, verb)
            else:
                assert answer.status_code == 403, (role, verb)


@by_route([route for route in GATED if route.is_api])
def test_a_key_is_bounded_by_its_scope(route: Route, world: World) -> None:
    permission = route.gate.permission
    assert permission is not None
    sight = SIGHT[permission.partition(".")[0]]
    for scope in Scope:
        client = asks(route, world.cast.alice, world.cast.team, [scope])
        for verb, answer in answers(client, route.path(world.here)):
            if scopes_permit([scope], permission):
                assert answer.status_code not in {401, 403, 404}, (scope, verb)
            else:
                assert answer.status_code == (403 if scopes_permit([scope], sight) else 404), (scope, verb)


@by_route([route for route in GATED if len(route.words) > 1])
def test_words_that_do_not_belong_together_lead_nowhere(route: Route, world: World) -> None:
    """Also for somebody who may see both: a run of one team at another team's address is not there (T13)."""
    cast = world.cast
    add_member(by=Actor(cast.alice), team=cast.team, user=cast.charlie, role=Role.OWNER)
    charlie = client_of(cast.charlie)
    values = [{world.here[word], world.there[word]} for word in route.words]
    pure = {tuple(words[word] for word in route.words) for words in (world.here, world.there)}
    for mixed in set(product(*values)) - pure:
        for verb, answer in answers(charlie, route.path(dict(zip(route.words, mixed, strict=True)))):
            assert answer.status_code == 404, (verb, mixed)


@by_route([route for route in OWN if route.words])
def test_somebody_elses_own_things_are_not_there(route: Route, world: World) -> None:
    charlie = asks(route, world.cast.charlie, world.cast.elsewhere)
    assert {answer.status_code for _, answer in answers(charlie, route.path(world.here))} == {404}


def test_every_permission_has_a_sight() -> None:
    assert {permission.partition(".")[0] for permission in Permission} == set(SIGHT)
    for sight in SIGHT.values():
        assert [permits(role, sight) for role in Role] == [True] * len(Role)
