"""The cast, for every test: see tests/factories/accounts.py."""

from collections.abc import Callable

import pytest
from django.http import HttpResponseBase
from django.test import Client

from accounts.models import Team, User
from accounts.roles import Scope
from tests.factories import accounts
from tests.factories.accounts import Cast, make_cast, make_key
from tracking.models import Project


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def team(cast: Cast) -> Team:
    return cast.team


@pytest.fixture
def alice(cast: Cast) -> User:
    """Owner."""
    return cast.alice


@pytest.fixture
def bob(cast: Cast) -> User:
    """Member."""
    return cast.bob


@pytest.fixture
def commenter(cast: Cast) -> User:
    return cast.commenter


@pytest.fixture
def viewer(cast: Cast) -> User:
    return cast.viewer


@pytest.fixture
def charlie(cast: Cast) -> User:
    """Stranger, with a team of his own: `elsewhere`."""
    return cast.charlie


@pytest.fixture
def elsewhere(cast: Cast) -> Team:
    """Charlie's team."""
    return cast.elsewhere


@pytest.fixture
def project(team: Team) -> Project:
    return Project.objects.create(team=team, slug="digits", name="Digits")


@pytest.fixture
def elsewhere_project(elsewhere: Team) -> Project:
    """Charlie's project; it has the same short name as the team's."""
    return Project.objects.create(team=elsewhere, slug="digits", name="Other digits")


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """client_of(alice): a browser in which she is signed in."""
    return accounts.client_of


@pytest.fixture
def api_of() -> Callable[[str], Client]:
    """api_of(log_key): a program that sends this key."""
    return accounts.api_of


@pytest.fixture
def log_key(team: Team, bob: User) -> str:
    """Text of a key of Bob's that may only log."""
    return make_key(bob, team, Scope.LOG)


@pytest.fixture
def read_key(team: Team, bob: User) -> str:
    return make_key(bob, team, Scope.READ)


@pytest.fixture
def write_key(team: Team, bob: User) -> str:
    return make_key(bob, team, Scope.READ, Scope.WRITE)


@pytest.fixture
def admin_key(team: Team, alice: User) -> str:
    return make_key(alice, team, Scope.ADMIN)


@pytest.fixture
def stranger_key(elsewhere: Team, charlie: User) -> str:
    """A key of Charlie's, good for everything in his own team."""
    return make_key(charlie, elsewhere, *Scope)


@pytest.fixture
def same() -> Callable[[HttpResponseBase], bytes]:
    """same(answer): all of an answer that could tell something, without what is random in each (nonce, CSRF token)."""
    return accounts.same
