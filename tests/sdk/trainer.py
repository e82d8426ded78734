"""Trainings as processes of their own, and waiting for what they bring about."""

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

from lablore._launch import is_delivered


def until(truth: Callable[[], object], what: str = "", seconds: float = 30.0) -> None:
    """Wait until `truth()` holds; fail saying `what` did not come true."""
    end = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < end, f"waited {seconds} s in vain: {what}"
        time.sleep(0.02)


class Trainers:
    """Python processes that use the SDK."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[subprocess.Popen[str]] = []

    def start(self, code: str, **env: str) -> "subprocess.Popen[str]":
        """Start `code` as a script file; its output can be read line by line."""
        script = self._folder / f"train{len(self._started)}.py"
        script.write_text(textwrap.dedent(code), encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-W", "error", str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **env},
            cwd=self._folder,
        )
        self._started.append(process)
        return process

    def run(self, code: str, **env: str) -> "subprocess.CompletedProcess[str]":
        """Run `code` to its end."""
        process = self.start(code, **env)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def end(self) -> None:
        """Kill what still runs; a sync process leaves when its folder is gone."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.communicate()
        folders = {path.parent for path in self._folder.glob("runs/*/*.spool")}
        for folder in folders:
            folder.rename(folder.with_name(f"{folder.name}.gone"))
        for folder in folders:
            gone = folder.with_name(f"{folder.name}.gone")
            until(lambda gone=gone: not is_delivered(gone), f"the sync process of {gone} leaves")
