"""What goes wrong on purpose: kill -9, processes that hang, an emptied Redis."""

import contextlib
import os
import signal
import time

import psutil
import redis

from tests.e2e.site import Site
from tests.stack.running import until


def kill(pid: int | None) -> None:
    """kill -9, if it is there."""
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def kill_part(site: Site, part: str) -> None:
    """kill -9 of a part, and wait until the stack is whole again."""
    before = site.stack.pids()[part]
    kill(before)
    until(lambda: site.stack.pids().get(part, before) != before)
    until(site.stack.healthy)


def hang(pid: int | None, seconds: float) -> None:
    """Stop a process and all it started (of PostgreSQL every backend) for some seconds, then let them go on."""
    if pid is None:
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        try:
            for member in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.suspend()
            time.sleep(seconds)
        finally:
            for member in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.resume()


def flush(site: Site) -> None:
    """FLUSHALL, if Redis is there."""
    with contextlib.suppress(redis.RedisError), redis.Redis.from_url(site.stack.home.redis_url, socket_timeout=5) as client:
        client.flushall()


def kill_sender(site: Site, number: int) -> None:
    """kill -9 of the process that sends what one of the trainers records."""
    trainer = site.trainers[number % len(site.trainers)]
    with contextlib.suppress(psutil.NoSuchProcess):
        for sender in psutil.Process(trainer.process.pid).children():
            kill(sender.pid)
