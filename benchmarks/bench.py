"""A project of one part's own, and runs in it."""

from accounts.actions.team import create_team
from accounts.actions.user import create_user
from accounts.actor import Actor
from benchmarks.clock import Clock
from tracking.actions.project import create_project
from tracking.actions.run import RunStart, start_run
from tracking.models import Project, Run
from tracking.models.run import run_uid


class Bench:
    """`part` names its owner, team and project: parts share one database."""

    def __init__(self, clock: Clock, part: str) -> None:
        self.clock = clock
        owner = create_user(email=f"{part}@example.org", name=part)
        self.actor = Actor(owner)
        team = create_team(by=owner, slug=part, name=part)
        self.project: Project = create_project(by=self.actor, team=team, slug=part, name=part)

    def run(self) -> Run:
        return start_run(by=self.actor, project=self.project, start=RunStart(uid=run_uid()))[0]
