"""Tasks are hints: handed over after the commit, or dropped without holding anybody up."""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
import redis
from celery import Celery
from django.db import transaction

from config.celery import app as ours
from config.celery import broker_from
from kit.later import Broker, later
from stack.processes.home import Home
from stack.processes.redis import redis_part
from stack.processes.serving import serving

pytestmark = pytest.mark.django_db(transaction=True)


class Post:
    """A Redis of this test's own, and a task that is sent through it."""

    def __init__(self, home: Home, pid: int) -> None:
        self.process = psutil.Process(pid)
        self.client = redis.Redis.from_url(home.redis_url)
        app = Celery("post", broker=broker_from(home.redis_url), set_as_current=False)
        wanted = ("broker_transport_options", "broker_connection_timeout", "task_publish_retry", "task_ignore_result")
        app.conf.update({name: ours.conf[name] for name in wanted})

        @app.task(name="post.letter", shared=False)
        def letter(number: int) -> None:
            """Nobody runs it here."""

        self.letter = letter

    @property
    def waiting(self) -> int:
        return int(self.client.llen("celery"))


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    home = Home(tmp_path)
    with ExitStack() as stack:
        pid = stack.enter_context(serving(redis_part(home), tmp_path / "redis.log"))
        letters = Post(home, pid)
        stack.callback(lambda: letters.process.is_running() and letters.process.resume())
        Broker.away, Broker.away_until = False, 0.0
        yield letters
        Broker.away, Broker.away_until = False, 0.0


def seconds_of(act: Callable[[], None]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def test_a_task_is_sent_when_the_transaction_commits(post: Post) -> None:
    with transaction.atomic():
        later(post.letter, 1)
        assert post.waiting == 0
    assert post.waiting == 1


def test_a_task_of_a_transaction_that_fails_is_never_sent(post: Post) -> None:
    with transaction.atomic():
        later(post.letter, 1)
        transaction.set_rollback(True)
    assert post.waiting == 0


def test_outside_of_a_transaction_it_is_sent_at_once(post: Post) -> None:
    later(post.letter, 1)
    assert post.waiting == 1


def test_a_dead_broker_costs_neither_an_error_nor_time_and_is_said_once(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    later(post.letter, 1)
    post.process.kill()
    post.process.wait(5)
    with caplog.at_level(logging.WARNING, "kit.later"):
        assert seconds_of(lambda: [later(post.letter, number) for number in range(100)] and None) < 1.5
    assert [record.getMessage() for record in caplog.records if record.name == "kit.later"] == [
        "The broker is away (OperationalError); beat will find the work again."
    ]


def test_a_broker_that_hangs_costs_one_timeout_and_is_tried_again_later(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    later(post.letter, 1)
    os.kill(post.process.pid, signal.SIGSTOP)
    assert seconds_of(lambda: [later(post.letter, number) for number in range(100)] and None) < 2.5
    os.kill(post.process.pid, signal.SIGCONT)
    Broker.away_until = 0.0  # what five seconds would do
    before = post.waiting
    with caplog.at_level(logging.WARNING, "kit.later"):
        later(post.letter, 2)
    assert post.waiting == before + 1
    assert "The broker is back." in caplog.text
