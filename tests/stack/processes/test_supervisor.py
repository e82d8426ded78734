"""The stack as a process tree: what starts, what is restarted, what is left."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time

import psutil
import pytest
import redis

from stack.processes.home import CHECKOUT
from stack.processes.record import birth
from stack.processes.serving import free_port
from stack.queries.health import FRESH
from tests.stack.running import PARTS, Stack, until

pytestmark = pytest.mark.xdist_group("stack")


def test_two_homes_run_at_once_each_with_its_own_servers(both: tuple[Stack, Stack]) -> None:
    ours, other = both
    assert ours.health()[0] == other.health()[0] == 200
    assert set(ours.pids()) == set(other.pids()) == set(PARTS)
    assert not set(ours.pids().values()) & set(other.pids().values())


def test_an_ordinary_user_owns_every_process_and_every_file(both: tuple[Stack, Stack]) -> None:
    other = both[1]
    assert {psutil.Process(pid).uids().effective for pid in other.pids().values()} == {other.user}
    assert {path.lstat().st_uid for path in other.home.path.rglob("*")} == {other.user}
    assert stat.S_IMODE(other.home.path.stat().st_mode) == 0o700


def test_the_key_and_the_servers_folders_are_closed_to_others(both: tuple[Stack, Stack]) -> None:
    for stack in both:
        assert stat.S_IMODE(stack.home.key_file.stat().st_mode) == 0o600
        assert stat.S_IMODE(stack.home.postgres.stat().st_mode) == 0o700
        assert stat.S_IMODE(stack.home.redis.stat().st_mode) == 0o700
    assert both[0].home.secret_key() != both[1].home.key_file.read_text()


def test_postgres_does_not_run_as_root(running: Stack) -> None:
    assert psutil.Process(running.pids()["postgres"]).uids().effective != 0


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_child_is_started_again(running: Stack, part: str) -> None:
    before = running.pids()
    os.kill(before[part], signal.SIGKILL)
    until(lambda: running.pids()[part] != before[part])
    time.sleep(FRESH[True])  # for so long a good answer of before the kill is given again
    until(running.healthy)
    after = running.pids()
    assert after == before | {part: after[part]}, running.said()[-4000:]


def test_a_killed_worker_beats_again(running: Stack) -> None:
    os.kill(running.pids()["worker"], signal.SIGKILL)
    killed = time.monotonic()
    until(lambda: beaten_within(running, time.monotonic() - killed - 1))


def beaten_within(stack: Stack, seconds: float) -> bool:
    """Whether the worker has written a heartbeat in the last `seconds`."""
    worker = stack.health()[1].get("parts", {}).get("worker", {})
    return bool(worker.get("ok")) and worker["heartbeat_seconds"] < seconds


@pytest.mark.parametrize(("part", "named"), [("postgres", "database"), ("redis", "broker")])
def test_a_server_that_hangs_does_not_hold_health_up(running: Stack, part: str, named: str) -> None:
    until(running.healthy)
    pid = running.pids()[part]
    os.kill(pid, signal.SIGSTOP)
    try:
        until(lambda: running.health()[0] == 503)
        until(lambda: answers_within(running, 2))  # whoever waits for the part that hangs never does
        assert running.health()[1]["parts"][named]["ok"] is False
    finally:
        os.kill(pid, signal.SIGCONT)
    until(running.healthy)
    assert running.pids()[part] == pid


def answers_within(stack: Stack, seconds: float) -> bool:
    began = time.monotonic()
    return stack.health()[0] == 503 and time.monotonic() - began < seconds


def test_a_flushed_redis_is_noticed_by_nobody(running: Stack) -> None:
    until(running.healthy)
    redis.Redis.from_url(running.home.redis_url).flushall()
    flushed = time.monotonic()
    until(lambda: beaten_within(running, time.monotonic() - flushed))


def test_a_second_start_on_the_same_home_names_the_process_that_has_it(running: Stack) -> None:
    assert running.process is not None
    second = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=CHECKOUT,
        env={**running.environment, "LABLORE_PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert second.returncode == 1
    assert (
        f"Lablore already runs on {running.home.path}: process {running.process.pid}, http://127.0.0.1:{running.port}."
        in second.stderr
    )
    assert running.healthy()


def test_a_taken_port_is_named_with_the_way_out(running: Stack) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        second = subprocess.run(
            [sys.executable, "manage.py", "up"],
            cwd=CHECKOUT,
            env={**running.environment, "LABLORE_PORT": str(port), "LABLORE_HOME": f"{running.home.path}-second"},
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert second.returncode == 1
    assert f"Port {port} of 127.0.0.1 is taken" in second.stderr
    assert f"LABLORE_PORT={port + 1} make run" in second.stderr


def test_a_killed_supervisor_takes_its_children_along_and_the_next_start_recovers(running: Stack) -> None:
    children = running.living()
    births = {pid: birth(pid) for pid in children}
    assert set(running.pids().values()) <= children
    # The web server first: what it leaves behind has no parent that could take it along.
    os.kill(running.pids()["web"], signal.SIGSTOP)
    running.end(signal.SIGKILL)
    running.log.unlink()
    running.start().wait_ready()
    until(running.healthy)
    assert [pid for pid in children if birth(pid) == births[pid]] == []


def test_ctrl_c_leaves_no_process(running: Stack) -> None:
    children = running.living()
    births = {pid: birth(pid) for pid in children}
    began = time.monotonic()
    assert running.end(signal.SIGINT) == 0
    assert time.monotonic() - began < 10
    assert [pid for pid in children if birth(pid) == births[pid]] == []
    assert running.living() == set()
    assert "stopped" in running.said()
