"""Waiting for other connections, by what the database says of them."""

import time

import psycopg
from django.db import connection

PATIENCE = 20.0  # seconds


def until_waiting(connections: int) -> None:
    """Return once as many connections of this database wait for a lock; asked beside the caller's own transaction."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    deadline = time.monotonic() + PATIENCE
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}, autocommit=True) as beside:
        while (waiting := beside.execute(sql).fetchone()) != (connections,):
            assert time.monotonic() < deadline, f"{waiting} connections wait, not {connections}"
            time.sleep(0.01)
