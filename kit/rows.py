"""Rows of a statement of our own, in PostgreSQL's binary form: bytea as it is instead of hex text, floats bit by bit."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from psycopg import IsolationLevel
from psycopg.pq import Format


def rows_of(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows the statement returns; `params` are bound on the server."""
    with connection.cursor() as cursor:
        cursor.cursor.format = Format.BINARY  # Django's wrapper keeps the books on failed connections; the form is psycopg's
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def whole_numbers(numbers: Iterable[int]) -> str:
    """An array as PostgreSQL reads it, for a parameter with a cast: `%s::bigint[]`.

    For thousands of numbers: psycopg looks at each one of a list, which takes ten times as long.
    """
    return f"{{{','.join(map(str, numbers))}}}"


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Every statement inside sees the database at one moment: what a fold moves meanwhile is seen once, not twice or never.

    Inside a transaction that runs already nothing changes: its owner has chosen.
    """
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    ours = connection.connection
    usual = ours.isolation_level
    try:
        with transaction.atomic():
            # psycopg begins with the first statement; the level travels with that BEGIN and costs no round trip of its own.
            ours.isolation_level = IsolationLevel.REPEATABLE_READ
            yield
    finally:
        if not ours.closed:
            ours.isolation_level = usual
