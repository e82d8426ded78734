"""The files that a run or a project is exported as. The pages and the API offer the same ones."""

from collections.abc import Iterable

from tracking.models import Project, Run
from tracking.queries.export import project_parts, run_parts
from tracking.queries.points_csv import project_csv, run_csv
from tracking.queries.points_parquet import parquet


def run_file(run: Run, suffix: str) -> tuple[Iterable[str | bytes], str, str]:
    """(parts, name, suffix) of the file, as kit.download takes them; `suffix` is "csv" or "parquet"."""
    return run_csv(run) if suffix == "csv" else parquet(run_parts(run)), run.name, suffix


def project_file(project: Project, suffix: str) -> tuple[Iterable[str | bytes], str, str]:
    """The same of every run of a project."""
    return project_csv(project) if suffix == "csv" else parquet(project_parts(project)), project.slug, suffix
