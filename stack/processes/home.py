"""Where this checkout's data lies, and the addresses of the servers that run in it."""

import hashlib
import os
import secrets
import stat
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

import platformdirs

from stack.processes.account import Account
from stack.processes.errors import StackError

CHECKOUT = Path(__file__).resolve().parents[2]
# A socket's path may have 107 bytes on Linux, 103 on macOS; the longest name we put in a folder is `.s.PGSQL.5432`.
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")


@dataclass(frozen=True)
class Home:
    """The data folder. PostgreSQL's files in `postgres`, Redis's in `redis`, the signing key in `secret-key`."""

    path: Path

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def redis(self) -> Path:
        return self.path / "redis"

    @property
    def key_file(self) -> Path:
        return self.path / "secret-key"

    @property
    def demo(self) -> Path:
        """What the demo's trainers record and print."""
        return self.path / "demo"

    @property
    def unfinished_demo(self) -> Path:
        """Stands while the demo is at work, and after it was interrupted."""
        return self.path / "demo" / "unfinished"

    def socket_folder(self, folder: Path) -> Path:
        """`folder` itself, or a short one under the temporary folder where a socket's path would be too long."""
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
            return folder
        digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"lablore-{os.geteuid()}-{digest}"

    @property
    def database_url(self) -> str:
        return f"postgresql://lablore@/lablore?host={quote(str(self.socket_folder(self.postgres)), safe='')}"

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(str(self.socket_folder(self.redis) / 'redis.sock'))}"

    def words(self) -> dict[str, str]:
        """The environment that leads a command by hand to the stack of this home; empty where none was ever started."""
        try:
            port = (self.path / "lock").read_text().strip().rpartition(":")[2]
            key = self.key_file.read_text().strip()
        except OSError:
            return {}
        urls = {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}
        return {**urls, "LABLORE_SECRET_KEY": key, "LABLORE_PORT": port or "8000"}

    def make(self, account: Account | None) -> None:
        """Make the data folder: ours alone, or as root passable (not readable) for PostgreSQL's account."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o711 if account else 0o700)
        except OSError as error:
            raise StackError(f"Cannot use {self.path} for data: {error.strerror}. Set LABLORE_HOME.") from None

    def secret_key(self) -> str:
        """The site's signing key, made on first use and readable by nobody else."""
        if self.key_file.exists() and len(key := self.key_file.read_text().strip()) >= 50:
            return key
        key = secrets.token_urlsafe(50)
        beside = self.key_file.with_suffix(".new")
        beside.touch(mode=0o600)
        beside.write_text(key)
        beside.replace(self.key_file)
        return key


def home_of(environ: Mapping[str, str]) -> Home:
    """LABLORE_HOME, or a folder of this checkout's own where the platform keeps such data.

    As root that is the machine's state folder, not root's private home, which PostgreSQL's account cannot enter.
    """
    if named := environ.get("LABLORE_HOME"):
        return Home(Path(named).expanduser().absolute())
    base = platformdirs.site_state_path("lablore") if os.geteuid() == 0 else platformdirs.user_data_path("lablore")
    return Home(base / f"{CHECKOUT.name}-{hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:8]}")


def own_folder(folder: Path, account: Account | None) -> None:
    """Make `folder` so that only `account` (or we) can enter it; raise StackError when somebody else made it before."""
    owner = account.uid if account else os.geteuid()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
        raise StackError(f"{folder} belongs to somebody else. Remove it or set another LABLORE_HOME.")
    if account:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def become_supervisor() -> NoReturn:
    """Turn this process into the one that watches the stack (`python -m stack.processes`): a third of Django's memory."""
    os.chdir(CHECKOUT)
    os.execv(sys.executable, [sys.executable, "-m", "stack.processes"])  # noqa: S606 - becoming it is the purpose
