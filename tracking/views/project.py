"""Projects: a new one, and the way to its runs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import actor_behind
from accounts.gate import gated
from accounts.models import Team
from accounts.roles import Permission
from kit.page import page
from tracking.actions.project import UnacceptableProject, create_project
from tracking.forms.project import ProjectForm
from tracking.limits import SLUG_LENGTH
from tracking.models import Project


@require_http_methods(["GET", "HEAD", "POST"])
@gated(Team, Permission.PROJECT_CREATE)
def project_create(request: HttpRequest, team: Team) -> HttpResponse:
    form = ProjectForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        slug = form.cleaned_data["slug"] or slugify(name)[:SLUG_LENGTH]
        try:
            project = create_project(by=actor_behind(request), team=team, slug=slug, name=name)
        except UnacceptableProject as refusal:
            form.add_error(str(refusal.details["field"]), refusal.message)
        else:
            return redirect("tracking:run-list", team.slug, project.slug)
    status = 422 if form.errors else 200
    return page(request, "tracking/project/create.html", {"team": team, "section": "home", "form": form}, status=status)


@require_safe
@gated(Project, Permission.PROJECT_VIEW)
def project_door(request: HttpRequest, project: Project) -> HttpResponse:
    return redirect("tracking:run-list", project.team.slug, project.slug)
