"""The page of one run, and the parts of it that people write."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import actor_behind
from accounts.gate import gated
from accounts.roles import Permission
from kit.page import page
from tracking.actions.run import UnacceptableRun, edit_run
from tracking.models import Run
from tracking.queries.image import image_at, latest_images
from tracking.queries.run_overview import Overview, commit_of, config_facts, overview_of, places_of
from tracking.queries.tag import tag_names_of, tags_of
from tracking.rendering.value import whole_text
from tracking.views.chart import Chart, run_chart
from tracking.views.rights import rights_in

TEMPLATE = "tracking/run/detail.html"


@require_safe
@gated(Run, Permission.RUN_VIEW)
def run_detail(request: HttpRequest, run: Run) -> HttpResponse:
    """`have` is how many curves the page shows already: nothing to send (204) until there are more."""
    overview = overview_of(run)
    if request.GET.get("have") == str(overview.keys):
        return HttpResponse(status=204)
    context = _frame(request, run) | _charts(run, overview)
    if "have" in request.GET:
        return page(request, TEMPLATE, context, part="charts")
    if "live" in request.GET:
        return page(request, TEMPLATE, context, part="live")
    context |= {
        "tags": tags_of(run),
        "tag_names": tag_names_of(run.project),
        "facts": [(fact, whole_text(fact.value)) for fact in config_facts(run)],
        "places": places_of(run),
        "commit": commit_of(run),
        "images": latest_images(run),
    }
    return page(request, TEMPLATE, context)


@require_safe
@gated(Run, Permission.RUN_VIEW)
def run_images(request: HttpRequest, run: Run) -> HttpResponse:
    """One image of a key by its step, as a part; without HTMX, the run's page."""
    step = request.GET.get("step", "")
    at = int(step) if step.removeprefix("-").isdecimal() and step.isascii() and len(step) < 19 else None
    key = request.GET.get("key", "").replace("\0", "")
    shown = image_at(run, key, at)
    if shown is None or not request.htmx:  # type: ignore[attr-defined]
        return redirect("tracking:run-detail", run.team.slug, run.project.slug, run.uid)
    return page(request, TEMPLATE, _frame(request, run) | {"shown": shown}, part="image")


@require_http_methods(["GET", "HEAD", "POST"])
@gated(Run, Permission.RUN_EDIT)
def run_notes(request: HttpRequest, run: Run) -> HttpResponse:
    """The notes in place: the form (GET), what was saved (POST)."""
    context = _frame(request, run) | {"editing": request.method != "POST" and "cancel" not in request.GET}
    status = 200
    if request.method == "POST":
        try:
            edit_run(by=actor_behind(request), run=run, notes=request.POST.get("notes", ""))
        except UnacceptableRun as refusal:
            context |= {"editing": True, "refusal": refusal, "draft": request.POST.get("notes", "")}
            status = 422
    return page(request, "tracking/run/notes.html", context, part="notes", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@gated(Run, Permission.RUN_EDIT)
def run_name(request: HttpRequest, run: Run) -> HttpResponse:
    """The name and group in place."""
    context = _frame(request, run) | {"draft": {"name": run.name, "group": run.group}}
    if request.method != "POST":
        return page(request, "tracking/run/name.html", context, part="form")
    draft = {word: request.POST.get(word, "") for word in ("name", "group")}
    try:
        edit_run(by=actor_behind(request), run=run, **draft)
    except UnacceptableRun as refusal:
        return page(request, "tracking/run/name.html", context | {"draft": draft, "refusal": refusal}, part="form", status=422)
    return _back_to(request, run)


def _back_to(request: HttpRequest, run: Run) -> HttpResponse:
    """To the run's page; HTMX loads it whole, since the name stands in many places of it."""
    response = redirect("tracking:run-detail", run.team.slug, run.project.slug, run.uid)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
    return response


def _frame(request: HttpRequest, run: Run) -> dict[str, Any]:
    project = run.project
    return {"team": project.team, "project": project, "section": "runs", "run": run, **rights_in(request, project.team)}


def _charts(run: Run, overview: Overview) -> dict[str, Any]:
    big = [run_chart(run, key, f"big-{i}") for i, key in enumerate(overview.big)]
    sections: list[tuple[str, list[Chart]]] = []
    for section in overview.sections:
        named = section.name or "other"
        sections.append((section.name, [run_chart(run, key, f"{_slug(named)}-{_slug(key)}") for key in section.keys]))
    return {"overview": overview, "big": big, "sections": sections}


def _slug(key: str) -> str:
    """An id for any key: letters and digits as they are, everything else as its code."""
    return "".join(char if char.isascii() and char.isalnum() else f"_{ord(char):x}" for char in key)
