"""Every point that counts of a run or a project, part by part: what an export writes. No transaction is open between two."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracking.columns.points import Points
from tracking.models import Project, Run
from tracking.queries.history import AT_ONCE, counting_points, whole_series
from tracking.queries.series import SeriesLine, series_of

_RUNS = 100  # read at a time


@dataclass(frozen=True, slots=True)
class Part:
    """Points of one series that count, by step; never empty."""

    run: Run
    key: str
    points: Points


def run_parts(run: Run) -> Iterator[Part]:
    """The run's series by key, each by step: long ones in parts of some AT_ONCE points, short ones read many at a time."""
    for keys in _packs(series_of(run)):
        if len(keys) == 1:
            for points in counting_points(run, keys[0]):
                yield Part(run, keys[0], points)
        else:
            for key, points in whole_series(run, keys).items():
                yield Part(run, key, points)


def project_parts(project: Project) -> Iterator[Part]:
    """All runs of the project, in the order they were made."""
    for run in _runs_of(project):
        yield from run_parts(run)


def _runs_of(project: Project) -> Iterator[Run]:
    """Page by page: a cursor would stay open for as long as a client reads."""
    last = 0
    while page := list(Run.objects.filter(project=project, pk__gt=last).order_by("pk")[:_RUNS]):
        yield from page
        last = page[-1].pk


def _packs(lines: Sequence[SeriesLine]) -> Iterator[list[str]]:
    """Keys in their order, as many together as have AT_ONCE points in all; a longer series stands alone."""
    pack: list[str] = []
    points = 0
    for line in lines:
        if pack and points + line.summary.n > AT_ONCE:
            yield pack
            pack, points = [], 0
        pack.append(line.key)
        points += line.summary.n
    if pack:
        yield pack
