"""What every part measures on: a person, a team, a project, and as many runs as wanted."""

from accounts.actions.team import create_team
from accounts.actions.user import create_user
from accounts.actor import Actor
from tracking.actions.project import create_project
from tracking.actions.run import RunStart, start_run
from tracking.models import Project, Run
from tracking.models.run import run_uid


class Ground:
    """`name` is the slug of a team and a project of its own."""

    def __init__(self, name: str) -> None:
        owner = create_user(email=f"{name}@example.org", name="Bench")
        self.actor = Actor(owner)
        team = create_team(by=owner, slug=name, name=name)
        self.project: Project = create_project(by=self.actor, team=team, slug=name, name=name)

    def run(self) -> Run:
        return start_run(by=self.actor, project=self.project, start=RunStart(uid=run_uid()))[0]
