"""Projects and runs for tests, made by the same actions as in the product."""

from typing import Any

from accounts.actor import Actor
from accounts.models import Team, User
from tracking.actions.project import create_project
from tracking.actions.run import RunStart, start_run
from tracking.models import Project, Run
from tracking.models.run import run_uid


def make_project(team: Team, user: User, slug: str = "nlp") -> Project:
    return create_project(by=Actor(user), team=team, slug=slug, name=slug)


def make_run(project: Project, user: User, name: str = "", **start: Any) -> Run:
    """A running run; `start` as in RunStart."""
    start.setdefault("uid", run_uid())
    return start_run(by=Actor(user), project=project, start=RunStart(name=name, **start))[0]
