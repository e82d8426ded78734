"""The run list. One address: the page, for HTMX its results, and with `shown` the same rows with new values."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from accounts.gate import gated
from accounts.roles import Permission
from kit.page import page
from tracking.enums import RunState
from tracking.limits import RUN_UID_LENGTH, RUNS_PER_PAGE
from tracking.models import Project
from tracking.queries.bin import in_bin
from tracking.queries.pulse import project_revision
from tracking.queries.run_query import BadQuery, RunQuery, parse_query
from tracking.queries.run_table import RunTable, Wish, loosest, newer_than, run_table
from tracking.queries.tag import tag_names_of
from tracking.views.chart import Plan, project_chart
from tracking.views.rights import rights_in
from tracking.views.run_rows import heads_of, lines_of

FIRST = 1


@require_safe
@gated(Project, Permission.RUN_VIEW)
def run_list(request: HttpRequest, project: Project) -> HttpResponse:
    frame = _frame(request, project)
    text = request.GET.get("query", "").strip()
    try:
        query = parse_query(text)
    except BadQuery as refusal:
        return _refused(request, project, text, refusal)
    table = run_table(project, _wish(request, query))
    if not table.total:
        if "waiting" in request.GET:
            return HttpResponse(status=204)
        return page(request, "tracking/run/first.html", frame | {"host": settings.PUBLIC_URL})
    if "waiting" in request.GET:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    context = frame | _results(request, project, query, table)
    if "shown" not in request.GET:
        return page(request, "tracking/run/list.html", context, part="results")
    if len(request.GET.getlist("metric")) < len(table.metrics):  # the first of a metric: columns and charts appear
        return _aimed(page(request, "tracking/run/list.html", context, part="results"), "#results", "outerHTML")
    return page(request, "tracking/run/list.html", context, part="rows")


def _wish(request: HttpRequest, query: RunQuery) -> Wish:
    number = request.GET.get("page", "1")
    shown = request.GET.get("shown", "")[: RUNS_PER_PAGE * (RUN_UID_LENGTH + 1)].replace("\0", "")
    return Wish(
        query=query,
        sort=request.GET.get("sort", ""),
        page=int(number) if number.isascii() and number.isdigit() and len(number) < 6 else FIRST,
        shown=tuple(shown.split(",")) if shown else (),
        configs=tuple(request.GET.getlist("config")),
        metrics=tuple(request.GET.getlist("metric")),
    )


def _refused(request: HttpRequest, project: Project, text: str, refusal: BadQuery) -> HttpResponse:
    """A query that cannot be read: the page shows all runs below the reason; a part leaves the last result where it is."""
    context = {"refusal": refusal, "said": _in_words(refusal.message), "query": text, "marked": _marked(text, refusal)}
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        response = page(request, "tracking/run/list.html", context, part="refusal", status=422)
        return _aimed(response, "#query-said", "innerHTML")
    query = parse_query("")
    context = _frame(request, project) | _results(request, project, query, run_table(project, Wish(query=query))) | context
    return page(request, "tracking/run/list.html", context, status=400)


def _aimed(response: HttpResponse, target: str, swap: str) -> HttpResponse:
    response["HX-Retarget"] = target
    response["HX-Reswap"] = swap
    response["HX-Push-Url"] = "false"
    return response


def _marked(text: str, refusal: BadQuery) -> tuple[str, str, str]:
    """The query before, at and after the place of the mistake."""
    start = min(int(str(refusal.details.get("position", 0))), len(text))
    end = start + len(text[start:].split(" ", 1)[0])
    return text[:start], text[start:end], text[end:]


def _frame(request: HttpRequest, project: Project) -> dict[str, Any]:
    """What stands around the results. Made before them: no change may fall between the two (project_revision)."""
    seen = project_revision(project)
    frame = {"team": project.team, "project": project, "section": "runs", "seen": seen, **rights_in(request, project.team)}
    deleted = request.GET.get("deleted", "")  # the run whose deletion led here
    return frame | {"deleted": in_bin(project, deleted) if deleted and frame["can_delete"] else None}


def _results(request: HttpRequest, project: Project, query: RunQuery, table: RunTable) -> dict[str, Any]:
    address = reverse("tracking:run-list", args=[project.team.slug, project.slug])
    since = _moment(request.GET.get("since", "")) or table.newest
    here = {"query": query.text, "sort": table.sort.text, "page": table.page}
    seen = {
        "shown": ",".join(row.run.uid for row in table.rows),
        "since": since.isoformat() if since else "",
        "config": [column.label for column in table.columns if column.kind == "config"],
        "metric": table.metrics,
    }
    plans = [Plan(key, table.rules, table.axes.get(key, "")) for key in table.charts]
    running = [row.run.uid for row in table.rows if row.run.state == RunState.RUNNING]
    return {
        "table": table,
        "query": query.text,
        "address": address,
        "heads": heads_of(table, address, query),
        "lines": lines_of(table),
        "charts": [project_chart(project, plan, f"top-{i}", query.text, table.group) for i, plan in enumerate(plans)],
        "refresh": f"{address}?{urlencode(here | seen, doseq=True)}",
        "fresh": newer_than(project, query, since) if "shown" in request.GET else 0,
        "here": f"{address}?{urlencode(here)}",
        "here_query": urlencode(here),
        "before": f"{address}?{urlencode(here | {'page': table.page - 1})}" if table.page > 1 else "",
        "after": f"{address}?{urlencode(here | {'page': table.page + 1})}" if table.page < table.pages else "",
        "without": _without(project, query, table),
        "tag_names": tag_names_of(project),
        "pulse": f"{reverse('tracking:project-pulse', args=[project.team.slug, project.slug])}?runs={','.join(running)}",
    }


def _without(project: Project, query: RunQuery, table: RunTable) -> dict[str, Any] | None:
    """The term without which most runs match, when nothing matches."""
    loosened = None if table.matched else loosest(project, query)
    if loosened is None:
        return None
    asked = urlencode({"query": loosened.query.text})
    return {"term": loosened.term, "matched": loosened.matched, "asked": asked}


def _in_words(message: str) -> list[tuple[str, bool]]:
    """A message's parts in turn, and whether each is code: what stands between backticks."""
    return [(part, place % 2 == 1) for place, part in enumerate(message.split("`")) if part]


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None
