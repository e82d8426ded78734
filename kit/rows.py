"""Rows of a statement of our own, in PostgreSQL's binary form: bytea as it is instead of hex text, floats bit by bit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db import connection, transaction
from psycopg import IsolationLevel
from psycopg.pq import Format


def rows_of(sql: str, params: Sequence[Any] | Mapping[str, Any] = (), *, planned: bool = False) -> list[tuple[Any, ...]]:
    """All rows the statement returns; `params` are bound on the server. `planned`: see `planned_once`."""
    with connection.cursor() as cursor, planned_once() if planned else nullcontext():
        cursor.cursor.format = Format.BINARY  # Django's wrapper keeps the books on failed connections; the form is psycopg's
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def array_of(numbers: Iterable[float | None]) -> str:
    """The text of an array of numbers, for `%s::float8[]` and the like.

    psycopg looks at the type of each element: for 1,000 whole numbers that takes 1.0 ms, this 0.1.
    """
    return "{" + ",".join(["NULL" if number is None else repr(number) for number in numbers]) + "}"


@contextmanager
def planned_once() -> Iterator[None]:
    """What is asked inside is read and planned by the server once a connection, not each time.

    For statements that every call asks and that one plan suits whatever their values are (rows by their key): a search or a
    range deserves a plan of its own, so this is no setting. Wants an open cursor, as a connection may be opened for that.
    """
    ours = connection.connection
    usual = ours.prepare_threshold
    ours.prepare_threshold = 0
    try:
        yield
    finally:
        ours.prepare_threshold = usual


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
