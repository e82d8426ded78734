"""One readable stream of everybody's lines, each behind the name of who said it."""

import asyncio
import os
import re
import sys
from collections.abc import Callable

WIDTH = 8
COLOURS = {"postgres": 34, "redis": 31, "web": 32, "worker": 35, "beat": 33, "demo": 36, "lablore": 1}
LONGEST_LINE = 16_384
KEEP = "entry: "  # before a line that is for the supervisor and not for the stream


class Console:
    """Writes to stdout; coloured on a terminal unless NO_COLOR is set. `gone` is called when nobody reads any more."""

    def __init__(self, gone: Callable[[], None]) -> None:
        self.coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self.gone = gone

    def say(self, name: str, text: str) -> None:
        """Write `text`, one prefixed line per line."""
        prefix = f"{name:<{WIDTH}} | "
        if self.coloured:
            prefix = f"\033[{COLOURS.get(name, 37)}m{prefix}\033[0m"
        self.write("".join(f"{prefix}{line}\n" for line in text.splitlines()))

    def plain(self, text: str) -> None:
        """Write the supervisor's own block, without a prefix."""
        self.write(text + "\n")

    def bold(self, text: str) -> str:
        """`text` as it stands out on a terminal."""
        return f"\033[1m{text}\033[0m" if self.coloured else text

    def write(self, text: str) -> None:
        """Write at once; a closed pipe or terminal is reported once by `gone`, never raised."""
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except (BrokenPipeError, OSError, ValueError):
            self.gone()

    async def pump(
        self,
        name: str,
        source: asyncio.StreamReader,
        *,
        noise: re.Pattern[str] | None = None,
        kept: list[str] | None = None,
    ) -> None:
        """Pass the lines of a child on until it closes its end, but for noise. Those behind KEEP go to `kept` instead."""
        rest = b""
        while block := await source.read(65_536):
            *lines, rest = (rest + block).split(b"\n")
            if len(rest) > LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            for line in lines:
                text = line.decode(errors="replace").rstrip()
                if kept is not None and text.startswith(KEEP):
                    kept.append(text.removeprefix(KEEP))
                elif text and not (noise and noise.search(text)):
                    self.say(name, text)
        if rest:
            self.say(name, rest.decode(errors="replace"))
