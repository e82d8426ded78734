"""Rows of a statement of our own, in PostgreSQL's binary form: bytea as it is instead of hex text, floats bit by bit."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from psycopg.pq import Format


def rows_of(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows the statement returns; `params` are bound on the server."""
    with connection.cursor() as cursor:
        cursor.cursor.format = Format.BINARY  # Django's wrapper keeps the books on failed connections; the form is psycopg's
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Every statement inside sees the database at one moment: what a fold moves meanwhile is seen once, never twice or not at all.

    Inside a transaction that runs already nothing changes: its owner has chosen.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
