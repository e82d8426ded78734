"""The commands in docs/wire.md do what is written there: run by a real shell with the real curl, against a real server."""

import re
import subprocess
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from tracking.models import Project, Run
from tracking.queries.history import history_of

WIRE = (Path(__file__).parents[2] / "docs" / "wire.md").read_text()


@pytest.mark.django_db(transaction=True)
def test_a_run_by_hand(live_server: LiveServer, log_key: str, project: Project, tmp_path: Path) -> None:
    (commands,) = re.findall(r"```sh\n(.*?)```", WIRE, re.S)
    (answer,) = re.findall(r"The second answers `(.*?)`", WIRE)
    words = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LABLORE_HOST": live_server.url, "LABLORE_KEY": log_key}
    shell = ["sh", "-euc", commands.replace("\n\n", "\necho\n")]
    done = subprocess.run(shell, env=words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    made, accepted = done.stdout.split("\n")
    assert f'"project":"{project.team.slug}/{project.slug}"' in made
    assert accepted == answer
    run = Run.objects.get()
    assert (run.name, run.state) == ("by hand", "finished")
    history = history_of(run, "loss")
    assert history is not None
    assert history.points.values.tobytes() == b"\0\0\0\0\0\0\4\x40\0\0\0\0\0\0\xf8\x7f"
