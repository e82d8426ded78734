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
    counted = Project.objects.filter(team=team).annotate(
        run_count=Count("runs"),
        running_count=Count("runs", filter=Q(runs__state=RunState.RUNNING)),
        last_run_at=Max("runs__created_at"),
    )
    lines = [
        ProjectLine(project=project, runs=project.run_count, running=project.running_count, last_run_at=project.last_run_at)
        for project in counted.order_by("-created_at")[:most]
    ]
    return sorted(lines, key=lambda line: line.last_run_at or line.project.created_at, reverse=True)
