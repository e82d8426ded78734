"""The Celery app: Redis carries hints, PostgreSQL holds what must happen."""

import os
import sys
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import worker_ready

# Celery loads Django where this variable is set. Beat only sends names of tasks: without Django it is half as large.
if "beat" in sys.argv:
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
else:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # As root (a container, a first try) the worker says so in five lines at each start. It takes JSON only, never pickle.
    warnings.filterwarnings("ignore", category=SecurityWarning)


def broker_from(url: str) -> str:
    """REDIS_URL as kombu spells it: a socket is `redis+socket:///path`, where redis-py says `unix:///path`."""
    return "redis+socket" + url.removeprefix("unix") if url.startswith("unix:") else url


app = Celery("lablore")
app.conf.update(
    broker_url=broker_from(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")),
    task_ignore_result=True,
    # A task is done when it has run: one that a killed worker took comes back, so every task may run twice.
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # A dead broker must not hold up a web request: give up quickly, beat finds the work again.
    broker_connection_timeout=0.5,
    broker_transport_options={
        "socket_connect_timeout": 0.5,
        "socket_timeout": 0.5,
        "retry_on_timeout": False,
        "max_retries": 0,
        "visibility_timeout": 120,
    },
    task_publish_retry=False,
    beat_max_loop_interval=5,
    beat_schedule={
        "fold-due": {"task": "tracking.fold_due", "schedule": 2.0, "options": {"expires": 10}},
        "copy-changes": {"task": "tracking.copy_changes", "schedule": 5.0, "options": {"expires": 10}},
        "lose-silent": {"task": "tracking.lose_silent_runs", "schedule": 15.0, "options": {"expires": 30}},
        "purge-due": {"task": "tracking.purge_due", "schedule": 15.0, "options": {"expires": 30}},
        "heartbeat": {"task": "stack.heartbeat", "schedule": 10.0, "options": {"expires": 10}},
    },
)
app.autodiscover_tasks()


@worker_ready.connect
def first_heartbeat(**_: Any) -> None:
    """Prove the way from broker to database at once instead of with beat's first turn."""
    app.send_task("stack.heartbeat", expires=10)
