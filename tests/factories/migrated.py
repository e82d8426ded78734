"""Tables as an earlier version had them, for a test of a migration."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


@contextmanager
def as_before(app: str, migration: str) -> Iterator[None]:
    """Inside, the tables of `app` are those that `migration` left; behind it they are the newest again, with what they hold."""
    MigrationExecutor(connection).migrate([(app, migration)])
    try:
        yield
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes(app))
