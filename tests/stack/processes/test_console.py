"""The one stream: whose line it is, what is left out, what goes to the supervisor."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from stack.processes.console import KEEP, LONGEST_LINE, Console


def pumped(text: bytes, capsys: pytest.CaptureFixture[str], **words: object) -> list[str]:
    """The lines that come out when a child named `web` writes `text`."""

    async def pump() -> None:
        source = asyncio.StreamReader()
        source.feed_data(text)
        source.feed_eof()
        await Console(gone=lambda: None).pump("web", source, **words)  # type: ignore[arg-type]

    # In a thread of its own: Playwright's loop may already run in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, pump()).result()
    return capsys.readouterr().out.splitlines()


def test_every_line_says_whose_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert pumped("eins\n\nzwei ☃\nlast".encode(), capsys) == ["web      | eins", "web      | zwei ☃", "web      | last"]


def test_noise_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert pumped(b"ready\nwrong\n", capsys, noise=re.compile("^ready")) == ["web      | wrong"]


def test_what_is_for_the_supervisor_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    kept: list[str] = []
    assert pumped(f"one\n{KEEP}http://x/enter/1\n".encode(), capsys, kept=kept) == ["web      | one"]
    assert kept == ["http://x/enter/1"]


def test_bytes_that_are_no_text_and_a_line_without_end_do_not_stop_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert pumped(b"\xff\n", capsys) == ["web      | �"]
    whole = "".join(line.removeprefix("web      | ") for line in pumped(b"x" * (4 * LONGEST_LINE), capsys))
    assert whole == "x" * (4 * LONGEST_LINE)


def test_a_reader_that_went_away_is_told_and_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[bool] = []
    full = open("/dev/full", "w")  # noqa: SIM115 - closed below, which fails as the writing does
    monkeypatch.setattr("sys.stdout", full)
    Console(gone=lambda: gone.append(True)).say("web", "hello")
    monkeypatch.undo()
    with pytest.raises(OSError, match="No space"):
        full.close()
    assert gone == [True]
