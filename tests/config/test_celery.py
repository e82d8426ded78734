"""How the broker's address is spelt, and that beat asks for tasks that exist."""

import pytest

from config.celery import app, broker_from


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("unix:///var/lib/x/redis.sock", "redis+socket:///var/lib/x/redis.sock"),
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        ("rediss://:secret@redis.example.org:6380/1", "rediss://:secret@redis.example.org:6380/1"),
    ],
)
def test_a_socket_is_spelt_for_the_broker(url: str, broker: str) -> None:
    assert broker_from(url) == broker


def test_beat_asks_for_tasks_that_exist_and_lets_old_requests_lapse() -> None:
    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks
        assert entry["options"]["expires"] <= 30
