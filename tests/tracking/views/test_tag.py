"""Tagging the runs picked in a list."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.factories.tracking import make_run
from tracking.models import Project, Tag

ClientOf = Callable[[User], Client]
TAGS = "/meridian/digits/runs/tags"


def test_picked_runs_are_tagged_and_untagged_at_once(client_of: ClientOf, project: Project, bob: User) -> None:
    runs = [make_run(project, bob) for _ in range(3)]
    picked = [run.uid for run in runs[:2]]
    answer = client_of(bob).post(TAGS, {"run": picked, "tag": "promising", "act": "add", "next": "query=seed%3A1&sort=name"})
    assert answer["Location"] == "/meridian/digits/runs?query=seed%3A1&sort=name"
    assert [run.tags.count() for run in runs] == [1, 1, 0]
    client_of(bob).post(TAGS, {"run": picked, "tag": "promising", "act": "remove"})
    assert [run.tags.count() for run in runs] == [0, 0, 0]


def test_a_run_of_another_project_is_like_one_that_does_not_exist(
    client_of: ClientOf, project: Project, elsewhere_project: Project, bob: User, charlie: User
) -> None:
    mine, theirs = make_run(project, bob), make_run(elsewhere_project, charlie)
    for uid in (theirs.uid, "zzzzzzzzzzzzzzzz", "\0" * 16, "short"):
        assert client_of(bob).post(TAGS, {"run": [mine.uid, uid], "tag": "x"}).status_code == 404
    assert Tag.objects.count() == 0


@pytest.mark.parametrize("tag", ["", "x" * 65, "a\nb"])
def test_a_word_that_cannot_be_a_tag_changes_nothing(client_of: ClientOf, project: Project, bob: User, tag: str) -> None:
    run = make_run(project, bob)
    answer = client_of(bob).post(TAGS, {"run": [run.uid], "tag": tag})
    assert answer.status_code == 422
    assert "A tag is 1 to 64 characters on one line. Nothing was changed." in answer.content.decode()


def test_a_viewer_tags_nothing(client_of: ClientOf, project: Project, bob: User, viewer: User) -> None:
    run = make_run(project, bob)
    assert client_of(viewer).post(TAGS, {"run": [run.uid], "tag": "x"}).status_code == 403
