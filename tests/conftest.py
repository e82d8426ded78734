"""The cast, for every test: see tests/factories/accounts.py."""

from collections.abc import Callable
from typing import Any

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


def _of_cast(find: Callable[[Cast], object]) -> Any:
    """A fixture: what `find` takes from the cast."""

    @pytest.fixture
    def found(cast: Cast) -> object:
        return find(cast)

    return found


team = _of_cast(lambda cast: cast.team)
alice = _of_cast(lambda cast: cast.alice)  # owner
bob = _of_cast(lambda cast: cast.bob)  # member
commenter = _of_cast(lambda cast: cast.commenter)
viewer = _of_cast(lambda cast: cast.viewer)
charlie = _of_cast(lambda cast: cast.charlie)  # stranger, with a team of his own: `elsewhere`
elsewhere = _of_cast(lambda cast: cast.elsewhere)

# Texts of keys. Charlie's is good for everything in his own team.
log_key = _of_cast(lambda cast: make_key(cast.bob, cast.team, Scope.LOG))
read_key = _of_cast(lambda cast: make_key(cast.bob, cast.team, Scope.READ))
write_key = _of_cast(lambda cast: make_key(cast.bob, cast.team, Scope.READ, Scope.WRITE))
admin_key = _of_cast(lambda cast: make_key(cast.alice, cast.team, Scope.ADMIN))
stranger_key = _of_cast(lambda cast: make_key(cast.charlie, cast.elsewhere, *Scope))


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
def same() -> Callable[[HttpResponseBase], bytes]:
    """same(answer): all of an answer that could tell something, without what is random in each (nonce, CSRF token)."""
    return accounts.same
