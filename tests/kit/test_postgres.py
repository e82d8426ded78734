"""A connection is known to be good without asking the server, and known to be gone when it is."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other() -> Iterator[psycopg.Connection]:
    """A session beside ours."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}, autocommit=True) as session:
        yield session


def begin_request() -> None:
    connection.health_check_enabled = True  # as settings say; pytest-django leaves the connection open between tests
    connection.close_if_unusable_or_obsolete()


def served() -> int:
    """The number of the server's process that answers us."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_a_good_connection_is_kept_and_not_asked(other: psycopg.Connection) -> None:
    before = served()
    begin_request()
    connection.close_if_health_check_failed()
    assert connection.connection is not None
    [(last,)] = other.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [before]).fetchall()
    assert last == "SELECT pg_backend_pid()"
    assert served() == before


def test_a_connection_that_the_server_ended_is_replaced(other: psycopg.Connection) -> None:
    before = served()
    other.execute("SELECT pg_terminate_backend(%s, 10000)", [before])
    begin_request()
    assert served() != before


def test_a_server_that_says_something_is_asked_whether_all_is_well(other: psycopg.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("LISTEN news")
    before = served()
    other.execute("NOTIFY news")
    begin_request()
    assert served() == before


def test_a_connection_left_in_a_failed_transaction_is_not_usable() -> None:
    served()
    with pytest.raises(psycopg.errors.DivisionByZero):
        connection.connection.execute("BEGIN; SELECT 1 / 0")
    try:
        assert not connection.is_usable()
    finally:
        connection.close()
