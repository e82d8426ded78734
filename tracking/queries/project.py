"""Projects of a team with what stands beside their names."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from accounts.models import Team
from tracking.enums import RunState
from tracking.models import Project


@dataclass(frozen=True, slots=True)
class ProjectLine:
    project: Project
    runs: int
    running: int
    last_run_at: datetime | None


def projects_of(team: Team, most: int = 100) -> list[ProjectLine]:
    """The team's projects, those with the newest runs first."""
    running = Count("runs", filter=Q(runs__state=RunState.RUNNING))
    counts = (
        Project.objects.filter(team=team)
        .annotate(in_all=Count("runs"), running=running, last=Max("runs__created_at"))
        .order_by("-created_at")
        .values_list("pk", "in_all", "running", "last")[:most]
    )
    found = {pk: rest for pk, *rest in counts}
    lines = [
        ProjectLine(project=project, runs=runs, running=at_work, last_run_at=last)
        for project in Project.objects.filter(pk__in=found)
        for runs, at_work, last in [found[project.pk]]
    ]
    return sorted(lines, key=lambda line: line.last_run_at or line.project.created_at, reverse=True)
