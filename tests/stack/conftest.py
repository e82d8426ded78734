"""Two stacks at once for the whole folder: starting one is what costs time here."""

import os
import pwd
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from stack.processes.home import Home
from stack.processes.serving import free_port
from tests.stack.running import Stack


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder that every account may pass, which pytest's own are not."""
    path = Path(tempfile.mkdtemp(prefix="lablore-stack-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def ordinary() -> tuple[int, list[str]]:
    """An account that is not root, and the words that run our Python as it.

    Our Python may lie in root's home. So the account gets the one right to read past closed folders; all else that it
    makes, owns and may not do is that of an ordinary user.
    """
    if os.geteuid() != 0:
        return os.geteuid(), [sys.executable]
    if not (setpriv := shutil.which("setpriv")):
        pytest.skip("no setpriv to become an ordinary user with")
    nobody = pwd.getpwnam("nobody").pw_uid
    words = [f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups"]
    return nobody, [setpriv, *words, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search", sys.executable]


@pytest.fixture(scope="session")
def both(folder: Path, ordinary: tuple[int, list[str]]) -> Iterator[tuple[Stack, Stack]]:
    """Two stacks that started at the same time: ours, and one of an ordinary user (ours too when we are one)."""
    user, python = ordinary
    ours = Stack(Home(folder / "ours"), free_port(), os.geteuid())
    other_home = folder / "other"
    other_home.mkdir()
    os.chown(other_home, user, -1)
    other = Stack(Home(other_home), free_port(), user, python)
    with ExitStack() as stack:
        for started in (ours, other):
            started.start()
            stack.callback(end_if_running, started)
        yield ours.wait_ready(), other.wait_ready()


def end_if_running(stack: Stack) -> None:
    if not stack.over():
        stack.end()


@pytest.fixture
def running(both: tuple[Stack, Stack]) -> Stack:
    """The first of the two, started anew when a test before has ended it."""
    stack = both[0]
    if stack.over():
        stack.log.unlink()
        stack.start().wait_ready()
    return stack
