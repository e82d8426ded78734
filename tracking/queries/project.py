"""Projects of a team with what stands beside their names."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from accounts.models import Team
from tracking.enums import RunState
from tracking.models import Project, Run


@dataclass(frozen=True, slots=True)
class ProjectLine:
    project: Project
    runs: int
    running: int
    last_run_at: datetime | None


def projects_of(team: Team, most: int = 100) -> list[ProjectLine]:
    """The team's projects, those with the newest runs first."""
    projects = list(Project.objects.filter(team=team).order_by("-created_at")[:most])
    running = Count("pk", filter=Q(state=RunState.RUNNING))
    counts = (
        Run.objects.filter(project__in=[project.pk for project in projects])
        .values_list("project")
        .annotate(in_all=Count("pk"), running=running, last=Max("created_at"))
    )
    found = {pk: rest for pk, *rest in counts}
    lines = [
        ProjectLine(project=project, runs=runs, running=at_work, last_run_at=last)
        for project in projects
        for runs, at_work, last in [found.get(project.pk, (0, 0, None))]
    ]
    return sorted(lines, key=lambda line: line.last_run_at or line.project.created_at, reverse=True)
