"""The address of a project, "team/project" or "project" in the key's team, as a server takes it (docs/wire.md)."""

import re
import unicodedata

UNSORTED = "uncategorized"
RULE = "a short name is 1 to 64 of a-z, 0-9, - and _"
_LONGEST = 64
_WORD = re.compile(r"[a-z0-9_][a-z0-9_-]{0,63}")
_TEAM = re.compile(r"[A-Za-z0-9_-]{1,64}")
_GAP = re.compile(r"[^a-z0-9_]+")


def project_address(text: str) -> str:
    """`text` where it fits; else what comes nearest: "My Digits" is my-digits, and a team that cannot be is left out."""
    team, slash, name = text.partition("/")
    if not slash:
        team, name = "", text
    word = name if _WORD.fullmatch(name) else _short(name) or UNSORTED
    return f"{team}/{word}" if _TEAM.fullmatch(team) else word


def other_project(refused: str, suggestion: object) -> str:
    """The address to try after a server refused one: by its suggestion, else mended, else the team's unsorted runs."""
    team, slash, name = refused.rpartition("/")
    for word in (suggestion if isinstance(suggestion, str) else name, name, UNSORTED):
        address = project_address(f"{team}{slash}{word}")
        if address != refused:
            return address
    return refused


def _short(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _GAP.sub("-", plain).strip("-")[:_LONGEST].rstrip("-")
