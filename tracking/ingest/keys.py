"""Which names a metric may have."""

from kit.text import CONTROL
from tracking.limits import KEY_LENGTH


def key_complaint(key: str) -> str:
    """Why `key` is refused; empty when it is acceptable."""
    if not 0 < len(key) <= KEY_LENGTH:
        return f"key has not 1 to {KEY_LENGTH} characters"
    if CONTROL.search(key):
        return "key holds a control character"
    return ""
