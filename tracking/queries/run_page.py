"""Pages of runs for programs: newest first, by keyset, so that a page costs the same wherever it lies."""

from dataclasses import dataclass

from django.db.models import Q

from accounts.actor import Actor
from accounts.queries.team import teams_where
from accounts.roles import Permission
from kit.refusal import Refusal
from tracking.limits import RUNS_PER_PAGE
from tracking.models import Run
from tracking.queries.run import runs_for_list
from tracking.queries.run_query import parse_query


class BadCursor(Refusal):
    code = "bad_cursor"
    status = 400


@dataclass(frozen=True, slots=True)
class RunPage:
    """`next` is the uid of the page's last run when more follow, else None."""

    runs: tuple[Run, ...]
    next: str | None


def run_page(actor: Actor, project: str, query: str, cursor: str) -> RunPage:
    """What the actor may see of `project` ("team/project", or "project" in a key's team; "" for all) after the run `cursor`.

    A project one may not see is empty, like one that does not exist. Raises BadQuery and BadCursor.
    """
    runs = Run.objects.in_teams(teams_where(actor, Permission.RUN_VIEW))
    if project:
        team, slash, slug = project.partition("/")
        if not slash and actor.key is not None:
            team, slug = actor.key.team.slug, project
        runs = runs.filter(project__team__slug=team, project__slug=slug) if "\0" not in project else runs.none()
    if cursor:
        last = runs.filter(uid=cursor).first() if "\0" not in cursor else None
        if last is None:
            raise BadCursor("This cursor is of another list. Start again without one.")
        runs = runs.filter(Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk))
    matching = parse_query(query).narrow(runs)
    found = list(runs_for_list(matching).order_by("-created_at", "-id")[: RUNS_PER_PAGE + 1])
    page = tuple(found[:RUNS_PER_PAGE])
    return RunPage(runs=page, next=page[-1].uid if len(found) > RUNS_PER_PAGE else None)
