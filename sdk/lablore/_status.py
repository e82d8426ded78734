"""What the sync process tells: `status.json` in the run's folder, replaced whole. It holds no secret."""

import contextlib
from pathlib import Path

import msgspec

from lablore._notices import now_ms
from lablore._settings import replace_file


class Status(msgspec.Struct):
    """How far delivery is. `acked` maps a writer to the byte of its spool up to which the server has everything."""

    acked: dict[str, int] = {}
    url: str = ""
    name: str = ""
    waiting: str = ""  # why nothing is sent at the moment
    stopped: bool = False  # the server does not let us in: no use waiting for it
    notices: list[str] = []  # said once each by whoever has a stderr
    updated: int = 0  # unix milliseconds


def read_status(folder: Path) -> Status:
    """The status of a run's folder; an empty one before there is any."""
    try:
        return msgspec.json.decode((folder / "status.json").read_bytes(), type=Status)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Status()


def write_status(folder: Path, status: Status) -> None:
    """Replace the status; where the disk is full it stays as it was."""
    status.updated = now_ms()
    with contextlib.suppress(OSError):
        replace_file(folder / "status.json", msgspec.json.encode(status), lasting=False)
