"""Tags on one run, and on the runs picked in a list."""

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.actor import actor_behind
from accounts.gate import gated
from accounts.roles import Permission
from kit.page import page
from tracking.actions.tag import UnacceptableTag, tag_run, tag_runs, untag_run, untag_runs
from tracking.limits import RUNS_PER_PAGE
from tracking.models import Project, Run
from tracking.queries.run import runs_named
from tracking.queries.tag import tag_names_of, tags_of


@require_POST
@gated(Run, Permission.RUN_TAG)
def run_tags(request: HttpRequest, run: Run) -> HttpResponse:
    """`add` or `remove` one tag; answers the row of tags."""
    refusal = None
    try:
        if add := request.POST.get("add", "").strip():
            tag_run(by=actor_behind(request), run=run, names=[add])
        if remove := request.POST.get("remove", ""):
            untag_run(by=actor_behind(request), run=run, names=[remove])
    except UnacceptableTag as reason:
        refusal = reason
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("tracking:run-detail", run.team.slug, run.project.slug, run.uid)
    context = {"team": run.team, "project": run.project, "run": run, "can_tag": True, "refusal": refusal}
    context |= {"tags": tags_of(run), "tag_names": tag_names_of(run.project)}
    return page(request, "tracking/run/tags.html", context, part="tags", status=422 if refusal else 200)


@require_POST
@gated(Project, Permission.RUN_TAG)
def tag_many(request: HttpRequest, project: Project) -> HttpResponse:
    """Put `tag` on the picked `run`s, or with act=remove take it off; then back to the list at `next`, a query string."""
    uids = list(dict.fromkeys(request.POST.getlist("run")))
    runs = runs_named(project, uids) if len(uids) <= RUNS_PER_PAGE else None
    if runs is None:
        raise Http404("One of these runs is not in this project.")
    verb = untag_runs if request.POST.get("act") == "remove" else tag_runs
    try:
        verb(by=actor_behind(request), project=project, runs=runs, names=[request.POST.get("tag", "")])
    except UnacceptableTag as refusal:
        return page(request, "tracking/tag/refused.html", {"refusal": refusal}, part="refusal", status=422)
    back = redirect("tracking:run-list", project.team.slug, project.slug)
    back["Location"] += f"?{QueryDict(request.POST.get('next', '')).urlencode()}"
    return back
