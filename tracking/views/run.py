"""The page of one run, and the parts of it that people write."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import actor_behind
from accounts.gate import gated
from accounts.roles import Permission
from kit.page import page
from tracking.actions.run import UnacceptableRun, edit_run
from tracking.models import Run
from tracking.queries.config import facts_in
from tracking.queries.image import latest_images
from tracking.queries.pulse import project_revision
from tracking.queries.run_overview import Overview, commit_of, config_facts, overview_of, places_of
from tracking.queries.run_query import spelled
from tracking.queries.tag import tag_names_of, tags_of
from tracking.rendering.value import whole_text
from tracking.views.chart import Chart, Plan, run_chart
from tracking.views.rights import rights_in
from tracking.views.run_image import ImageCard, image_card, slug_of

TEMPLATE = "tracking/run/detail.html"


@require_safe
@gated(Run, Permission.RUN_VIEW)
def run_detail(request: HttpRequest, run: Run) -> HttpResponse:
    """`have` is how many curves the page shows already: nothing to send (204) until there are more."""
    seen = project_revision(run.project)
    overview = overview_of(run)
    if request.GET.get("have") == str(overview.keys):
        return HttpResponse(status=204)
    context = _frame(request, run) | _charts(run, overview)
    if "have" in request.GET:
        return page(request, TEMPLATE, context, part="charts")
    context["summary"] = [(".".join(path), whole_text(value)) for path, value in sorted(facts_in(run.summary).items())]
    if "live" in request.GET:
        return page(request, TEMPLATE, context, part="live")
    if "images" in request.GET:
        return _more_images(request, run, context)
    facts = [(fact, whole_text(fact.value)) for fact in config_facts(run)]
    context |= {
        "seen": seen,
        "tags": tags_of(run),
        "tag_names": tag_names_of(run.project),
        "facts": facts,
        "differing": sum(fact.differs for fact, _ in facts),
        "places": places_of(run),
        "group_query": urlencode({"query": spelled("group", run.group)}),
        "images": _image_cards(run),
    }
    return page(request, TEMPLATE, context)


@require_http_methods(["GET", "HEAD", "POST"])
@gated(Run, Permission.RUN_EDIT)
def run_notes(request: HttpRequest, run: Run) -> HttpResponse:
    """The notes in place: the form (GET), what was saved (POST). Without HTMX a page of their own, then back."""
    context = _frame(request, run) | {"editing": "cancel" not in request.GET}
    alone = not request.htmx  # type: ignore[attr-defined]
    status = 200
    if request.method == "POST":
        context["draft"] = request.POST.get("notes", "")
        try:
            edit_run(by=actor_behind(request), run=run, notes=context["draft"])
        except UnacceptableRun as refusal:
            context["refusal"], status = refusal, 422
        else:
            context["editing"] = False
            if alone:
                return redirect("tracking:run-detail", run.team.slug, run.project.slug, run.uid)
    template = "tracking/run/notes_page.html" if alone else "tracking/run/notes.html"
    return page(request, template, context, part=None if alone else "notes", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@gated(Run, Permission.RUN_EDIT)
def run_name(request: HttpRequest, run: Run) -> HttpResponse:
    """The name and the group, on a page of their own: they stand in many places of the run's."""
    context = _frame(request, run) | {"draft": {"name": run.name, "group": run.group}}
    if request.method == "POST":
        context["draft"] = {word: request.POST.get(word, "") for word in ("name", "group")}
        try:
            edit_run(by=actor_behind(request), run=run, **context["draft"])
        except UnacceptableRun as refusal:
            return page(request, "tracking/run/name.html", context | {"refusal": refusal}, status=422)
        return redirect("tracking:run-detail", run.team.slug, run.project.slug, run.uid)
    return page(request, "tracking/run/name.html", context)


def _frame(request: HttpRequest, run: Run) -> dict[str, Any]:
    project = run.project
    return {"team": project.team, "project": project, "section": "runs", "run": run, **rights_in(request, project.team)}


def _image_cards(run: Run) -> list[ImageCard]:
    return [image_card(run, shown) for shown in latest_images(run)]


def _more_images(request: HttpRequest, run: Run, context: dict[str, Any]) -> HttpResponse:
    """The images again when there are more keys than the page shows (`?images=2`), else nothing (204)."""
    cards = _image_cards(run)
    if request.GET["images"] == str(len(cards)):
        return HttpResponse(status=204)
    return page(request, TEMPLATE, context | {"images": cards}, part="images")


def _charts(run: Run, overview: Overview) -> dict[str, Any]:
    def charts_of(keys: Sequence[str]) -> list[Chart]:
        plans = [Plan(key, overview.rules, overview.axes.get(key, "")) for key in keys]
        return [run_chart(run, plan, slug_of(plan.key)) for plan in plans]

    big = charts_of(overview.big)
    sections = [(section.name, charts_of(section.keys)) for section in overview.sections]
    return {"commit": commit_of(run), "overview": overview, "big": big, "sections": sections}
