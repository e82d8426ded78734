"""What Lablore says on stderr. It never raises, and text that came from a server cannot move the terminal's cursor."""

import sys
import time


def now_ms() -> int:
    """Wall clock in unix milliseconds."""
    return time.time_ns() // 1_000_000


def say(text: str) -> None:
    """One line on stderr, `lablore: ` in front; silent where there is no stderr or it is closed."""
    try:
        sys.stderr.write(f"lablore: {text}\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        pass  # a closed or missing stderr must not stop a training


def tame(text: object, limit: int = 300) -> str:
    """`text` from elsewhere as one printable line of at most `limit` characters (no escape sequences, no line breaks)."""
    line = "".join(c if c.isprintable() else " " for c in str(text)[: 4 * limit])
    line = " ".join(line.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def sized(count: int) -> str:
    """Bytes as people read them: 812 B, 3.4 kB, 1.2 MB."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1e3:.1f} kB" if count < 1_000_000 else f"{count / 1e6:.1f} MB"
