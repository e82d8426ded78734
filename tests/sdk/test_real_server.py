"""What the SDK makes of odd descriptions, before the server itself: the rules of tests/sdk/run_rules.py are its rules."""

from collections.abc import Iterator
from typing import Any

import httpx
import lablore
import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from lablore._delivery import Delivery
from lablore._session import _start
from lablore._settings import Access
from lablore.sync import push

from tests.sdk.run_rules import refusal_of
from tests.sdk.test_opening import UID, nested
from tracking.models import Run

HOST = "http://testserver"


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The test's transaction outlives a request, as with Django's own test client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def pushed(run: lablore.Run, key: str) -> Delivery:
    return push(run.dir, Access(HOST, key), httpx.WSGITransport(app=get_wsgi_application()), patience=0.0)


@pytest.mark.parametrize("levels", [31, 32])
def test_a_deep_config_arrives(log_key: str, levels: int) -> None:
    with lablore.init(project="digits", mode="offline", config=nested(levels), notes="why") as run:
        run.log({"loss": 0.5, "acc": 1})
    done = pushed(run, log_key)
    assert (done.is_complete(), done.delivered, done.status.notices) == (True, 2, [])
    found = Run.objects.get(uid=run.id)
    assert (found.project.slug, found.config, found.notes) == ("digits", nested(levels), "why")


@pytest.mark.parametrize(
    ("fields", "project"),
    [
        ({"project": "digits", "config": nested(32), "notes": "n"}, "digits"),
        ({"project": "y" * 200, "config": nested(32)}, "y" * 64),
        ({"project": "My Digits"}, "my-digits"),
        ({"project": "runs", "config": {"lr": 1}}, "uncategorized"),
        ({"project": "a" * 30 + "/" + "b" * 150, "notes": "n"}, None),
        ({"project": "digits", "config": {"x": "x" * 300_000}}, "digits"),
        ({"project": "digits", "notes": "x" * 20_001}, "digits"),
        ({"project": "digits", "tags": ["x" * 65]}, "digits"),
        ({"project": "digits", "tags": ["t"], "config": nested(31), "notes": "n"}, "digits"),
    ],
)
def test_what_an_older_sdk_recorded_is_delivered(log_key: str, fields: dict[str, Any], project: str | None) -> None:
    with _start({"uid": UID, **fields}, Access(HOST, ""), "offline", None) as run:
        run.log({"loss": 0.5})
    done = pushed(run, log_key)
    if project is None:  # another team: it may be made one day, so all is kept
        assert "answered 404" in done.why
        return
    assert (done.is_complete(), done.delivered) == (True, 1)
    assert bool(done.status.notices) == (refusal_of({"uid": UID, **fields}) is not None)
    assert Run.objects.get(uid=UID).project.slug == project
