"""A query for one object whose SQL is made once a thread and planned once a connection. What Django takes to put a query
together is, for the two that every call of the API begins with, several times what PostgreSQL takes to answer it; and to plan
it takes PostgreSQL several times what it takes to find the row.
"""

import threading
from collections.abc import Callable
from secrets import randbits, token_hex
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

from kit.rows import planned_once

M = TypeVar("M", bound=Model)
Value = str | int


class Prepared(Generic[M]):
    """`make(**values)` puts the query together; each value (str or int) is to be a parameter of it as it is, and nothing else.

    Raises ValueError at its first use when a value is not found among the parameters.
    """

    def __init__(self, make: Callable[..., QuerySet[M]], **kinds: type[Value]) -> None:
        self._make = make
        # Stand-ins for the values, found again among the parameters of the SQL.
        self._marks: dict[str, Value] = {name: randbits(60) if kind is int else token_hex(8) for name, kind in kinds.items()}
        self._of_thread = threading.local()

    def first(self, **values: Value) -> M | None:
        """What `make(**values).first()` is."""
        query = self._query()
        with connection.cursor() as cursor, planned_once():
            cursor.execute(query.sql, query.parameters(values))
            row = cursor.fetchone()
        return None if row is None else query.object_of(row)

    def _query(self) -> "_Query":
        known = getattr(self._of_thread, "query", None)
        if known is None or known.connection is not connections[DEFAULT_DB_ALIAS]:
            known = self._of_thread.query = _Query(self._make(**self._marks), self._marks)
        return known


class _Query:
    """The SQL of a queryset's first object, and how its row becomes that object: what ModelIterable does, in two halves."""

    def __init__(self, queryset: QuerySet[Any], marks: dict[str, Value]) -> None:
        queryset = queryset if queryset.ordered else queryset.order_by("pk")
        compiler = queryset[:1].query.get_compiler(using=queryset.db)
        self.sql, parameters = compiler.as_sql()
        self.connection = compiler.connection
        names = {mark: name for name, mark in marks.items()}
        self._parameters = [(names.get(value) if isinstance(value, str | int) else None, value) for value in parameters]
        if missing := set(marks) - {name for name, _ in self._parameters}:
            raise ValueError(f"{', '.join(sorted(missing))}: not found among the parameters of the query")
        kind = compiler.klass_info
        first, end = kind["select_fields"][0], kind["select_fields"][-1] + 1
        self._compiler, self._db, self._model, self._own = compiler, queryset.db, kind["model"], slice(first, end)
        self._names = [column[0].target.attname for column in compiler.select[self._own]]
        self._converters = compiler.get_converters([column[0] for column in compiler.select])
        self._populators = get_related_populators(kind, compiler.select, queryset.db)  # type: ignore[call-arg]

    def parameters(self, values: dict[str, Value]) -> list[Any]:
        return [value if name is None else values[name] for name, value in self._parameters]

    def object_of(self, row: tuple[Any, ...]) -> Any:
        if self._converters:
            row = tuple(next(iter(self._compiler.apply_converters([row], self._converters))))
        found = self._model.from_db(self._db, self._names, row[self._own])
        for populator in self._populators:
            populator.populate(row, found)
        return found
