"""Names of runs and writers: lower-case Crockford base32 of random bits (no i, l, o, u, so that people can read it out)."""

import re
import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_RUN = re.compile(r"[0-9a-hjkmnp-tv-z]{16}")


def fresh_name() -> str:
    """16 characters, 80 random bits: collisions need about 10^12 names."""
    bits = secrets.randbits(80)
    return "".join(_ALPHABET[bits >> shift & 31] for shift in range(75, -5, -5))


def is_run_name(text: str) -> bool:
    """Whether `text` can name a run (16 characters of the alphabet above)."""
    return _RUN.fullmatch(text) is not None
