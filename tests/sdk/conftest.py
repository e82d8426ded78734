"""A server, a folder and an environment of its own for every test of the SDK."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sdk.server import KEY, LabServer
from tests.sdk.trainer import Trainers


@pytest.fixture
def lab() -> Iterator[LabServer]:
    server = LabServer()
    yield server
    server.stop()


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Where the test's runs are recorded."""
    return tmp_path / "runs"


@pytest.fixture(autouse=True)
def own_environment(lab: LabServer, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's settings counts, and nothing of the test stays."""
    for name, value in {
        "LABLORE_HOST": lab.url,
        "LABLORE_KEY": KEY,
        "LABLORE_DIR": str(runs),
        "LABLORE_FINISH_TIMEOUT": "30",
        "XDG_CONFIG_HOME": str(tmp_path / "settings"),
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("LABLORE_MODE", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def trainers(tmp_path: Path) -> Iterator[Trainers]:
    """Starts trainings as processes; at the end none of them, nor of their sync processes, is left."""
    started = Trainers(tmp_path)
    yield started
    started.end()
