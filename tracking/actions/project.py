"""Making projects: by a person in the browser, or by the first run that names one."""

import re

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.text import slugify

from accounts.actor import Actor
from accounts.gate import fetch
from accounts.models import Team
from accounts.roles import Permission
from kit.refusal import Refusal
from kit.text import CONTROL
from tracking.limits import NAME_LENGTH, RESERVED_PROJECT_SLUGS, SLUG_LENGTH
from tracking.models import Project

_SLUG = re.compile(r"[a-z0-9_][a-z0-9_-]*")


class UnacceptableProject(Refusal):
    code = "unacceptable_project"


def create_project(*, by: Actor, team: Team, slug: str, name: str = "") -> Project:
    """A new project. Raises UnacceptableProject, with a `suggestion` where the short name can be mended."""
    _refuse_slug(slug)
    name = name.strip() or slug
    if len(name) > NAME_LENGTH or CONTROL.search(name):
        raise UnacceptableProject(f"A project's name is one line of at most {NAME_LENGTH} characters.", field="name")
    try:
        with transaction.atomic():
            return Project.objects.create(team=team, slug=slug, name=name)
    except IntegrityError:
        raise UnacceptableProject(f"{team.name} has a project called {slug} already.", field="slug") from None


def project_to_log_in(*, by: Actor, address: str) -> Project:
    """The project "team/project", or "project" in the key's own team; made when it is missing and the actor may.

    Raises Http404 and PermissionDenied like the gate, and UnacceptableProject.
    """
    team_slug, slash, slug = address.partition("/")
    if not slash:
        if by.key is None:
            raise UnacceptableProject("Name the project as “team/project”.", field="project")
        team_slug, slug = by.key.team.slug, address
    if CONTROL.search(address):
        raise UnacceptableProject("A project's short name holds no control characters.", field="project")
    words = {"team": team_slug, "project": slug}
    try:
        return fetch(Project, Permission.RUN_LOG, by, words)  # type: ignore[no-any-return]
    except Http404:
        fetch(Team, Permission.RUN_LOG, by, {"team": team_slug})
        team = fetch(Team, Permission.PROJECT_CREATE, by, {"team": team_slug})
    _refuse_slug(slug)
    return Project.objects.get_or_create(team=team, slug=slug, defaults={"name": slug})[0]


def _refuse_slug(slug: str) -> None:
    if slug in RESERVED_PROJECT_SLUGS:
        raise UnacceptableProject(f"“{slug}” is an address of Lablore itself; choose another short name.", field="slug")
    if len(slug) > SLUG_LENGTH or _SLUG.fullmatch(slug) is None:
        hint = slugify(slug)[:SLUG_LENGTH]
        details = {"suggestion": hint} if hint else {}
        rule = f"A project's short name is 1 to {SLUG_LENGTH} of a-z, 0-9, - and _"
        raise UnacceptableProject(f"{rule}: “{hint}”?" if hint else f"{rule}.", field="slug", **details)
