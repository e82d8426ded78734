"""Where to log and with which key: a key goes nowhere it was not meant for."""

from pathlib import Path

import pytest
from lablore._settings import Access, access, access_for, clean_host, runs_folder, store_key, stored_key


@pytest.fixture(autouse=True)
def no_environment(own_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LABLORE_HOST", "LABLORE_KEY", "LABLORE_DIR"):
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://lab.example", "https://lab.example"),
        ("lab.example/", "https://lab.example"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        (" https://lab.example/lore/ ", "https://lab.example/lore"),
    ],
)
def test_addresses(text: str, host: str) -> None:
    assert clean_host(text) == host


@pytest.mark.parametrize("text", ["", "ftp://lab.example", "http://", "file:///etc/passwd", "https://key@lab.example"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="address"):
        clean_host(text)


def test_argument_before_environment_before_what_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    assert access() == Access("http://127.0.0.1:8000", "")
    store_key("https://stored.example", "lbl_stored")
    assert access() == Access("https://stored.example", "lbl_stored")
    monkeypatch.setenv("LABLORE_HOST", "https://env.example")
    assert access() == Access("https://env.example", "")
    monkeypatch.setenv("LABLORE_KEY", "lbl_env")
    assert access() == Access("https://env.example", "lbl_env")
    assert access("https://arg.example", "lbl_arg") == Access("https://arg.example", "lbl_arg")


def test_a_spool_cannot_ask_for_a_key_that_is_not_for_its_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABLORE_HOST", "https://mine.example")
    monkeypatch.setenv("LABLORE_KEY", "lbl_env")
    store_key("https://other.example", "lbl_other")
    assert access_for("https://mine.example") == Access("https://mine.example", "lbl_env")
    assert access_for("https://evil.example") is None
    assert access_for("https://other.example") == Access("https://other.example", "lbl_other")
    assert access_for("https://evil.example", "https://mine.example") == Access("https://mine.example", "lbl_env")


def test_a_stored_key_is_for_its_owner_only(tmp_path: Path) -> None:
    path = store_key("https://a.example", "lbl_a")
    store_key("https://b.example", "lbl_b")
    assert path == tmp_path / "settings" / "lablore" / "keys.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert stored_key("https://a.example") == "lbl_a"
    assert stored_key("https://b.example") == "lbl_b"
    assert [entry.name for entry in path.parent.iterdir()] == ["keys.json"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"hosts": 3}', b"\xff"])
def test_a_broken_settings_file_is_as_none(tmp_path: Path, content: bytes) -> None:
    path = store_key("https://a.example", "lbl_a")
    path.write_bytes(content)
    assert stored_key("https://a.example") == ""
    assert access().key == ""


def test_a_key_does_not_show() -> None:
    assert "secret" not in repr(Access("https://a.example", "lbl_secret"))


def test_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert runs_folder() == tmp_path / "lablore-runs"
    monkeypatch.setenv("LABLORE_DIR", "elsewhere")
    assert runs_folder() == tmp_path / "elsewhere"
    assert runs_folder(tmp_path / "given") == tmp_path / "given"
