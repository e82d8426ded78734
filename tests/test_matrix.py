"""Every address x verb x role, against the table in accounts/roles.py (promises S1, S2; tests T12, T13).

Nothing here names an address but AUTHORS_ONLY. A new view is walked by itself; it needs a sample for a new word of its
address, which `sample_words()` in tests/factories/<app>.py makes. Each test gathers what is wrong and ends with an empty list.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from itertools import product

import pytest
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions.membership import add_member
from accounts.actor import Actor
from accounts.gate import SIGHT
from accounts.models import Team, User
from accounts.roles import Role, Scope, permits, scopes_permit
from tests.factories.accounts import Cast, api_of, client_of, make_key, same
from tests.url_walk import Route, all_routes

VERBS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
APPS = ["accounts", "tracking", "reports"]

# Where the role is not enough: only who wrote the sample (its team's owner) may.
AUTHORS_ONLY = {"/<slug:team>/<slug:project>/comments/<str:comment>/edit"}

OURS = [route for route in all_routes() if not route.third_party and not route.gate.public_because]
GATED = [route for route in OURS if route.gate.permission is not None]
OWN = [route for route in OURS if route.gate.permission is None]


def sample_words(team: Team, owner: User) -> dict[str, str]:
    """A value for each word of an address, leading to things of this team; each app adds its own.

    A word that starts with ? goes behind every address, for views that need to be asked something ("?key": a metric).
    """
    words: dict[str, str] = {}
    for app in APPS:
        words |= import_module(f"tests.factories.{app}").sample_words(team, owner, words)
    return words


@dataclass
class World:
    cast: Cast
    here: dict[str, str]  # words that lead to things of the cast's team
    there: dict[str, str]  # … of Charlie's
    clients: dict[object, Client] = field(default_factory=dict)

    def asks(self, route: Route, user: User, *scopes: Scope) -> Client:
        """The user's browser for a page, a key of theirs for the API. A view that breaks answers 500."""
        what = (route.is_api, user.pk, scopes)
        if what not in self.clients:
            team = self.cast.elsewhere if user == self.cast.charlie else self.cast.team
            self.clients[what] = api_of(make_key(user, team, *(scopes or Scope))) if route.is_api else client_of(user)
            self.clients[what].raise_request_exception = False
        return self.clients[what]


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast, sample_words(cast.team, cast.alice), sample_words(cast.elsewhere, cast.charlie))


def answers(client: Client, address: str) -> Iterator[tuple[str, HttpResponseBase]]:
    """The answer to each verb that the address knows; whatever it changed is taken back."""
    for verb in VERBS:
        with transaction.atomic():
            answer = client.generic(verb, address, "{}", "application/json")
            transaction.set_rollback(True)
        if answer.status_code != 405:
            yield verb, answer


def of_each_app(routes: list[Route]) -> pytest.MarkDecorator:
    """The routes of one app at a time, so that workers can share them."""
    apps = {app: [route for route in routes if route.app == app] for app in APPS}
    return pytest.mark.parametrize("routes", [found for found in apps.values() if found], ids=[a for a in apps if apps[a]])


def test_every_route_is_of_an_app_that_is_walked() -> None:
    assert {route.app for route in OURS} == set(APPS)


@of_each_app(OURS)
def test_nobody_is_sent_to_the_door(world: World, routes: list[Route]) -> None:
    wrong = []
    for route in routes:
        seen = list(answers(Client(), route.path(world.here)))
        assert seen, route.address
        for verb, answer in seen:
            page = (answer.status_code, answer.headers.get("Location", "").partition("?")[0]) == (302, "/accounts/login/")
            api = (answer.status_code, answer.headers.get("WWW-Authenticate")) == (401, 'Bearer realm="lablore"')
            if not (api if route.is_api else page):
                wrong.append((route.address, verb, answer.status_code))
    assert wrong == []


@of_each_app(GATED)
def test_a_stranger_sees_what_is_not_there(world: World, routes: list[Route]) -> None:
    """404 for each verb; byte for byte, and with as many questions to the database, the answer for an absent thing."""
    wrong = []
    absent = dict.fromkeys(world.here, "nothing-here") | {word: "1" for word, is_ in world.here.items() if is_.isdigit()}
    absent |= {word: value for word, value in world.here.items() if word.startswith("?")}
    for route in routes:
        charlie = world.asks(route, world.cast.charlie)
        charlie.head(route.path(absent))  # a key notes its use the first time
        with CaptureQueriesContext(connection) as for_hidden:
            hidden = list(answers(charlie, route.path(world.here)))
        with CaptureQueriesContext(connection) as for_absent:
            nothing = list(answers(charlie, route.path(absent)))
        wrong += [(route.address, verb, answer.status_code) for verb, answer in hidden if answer.status_code != 404]
        if not hidden or [same(answer) for _, answer in hidden] != [same(answer) for _, answer in nothing]:
            wrong.append((route.address, "tells hidden from absent", 0))
        if len(for_hidden) != len(for_absent):
            wrong.append((route.address, "asks more for one than the other", len(for_hidden) - len(for_absent)))
    assert wrong == []


@of_each_app(GATED)
@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_what_the_table_says(world: World, routes: list[Route], role: Role) -> None:
    wrong = []
    for route in routes:
        may = permits(role, route.gate.permission) and (route.address not in AUTHORS_ONLY or role is Role.OWNER)
        for verb, answer in answers(world.asks(route, world.cast.of_role(role)), route.path(world.here)):
            status = answer.status_code
            if status >= 500 or (status in {401, 403, 404} if may else status != 403):
                wrong.append((route.address, verb, status))
    assert wrong == []


def test_a_key_is_bounded_by_its_scope(world: World) -> None:
    wrong = []
    for route, scope in product([route for route in GATED if route.is_api], Scope):
        sight = SIGHT[route.gate.permission.partition(".")[0]]
        refused = 403 if scopes_permit([scope], sight) else 404
        may = scopes_permit([scope], route.gate.permission)
        for verb, answer in answers(world.asks(route, world.cast.alice, scope), route.path(world.here)):
            status = answer.status_code
            if status >= 500 or (status in {401, 403, 404} if may else status != refused):
                wrong.append((route.address, scope.value, verb, status))
    assert wrong == []


@of_each_app([route for route in GATED if len(route.words) > 1])
def test_words_that_do_not_belong_together_lead_nowhere(world: World, routes: list[Route]) -> None:
    """Also for somebody who may see both: a run of one team at another team's address is not there."""
    cast, wrong = world.cast, []
    add_member(by=Actor(cast.alice), team=cast.team, user=cast.charlie, role=Role.OWNER)
    for route in routes:
        charlie = world.asks(route, cast.charlie)
        pure = {tuple(words[word] for word in route.words) for words in (world.here, world.there)}
        values = product(*({world.here[word], world.there[word]} for word in route.words))
        for mixed in set(values) - pure:
            address = route.path(world.here | dict(zip(route.words, mixed, strict=True)))
            wrong += [(address, verb) for verb, answer in answers(charlie, address) if answer.status_code != 404]
    assert wrong == []


def test_somebody_elses_own_things_are_not_there(world: World) -> None:
    wrong = []
    for route in [route for route in OWN if route.words]:
        for verb, answer in answers(world.asks(route, world.cast.charlie), route.path(world.here)):
            if answer.status_code != 404:
                wrong.append((route.address, verb, answer.status_code))
    assert wrong == []
