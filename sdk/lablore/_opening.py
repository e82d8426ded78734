"""How a run is made known to a server: as it was described, and where the server will not have that, with less.

What a description holds must never hold up points: a server may take less than this SDK thinks, or another SDK wrote it.
"""

from typing import Any

from lablore._notices import tame
from lablore._project import other_project
from lablore._server import Answer, Outcome, Server

_TRIES = 5  # a server that always suggests another project is left after these
_LEFT_OUT = ("config", "notes", "tags")
_TAKEN = 409  # the uid is that of a run elsewhere: no description is to blame


def open_run(server: Server, run: dict[str, Any]) -> tuple[Answer, list[str]]:
    """The server's last answer, and what to tell people of what was changed for it. REFUSED: it will not have the run."""
    told: list[str] = []
    for _ in range(_TRIES):
        answer = server.create_run(run)
        if answer.outcome is not Outcome.REFUSED or answer.status == _TAKEN or answer.is_purged:
            break
        lesser, what = _lesser(run, answer)
        if lesser == run:
            break
        run = lesser
        told.append(f"{answer.why}; {what}")
    return answer, told


def _lesser(run: dict[str, Any], answer: Answer) -> tuple[dict[str, Any], str]:
    """The run to try next, the same when there is none, and what is different in it."""
    error = answer.data.get("error")
    if isinstance(error, dict) and _is_of_project(error):
        project = other_project(str(run.get("project")), error.get("suggestion"))
        return {**run, "project": project}, f'the run goes to the project "{tame(project)}"'
    bare = {word: value for word, value in run.items() if word not in _LEFT_OUT}
    return bare, "the run is made without config, notes and tags; config and tags follow with its records"


def _is_of_project(error: dict[str, Any]) -> bool:
    fields = error.get("fields")
    return error.get("code") == "unacceptable_project" or (isinstance(fields, dict) and "project" in fields)
