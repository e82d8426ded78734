"""Reading runs: by their names, or by a query."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from tracking.models import Project, Run
from tracking.models.run import RunQuerySet
from tracking.queries.run_query import BadQuery, RunQuery, parse_query

__all__ = ["BadQuery", "MatchedRuns", "runs_for_list", "runs_matching", "runs_meant", "runs_named"]


@dataclass(frozen=True, slots=True)
class MatchedRuns:
    """The newest runs that match, oldest of them first, so that a colour by position stays when one is added.

    `total` counts all that match.
    """

    runs: tuple[Run, ...]
    total: int


def runs_of(project: Project, query: RunQuery | None = None) -> RunQuerySet:
    runs = Run.objects.filter(project=project)
    return runs if query is None else query.narrow(runs)


def runs_for_list(runs: RunQuerySet) -> RunQuerySet:
    """With what a list shows of each: no further query per row."""
    return runs.select_related("project__team", "created_by", "heartbeat").prefetch_related("tags")


def runs_matching(project: Project, query_text: str, limit: int) -> MatchedRuns:
    """At most `limit` runs of the project that match, and how many match in all. Raises BadQuery."""
    matching = runs_of(project, parse_query(query_text))
    newest = list(runs_for_list(matching).order_by("-created_at", "-id")[:limit])
    total = len(newest) if len(newest) < limit else matching.count()
    return MatchedRuns(runs=tuple(reversed(newest)), total=total)


def runs_named(project: Project, uids: Sequence[str]) -> list[Run] | None:
    """The project's runs with exactly these uids, each named once; None when one of them is not there."""
    if any("\0" in uid for uid in uids):
        return None
    runs = list(Run.objects.filter(project=project, uid__in=uids))
    return runs if len(runs) == len(uids) else None


def runs_meant(project: Project, words: Sequence[str]) -> dict[str, Run]:
    """For each word the run with this uid, else the newest of this name, in one query; words that mean none are left out."""
    asked = [word for word in words if "\0" not in word]
    named = Run.objects.filter(project=project, name__in=asked).order_by("name", "-created_at", "-id").distinct("name")
    found = Run.objects.filter(Q(pk__in=named.values("pk")) | Q(uid__in=asked), project=project)
    newest = sorted(found, key=lambda run: (run.created_at, run.pk))
    wanted = set(asked)
    return {run.name: run for run in newest if run.name in wanted} | {run.uid: run for run in newest if run.uid in wanted}
