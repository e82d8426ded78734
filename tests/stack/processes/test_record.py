"""Which processes a start may end: its own orphans, nobody else's."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from stack.processes.errors import StackError
from stack.processes.home import Home
from stack.processes.record import TOKEN, Record, birth, end_orphans, lock

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(SLEEP) as process:
        yield process
        process.kill()


def test_a_birth_belongs_to_one_process(sleeper: "subprocess.Popen[bytes]") -> None:
    assert birth(os.getpid()) == birth(os.getpid()) is not None
    assert birth(sleeper.pid) != birth(os.getpid())
    sleeper.kill()
    sleeper.wait()
    assert birth(sleeper.pid) is None


def test_what_is_noted_is_read_and_ended(home: Home, sleeper: "subprocess.Popen[bytes]") -> None:
    Record(home.path / "processes.json").note("redis", sleeper.pid)
    assert end_orphans(Record.read(home)) == ["redis"]
    assert not psutil.pid_exists(sleeper.pid)


def test_a_stranger_with_a_noted_number_lives_on(home: Home, sleeper: "subprocess.Popen[bytes]") -> None:
    written = Record(home.path / "processes.json")
    written.note("redis", sleeper.pid)
    record = Record.read(home)
    assert record.children == written.children
    record.children["redis"] = (sleeper.pid, "another birth")
    assert end_orphans(record) == []
    assert sleeper.poll() is None


def test_what_carries_the_token_is_ended_whoever_its_parent_is(home: Home) -> None:
    record = Record(home.path / "processes.json")
    with (
        subprocess.Popen(SLEEP, env={**os.environ, TOKEN: record.token}, start_new_session=True) as ours,
        subprocess.Popen(SLEEP, env={**os.environ, TOKEN: "another stack's"}) as theirs,
    ):
        assert end_orphans(record) == ["its helpers"]
        assert not psutil.pid_exists(ours.pid)
        assert theirs.poll() is None
        theirs.kill()


@pytest.mark.parametrize("torn", ["", "{", '{"token": "x"}', '{"token": "x", "children": {"web": 3}}'])
def test_a_torn_record_ends_nobody(home: Home, torn: str) -> None:
    (home.path / "processes.json").write_text(torn)
    assert Record.read(home).children == {}
    assert end_orphans(Record.read(home)) == []


def test_a_home_has_one_owner_at_a_time(home: Home) -> None:
    with lock(home, "http://127.0.0.1:1"), pytest.raises(StackError) as refused:
        lock(home, "http://127.0.0.1:2")
    assert f"process {os.getpid()}, http://127.0.0.1:1." in str(refused.value)
    lock(home, "http://127.0.0.1:2").close()
