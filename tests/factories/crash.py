"""A process that dies in the middle of its work, as the database sees it: statements until some one, then nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


class Crash(BaseException):
    """Not an Exception: nobody but the test may catch it, as nobody catches kill -9."""


@contextmanager
def dying(at: int, *, done: bool) -> Iterator[None]:
    """Inside, statement number `at` (from 0) is the last one: `done` when the database still gets it."""
    left = at

    def run(execute: Callable[..., Any], *statement: Any) -> Any:
        nonlocal left
        left -= 1
        if left >= 0:
            return execute(*statement)
        if done:
            execute(*statement)
        raise Crash

    try:
        with connection.execute_wrapper(run):
            yield
    except Crash:
        return
