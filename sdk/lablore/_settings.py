"""Where to log, with which key, into which folder: argument, else environment, else what `lablore login` stored."""

import contextlib
import json
import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lablore._notices import say

DEFAULT_HOST = "http://127.0.0.1:8000"
SPOOL_SYNC = 1.0  # seconds


@dataclass(frozen=True)
class Access:
    """A server and the key for it; `key` is empty when none is known."""

    host: str
    key: str

    def __repr__(self) -> str:
        return f"Access({self.host!r}, key={'set' if self.key else 'none'})"


def clean_host(text: str) -> str:
    """`text` as an address without a last slash, https unless it says http.

    Raises ValueError when it is no such address or carries a password.
    """
    text = text.strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"not the address of a server: {text!r}; it should look like https://lablore.example.org")
    if parts.username or parts.password:
        raise ValueError("the address of a server must not carry a user name or password")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def access(host: str | None = None, key: str | None = None) -> Access:
    """The server and key to use now. A stored key is only ever used for the server it was stored for."""
    stored = _stored()
    place = clean_host(host or os.environ.get("LABLORE_HOST") or str(stored.get("default") or DEFAULT_HOST))
    return Access(place, (key or os.environ.get("LABLORE_KEY") or stored_key(place)).strip())


def stored_key(host: str) -> str:
    """The key `lablore login` stored for `host`, or an empty text."""
    hosts = _stored().get("hosts")
    entry = hosts.get(host) if isinstance(hosts, dict) else None
    return entry if isinstance(entry, str) else ""


def access_for(logged_to: str, host: str | None = None) -> Access | None:
    """The access for a spool that was logged to `logged_to`; None when no key may be sent there.

    A spool folder may come from elsewhere: its word alone does not send a key from the environment to its server.
    """
    known = access(host)
    if host or known.host == logged_to:
        return known
    key = stored_key(logged_to)
    return Access(logged_to, key) if key else None


def store_key(host: str, key: str) -> Path:
    """Keep `key` for `host` (file 0600, replaced in one step) and make `host` the default. Raises OSError."""
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    stored = _stored()
    hosts = stored.get("hosts")
    body = {"default": host, "hosts": {**(hosts if isinstance(hosts, dict) else {}), host: key}}
    replace_file(path, json.dumps(body, indent=2).encode())
    return path


def replace_file(path: Path, body: bytes, lasting: bool = True) -> None:
    """Write `path` (0600) so that a reader sees the old content or the new, never a part. Raises OSError.

    `lasting` makes that hold for a power cut too, and waits for the disk.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    fd = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(body)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def runs_folder(folder: str | os.PathLike[str] | None = None) -> Path:
    """Where spools are: the argument, else `LABLORE_DIR`, else `./lablore-runs`; absolute."""
    return Path(folder or os.environ.get("LABLORE_DIR") or "lablore-runs").absolute()


def spool_sync() -> float:
    """Seconds of records that a power cut may cost: `LABLORE_SPOOL_SYNC_MS`, else 1; 0 when each call waits for the disk."""
    text = os.environ.get("LABLORE_SPOOL_SYNC_MS", "")
    try:
        milliseconds = float(text or SPOOL_SYNC * 1000)
    except ValueError:
        milliseconds = math.nan
    if math.isfinite(milliseconds) and milliseconds >= 0:
        return milliseconds / 1000
    say(f"LABLORE_SPOOL_SYNC_MS is {text!r}, which is no number of milliseconds: {SPOOL_SYNC * 1000:.0f} it is")
    return SPOOL_SYNC


def _path() -> Path:
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "lablore" / "keys.json"


def _stored() -> dict[str, object]:
    try:
        stored = json.loads(_path().read_bytes())
    except (OSError, ValueError, RuntimeError):  # RuntimeError: no home folder
        return {}
    return stored if isinstance(stored, dict) else {}
