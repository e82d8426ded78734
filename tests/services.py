"""A PostgreSQL and a Redis for the session, the same embedded ones that `manage.py up` starts.

Loaded by `-p tests.services` before Django's settings, which read DATABASE_URL and REDIS_URL. Where these name servers
already, those are used. Workers of pytest-xdist inherit the environment of the process that started them, so the whole
session shares one pair.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from stack.processes.account import database_account
from stack.processes.home import Home
from stack.processes.postgres import postgres_part
from stack.processes.redis import redis_part
from stack.processes.serving import serving

# Nothing here survives the session, so nothing needs to reach the disk; what a crash of the server leaves behind is
# tested in tests/stack on a server of its own, with the settings of the product.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


@contextmanager
def services() -> Iterator[dict[str, str]]:
    """The environment that leads to the servers; those that were not named are started and stopped."""
    folder = Path(tempfile.mkdtemp(prefix="lablore-tests-"))
    home, words = Home(folder), {}
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        account = database_account()
        home.make(account)
        if not os.environ.get("DATABASE_URL"):
            stack.enter_context(serving(postgres_part(home, account, FAST), home.path / "postgres.log"))
            words["DATABASE_URL"] = home.database_url
        if not os.environ.get("REDIS_URL"):
            stack.enter_context(serving(redis_part(home), home.path / "redis.log"))
            words["REDIS_URL"] = home.redis_url
        yield words


_open = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start what is missing before Django's settings are read."""
    if "PYTEST_XDIST_WORKER" in os.environ or {"-h", "--help", "--version"} & set(early_config.invocation_params.args):
        return
    os.environ.setdefault("LABLORE_SECRET_KEY", "only-for-tests-" * 5)
    os.environ |= _open.enter_context(services())


def pytest_unconfigure() -> None:
    """Stop what was started."""
    _open.close()
