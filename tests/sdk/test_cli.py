"""The command line, as a person or a script meets it."""

import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import lablore
import pytest
from lablore._cli import main
from lablore._launch import take_sync_lock

from tests.sdk.recording import everything, recorded
from tests.sdk.server import KEY, LabServer, Reply

Done = subprocess.CompletedProcess[str]
Command = Callable[..., Done]


def login(*words: str, given: str) -> Done:
    """`lablore login` as a process, for it reads its standard input."""
    words = ("-m", "lablore", "login", *words)
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, input=given, timeout=60)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """command("sync", "folder"): what it answered."""

    def run(*words: str) -> Done:
        capsys.readouterr()
        code = main(list(words))
        return subprocess.CompletedProcess(words, code, *capsys.readouterr())

    return run


def test_login_stores_the_key_without_showing_it(
    command: Command, lab: LabServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LABLORE_KEY")
    done = login(given=f"{KEY}\n")
    assert done.returncode == 0, done.stderr
    path = tmp_path / "settings" / "lablore" / "keys.json"
    assert done.stdout == f"signed in to {lab.url} as alice@lab.example, team vision; key kept in {path}\n"
    assert KEY not in done.stdout + done.stderr
    assert path.stat().st_mode & 0o777 == 0o600
    run = recorded()
    assert command("sync", str(run.dir)).returncode == 0
    everything(lab, run)


@pytest.mark.parametrize("key", ["", "two words", "lbl_é", "lbl_x\x07"])
def test_login_refuses_what_is_no_key(
    command: Command, lab: LabServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO(f"{key}\n"))
    done = command("login", "--host", lab.url)
    assert (done.returncode, done.stderr) == (1, "lablore: that is no API key; it looks like lbl_xxxxxxxx_…\n")
    assert lab.asks == []
    assert not (tmp_path / "settings").exists()


def test_login_refuses_a_key_that_the_server_does_not_know(lab: LabServer, tmp_path: Path) -> None:
    done = login("--host", lab.url, given="lbl_wrong\n")
    assert (done.returncode, done.stderr) == (1, f"lablore: {lab.url} answered 401: the key is not known\n")
    assert not (tmp_path / "settings").exists()


def test_what_a_server_says_cannot_move_the_cursor(lab: LabServer) -> None:
    lab.trouble = lambda ask: Reply(200, b'{"user": "\\u001b]0;gotcha\\u0007\\u001b[2J\\nalice", "team": "x\\ry"}')
    done = login(given=f"{KEY}\n")
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    assert "\x1b" not in done.stdout
    assert "\r" not in done.stdout


def test_sync_of_many_runs_again_and_again(command: Command, lab: LabServer, runs: Path) -> None:
    recordings = [recorded() for _ in range(3)]
    done = command("sync")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("800 points delivered") == 3
    for run in recordings:
        everything(lab, run)
    again = command("sync", str(runs))
    assert again.stdout.count("0 points delivered") == 3
    assert lab.repeats == []


def test_status_tells_what_waits_and_why(command: Command, lab: LabServer, runs: Path) -> None:
    run = recorded()
    assert f"{run.id}  ended, " in command("status").stdout
    assert "kB to deliver" in command("status").stdout
    lab.stop()
    done = command("sync", "--patience", "0")
    assert done.returncode == 1
    assert "kB wait: " in done.stdout
    assert f"{lab.url} cannot be reached" in done.stdout
    assert "cannot be reached" in command("status").stdout
    lab.start()
    assert command("sync").returncode == 0
    assert command("status").stdout == f"{run.id}  ended, all delivered  {lab.url}/vision/digits/runs/{run.id}\n"


def test_sync_of_a_run_that_goes_on(command: Command, lab: LabServer) -> None:
    run = lablore.init(project="digits", mode="offline")
    run.log({"a": 1})
    run._recorder._cut()
    done = command("sync", str(run.dir))
    assert done.returncode == 0
    assert "1 points delivered; the run goes on" in done.stdout
    assert "running" in command("status").stdout
    run.finish()


def test_sync_leaves_a_folder_that_is_being_delivered(command: Command, lab: LabServer) -> None:
    run = recorded()
    assert take_sync_lock(run.dir) is not None
    done = command("sync", str(run.dir))
    assert done.stdout == f"{run.id}: another process is delivering it\n"
    assert lab.asks == []


def test_sync_does_not_send_a_key_where_a_spool_says(command: Command, lab: LabServer, monkeypatch: pytest.MonkeyPatch) -> None:
    run = recorded()
    mine = LabServer()
    monkeypatch.setenv("LABLORE_HOST", mine.url)
    done = command("sync", str(run.dir))
    assert done.returncode == 1
    assert f"was logged to {lab.url}, and no key is stored for it: say --host" in done.stderr
    assert lab.asks == mine.asks == []
    assert command("sync", "--host", mine.url, str(run.dir)).returncode == 0
    everything(mine, run)
    mine.stop()


def test_nothing_to_sync(command: Command, tmp_path: Path) -> None:
    done = command("sync", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == f"lablore: no runs in {tmp_path}\n"


def test_a_run_without_a_key_says_how_to_go_on(
    lab: LabServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LABLORE_KEY")
    with lablore.init(project="digits") as run:
        run.log({"a": 1})
    said = capsys.readouterr().err
    assert f"no key for {lab.url}; `lablore login`, then `lablore sync {run.dir}`" in said
    assert lab.asks == []
