"""A project as its bar shows it, and where a team's next report would stand."""

from typing import Any

from reports.queries.report import visible_reports
from tracking.queries.project import projects_of
from tracking.queries.run import runs_of


def counts_of(project: Any, *, with_drafts: bool) -> dict[str, int]:
    """How many runs there are, and how many reports this reader may know of."""
    return {"runs": runs_of(project).count(), "reports": visible_reports(project, with_drafts=with_drafts).count()}


def busiest_project(team: Any) -> Any:
    """The project of the team with the newest run, else the newest; None when there is none."""
    return next((line.project for line in projects_of(team)), None)
