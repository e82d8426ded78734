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


def are_acceptable(keys: list[str]) -> bool:
    """Whether all are, none twice. Looked at together: one by one, a thousand cost as much as all else of their record."""
    if len(set(keys)) < len(keys) or "" in keys or len(max(keys, key=len)) > KEY_LENGTH:
        return False
    return CONTROL.search(" ".join(keys)) is None
