"""How long the site waits for its database."""

import os
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client

from accounts.models import User
from config.databases import database_from
from tests.factories.tracking import make_run
from tracking.models import Project, Run

WAITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


def waits_of(url: str, patience: int) -> list[str]:
    """What a session with these settings is told by the server."""
    entry = database_from(url, patience)
    options = {word: value for word, value in entry["OPTIONS"].items() if word != "server_side_binding"}
    words = {"dbname": "postgres", "user": entry["USER"], "password": entry["PASSWORD"], "host": entry["HOST"]}
    with psycopg.connect(**words, port=entry["PORT"] or None, **options) as session:
        return [session.execute(f"SHOW {name}").fetchone()[0] for name in WAITS]


@pytest.mark.parametrize(
    ("patience", "options", "waits"),
    [
        (15, "", ["15s", "4995ms", "30s"]),
        (0, "", ["0", "0", "0"]),
        (15, "-c%20statement_timeout%3D60s", ["1min", "4995ms", "30s"]),
    ],
)
def test_the_server_is_told_how_long_a_statement_may_take(patience: int, options: str, waits: list[str]) -> None:
    url = os.environ["DATABASE_URL"]
    assert waits_of(f"{url}{'&' if '?' in url else '?'}options={options}", patience) == waits


def test_another_database_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="must start with postgresql://"):
        database_from("mysql://host/name")


@pytest.fixture
def short_of_patience(transactional_db: None) -> Iterator[None]:
    """This thread's connection waits for a lock for no more than 100 ms."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    yield
    connection.close()


@pytest.fixture
def held_run(short_of_patience: None, project: Project, bob: User) -> Iterator[Run]:
    """A run whose row somebody else has locked."""
    run = make_run(project, bob)
    parameters = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
    with psycopg.connect(**parameters) as other:
        other.execute("SELECT 1 FROM tracking_run WHERE id = %s FOR UPDATE", [run.pk])
        yield run


def test_what_takes_too_long_is_answered_with_come_again(
    held_run: Run, api_of: Callable[[str], Client], client_of: Callable[[User], Client], write_key: str, bob: User
) -> None:
    answer = api_of(write_key).patch(f"/api/v1/runs/{held_run.uid}", {"name": "x"}, content_type="application/json")
    assert (answer.status_code, answer["Retry-After"], answer.json()["error"]["code"]) == (503, "5", "database_away")
    browser = client_of(bob)
    browser.raise_request_exception = False
    page = browser.post(f"/meridian/digits/runs/{held_run.uid}/notes", {"notes": "x"})
    assert (page.status_code, page["Retry-After"]) == (503, "5")
