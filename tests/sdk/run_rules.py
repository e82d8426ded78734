"""What a server takes as a new run, by docs/wire.md: why it refuses one, with the status and the body of the refusal."""

import json
import re
from typing import Any

NESTING = 32
LONGEST_ADDRESS = 129
CONFIG_BYTES = 256 << 10
RESERVED = {"reports", "runs", "settings", "members", "people", "projects", "findings", "sweeps"}
_WORD = re.compile(r"[a-z0-9_][a-z0-9_-]{0,63}")

Refusal = tuple[int, dict[str, Any]]


def refusal_of(run: dict[str, Any]) -> Refusal | None:
    """(status, the error) for a run as posted; None for one that is taken."""
    if depth(run) > NESTING:
        return 400, {"code": "broken_body", "message": "The body is nested deeper than 32 levels.", "limit": NESTING}
    if len(run["project"]) > LONGEST_ADDRESS:
        return _invalid("project")
    if len(json.dumps(run.get("config", {}), ensure_ascii=False).encode()) > CONFIG_BYTES:
        return 413, {"code": "too_large", "message": "The config is too large.", "limit": CONFIG_BYTES}
    if len(run.get("tags", [])) > 64 or any(not 0 < len(tag) <= 64 for tag in run.get("tags", [])):
        return _invalid("tags")
    if len(run.get("notes", "")) > 20_000:
        return _invalid("notes")
    word = run["project"].rpartition("/")[2] if run["project"].count("/") < 2 else ""
    if word in RESERVED or _WORD.fullmatch(word) is None:
        return 422, {"code": "unacceptable_project", "message": "Choose another short name.", "field": "slug"}
    return None


def depth(value: Any) -> int:
    """Levels of maps and lists, this one included."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


def _invalid(field: str) -> Refusal:
    return 422, {"code": "invalid", "message": "Some fields are not acceptable.", "fields": {field: ["not acceptable"]}}
