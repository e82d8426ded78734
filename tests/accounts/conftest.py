"""Somebody who can sign in by password."""

import pytest

from accounts.models import User
from tests.factories.accounts import give_password


@pytest.fixture
def known(alice: User) -> User:
    give_password(alice)
    return alice
