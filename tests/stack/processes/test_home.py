"""Where data lies and how its servers are reached."""

import os
import stat
from pathlib import Path

import pytest

from stack.processes.errors import StackError
from stack.processes.home import CHECKOUT, LONGEST_SOCKET_FOLDER, Home, home_of, own_folder


def test_a_checkout_has_a_home_of_its_own() -> None:
    home = home_of({})
    assert home.path.name.startswith(f"{CHECKOUT.name}-")
    assert home.path.parent.name == "lablore"
    assert home_of({"LABLORE_HOME": "/somewhere"}) == Home(Path("/somewhere"))


def test_the_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    home = Home(tmp_path)
    key = home.secret_key()
    assert len(key) >= 50
    assert home.secret_key() == key
    assert stat.S_IMODE(home.key_file.stat().st_mode) == 0o600
    home.key_file.write_text("torn")
    assert len(home.secret_key()) >= 50


def test_a_command_by_hand_finds_the_stack(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.words() == {}
    key = home.secret_key()
    (tmp_path / "lock").write_text("123 http://127.0.0.1:8017\n")
    assert home.words() == {
        "DATABASE_URL": home.database_url,
        "REDIS_URL": home.redis_url,
        "LABLORE_SECRET_KEY": key,
        "LABLORE_PORT": "8017",
    }


def test_a_long_path_gets_a_short_folder_for_its_sockets() -> None:
    short, long = Home(Path("/var/lib/x")), Home(Path("/var/lib") / ("x" * 120))
    assert short.socket_folder(short.postgres) == short.postgres
    assert len(os.fsencode(long.socket_folder(long.postgres))) <= LONGEST_SOCKET_FOLDER
    assert long.socket_folder(long.postgres) != long.socket_folder(long.redis)


def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "sockets").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StackError, match="belongs to somebody else"):
        own_folder(tmp_path / "sockets", None)
    own_folder(tmp_path / "mine", None)
    assert stat.S_IMODE((tmp_path / "mine").stat().st_mode) == 0o700
