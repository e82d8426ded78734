"""The same thing from many threads at the same moment, each with a connection of its own to the database."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import TypeVar

from django.db import connection

Answer = TypeVar("Answer")


def at_once(times: int, verb: Callable[[], Answer]) -> list[Answer]:
    """What `verb` answers in each of `times` threads, in the order of the answers."""
    start, answers = Barrier(times), []

    def work() -> None:
        start.wait()
        try:
            answers.append(verb())
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
