"""Making projects."""

import pytest
from django.http import Http404

from accounts.actor import Actor
from accounts.models import ApiKey, Team, User
from tracking.actions.project import UnacceptableProject, create_project, project_to_log_in
from tracking.limits import RESERVED_PROJECT_SLUGS
from tracking.models import Project


@pytest.mark.parametrize("slug", [*sorted(RESERVED_PROJECT_SLUGS), "", "A", "a b", "-a", "ä", "x" * 65, "a/b", "a\n"])
def test_a_slug_that_cannot_be_an_address_is_refused(team: Team, bob: User, slug: str) -> None:
    with pytest.raises(UnacceptableProject):
        create_project(by=Actor(bob), team=team, slug=slug)
    assert Project.objects.count() == 0


def test_a_slug_that_can_be_mended_is_suggested(team: Team, bob: User) -> None:
    with pytest.raises(UnacceptableProject) as refusal:
        create_project(by=Actor(bob), team=team, slug="My Project")
    assert refusal.value.details == {"field": "slug", "suggestion": "my-project"}


def test_an_address_leads_to_the_project_and_makes_it_once(team: Team, bob: User, log_key: str) -> None:
    actor = Actor(bob, ApiKey.objects.get())
    first = project_to_log_in(by=actor, address="meridian/nlp")
    assert project_to_log_in(by=actor, address="nlp") == first
    assert Project.objects.get() == first


def test_without_a_key_the_team_must_be_named(bob: User, team: Team) -> None:
    with pytest.raises(UnacceptableProject):
        project_to_log_in(by=Actor(bob), address="nlp")


@pytest.mark.parametrize("address", ["elsewhere/digits", "elsewhere/new", "nowhere/new", "/", "a/b/c"])
def test_another_teams_address_leads_nowhere(bob: User, elsewhere_project: Project, address: str) -> None:
    with pytest.raises(Http404):
        project_to_log_in(by=Actor(bob), address=address)
    assert Project.objects.count() == 1
