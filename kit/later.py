"""Hand a task to the worker once the data it is about is committed; a hint that may get lost.

Redis holds nothing that must not be lost (promise D8): what the task is to do is a row, and beat finds that row again.
So a broker that is away costs the caller nothing, neither an error nor time.
"""

import logging
import time
from functools import partial
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

RESPITE = 5.0  # seconds without another attempt after a failed one: a hung broker costs each attempt its timeout


class Broker:
    """What this process knows of the broker. Threads may share it: a lost update costs one attempt more."""

    away_until = 0.0  # monotonic seconds
    away = False


def later(task: Task[..., Any], *args: Any) -> None:
    """Run `task(*args)` in a worker after the present transaction has committed (at once outside of one). Never raises."""
    transaction.on_commit(partial(_send, task, args), robust=True)


def _send(task: Task[..., Any], args: tuple[Any, ...]) -> None:
    if time.monotonic() < Broker.away_until:
        return
    try:
        task.apply_async(args, retry=False, ignore_result=True)
    except (OperationalError, RedisError, OSError) as error:
        Broker.away_until = time.monotonic() + RESPITE
        if not Broker.away:
            log.warning("The broker is away (%s); beat will find the work again.", type(error).__name__)
        Broker.away = True
    else:
        if Broker.away:
            log.warning("The broker is back.")
        Broker.away = False
