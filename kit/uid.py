"""Public names of things: random, so that they tell nothing and can be made anywhere, and short enough to say aloud."""

import re
import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32, lower case: no i, l, o, u


def new_uid(length: int) -> str:
    """`length` random characters, 5 bits each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def uid_pattern(length: int) -> re.Pattern[str]:
    return re.compile(rf"[{ALPHABET}]{{{length}}}")
