"""What may be stored as text."""

from kit.text import UNSTORABLE
from reports.errors import BadText


def checked(text: str, limit: int, what: str) -> str:
    """`text` as it is. Raises BadText when it cannot be stored or is longer than `limit` characters."""
    if (bad := UNSTORABLE.search(text)) is not None:
        line = text.count("\n", 0, bad.start()) + 1
        raise BadText(f"{what} has a character on line {line} that text cannot have (U+{ord(bad.group()):04X}). Remove it.")
    if len(text) > limit:
        raise BadText(f"{what} has {len(text):,} characters; at most {limit:,} are kept.")
    return text
