"""Whether the parts of the site work together, asked of each with a deadline so that a dead one cannot hold the answer up."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.models import F
from django.db.models.functions import Now

from stack.models import WorkerHeartbeat
from tracking.queries.backlog import oldest_unfolded_seconds

DEADLINE = 1.5  # seconds for all questions together
FRESH = {True: 1.0, False: 0.2}  # seconds a good and a bad answer are given again, so that a flood of questions costs one
SILENCE = 35.0  # seconds without a heartbeat (one is due every 10) after which the worker counts as gone
BACKLOG = 120.0  # seconds a batch may wait for its fold

Answers = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Health:
    """`parts` maps web, database, broker, worker, backlog to `{"ok": bool, …}`; ages in seconds."""

    parts: Answers

    @property
    def ok(self) -> bool:
        return all(part["ok"] for part in self.parts.values())


@dataclass
class Latest:
    """The last answer and when it was given (monotonic seconds)."""

    health: Health | None = None
    at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


_latest = Latest()
# More threads than one round needs: one that hangs on a stopped server must not make the next round wait.
_askers = ThreadPoolExecutor(max_workers=6, thread_name_prefix="health")


def health_now() -> Health:
    """The health of the site, at most a second old, within DEADLINE seconds whatever is down."""
    with _latest.lock:
        if _latest.health is None or time.monotonic() - _latest.at > FRESH[_latest.health.ok]:
            _latest.health = _ask_all()
            _latest.at = time.monotonic()
        return _latest.health


def _ask_all() -> Health:
    deadline = time.monotonic() + DEADLINE
    asked = {
        ("database", "worker", "backlog"): _askers.submit(_kept_in_database),
        ("broker",): _askers.submit(_broker),
    }
    parts: Answers = {"web": {"ok": True}}
    for names, answer in asked.items():
        try:
            parts |= answer.result(timeout=max(deadline - time.monotonic(), 0.01))
        except TimeoutError:
            answer.cancel()
            parts |= {name: {"ok": False, "reason": "no answer in time"} for name in names}
    return Health(parts)


def _kept_in_database() -> Answers:
    """What one fresh connection of this thread can tell."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return {"database": {"ok": True}, "worker": _guarded(_worker), "backlog": _guarded(_backlog)}
    except DatabaseError:
        unknown = {"ok": False, "reason": "unknown while the database is away"}
        return {"database": {"ok": False, "reason": "does not answer"}, "worker": unknown, "backlog": unknown}
    finally:
        connections.close_all()


def _guarded(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return ask()
    except DatabaseError:
        return {"ok": False, "reason": "its table cannot be read: are the migrations applied?"}


def _worker() -> dict[str, Any]:
    age = WorkerHeartbeat.objects.annotate(age=Now() - F("beaten_at")).values_list("age", flat=True).first()
    if age is None:
        return {"ok": False, "reason": "no heartbeat yet"}
    seconds = round(age.total_seconds(), 1)
    return {"ok": seconds < SILENCE, "heartbeat_seconds": seconds}


def _backlog() -> dict[str, Any]:
    seconds = oldest_unfolded_seconds()
    return {"ok": (seconds or 0.0) < BACKLOG, "oldest_unfolded_seconds": seconds}


def _broker() -> Answers:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError):
        return {"broker": {"ok": False, "reason": "does not answer"}}
    return {"broker": {"ok": True}}
