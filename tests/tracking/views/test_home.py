"""The team's first page."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Team, User
from tests.factories.tracking import log_metrics, make_project, make_run
from tracking.models import Project

ClientOf = Callable[[User], Client]
HOME = "/meridian/"


def test_a_team_without_projects_says_the_next_step(client_of: ClientOf, team: Team, bob: User, viewer: User) -> None:
    assert "Meridian Lab has no projects yet." in client_of(bob).get(HOME).content.decode()
    assert "/meridian/projects/new" in client_of(bob).get(HOME).content.decode()
    assert "/meridian/projects/new" not in client_of(viewer).get(HOME).content.decode()


def test_a_team_without_runs_says_the_next_step(client_of: ClientOf, project: Project, bob: User) -> None:
    assert "Log the first run of Digits" in client_of(bob).get(HOME).content.decode()


def test_recent_runs_projects_and_people(client_of: ClientOf, team: Team, project: Project, bob: User) -> None:
    make_run(project, bob, "older")
    make_run(make_project(team, bob, "speech"), bob, "newer")
    page = client_of(bob).get(HOME).content.decode()
    assert page.index(">newer</a>") < page.index(">older</a>")
    for words in ("2 running", "2 projects", "Alice Abel", "speech", "/meridian/reports/recent"):
        assert words in page


def test_the_part_alone_holds_the_runs_only(client_of: ClientOf, project: Project, bob: User) -> None:
    make_run(project, bob, "one")
    part = client_of(bob).get(HOME, headers={"HX-Request": "true"}).content.decode()
    assert ">one</a>" in part
    assert "<html" not in part


@pytest.mark.parametrize("rows", [1, 3])
def test_three_rows_cost_as_many_queries_as_one(
    client_of: ClientOf, team: Team, bob: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for i in range(rows):
        log_metrics(make_run(make_project(team, bob, f"p{i}"), bob, f"run {i}"), {"val/loss": [2.0, 1.0]})
    bobs = client_of(bob)
    with django_assert_num_queries(15):
        assert bobs.get(HOME).status_code == 200


def test_a_stranger_finds_nothing(client_of: ClientOf, project: Project, charlie: User) -> None:
    assert client_of(charlie).get(HOME).status_code == 404
    assert client_of(charlie).get("/meridian/projects/new").status_code == 404


def test_a_new_project_is_made_and_its_page_opens(client_of: ClientOf, team: Team, bob: User, viewer: User) -> None:
    answer = client_of(bob).post("/meridian/projects/new", {"name": "Tiny ViT", "slug": ""})
    assert answer["Location"] == "/meridian/tiny-vit/runs"
    assert client_of(viewer).post("/meridian/projects/new", {"name": "x"}).status_code == 403
    assert Project.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "slug", "words"),
    [
        ("Digits", "digits", "has a project called digits already"),
        ("R", "reports", "is an address of Lablore itself"),
        ("B", "Big Slug", "“big-slug”?"),
        ("日本", "", "a-z, 0-9, - and _"),
        ("", "x", "This field is required"),
    ],
)
def test_what_cannot_be_a_project_comes_back_with_the_reason(
    client_of: ClientOf, project: Project, bob: User, name: str, slug: str, words: str
) -> None:
    answer = client_of(bob).post("/meridian/projects/new", {"name": name, "slug": slug})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Project.objects.count() == 1
