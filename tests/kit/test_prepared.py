"""A prepared query finds what the plain one finds, in every thread, and only its values change."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from accounts.models import Team, User
from kit.prepared import Prepared
from tests.factories.accounts import Cast
from tests.factories.tracking import make_project, make_run
from tracking.models import Project, Run


def runs_named(name: str, project: int) -> QuerySet[Run]:
    return Run.objects.select_related("project__team").filter(name=name, project=project)


def test_it_finds_what_the_plain_query_finds(cast: Cast, project: Project, django_assert_num_queries: Any) -> None:
    other = make_project(cast.team, cast.bob, slug="other")
    runs = [make_run(place, cast.bob, name=name, config={"lr": [1, None]}) for place in (project, other) for name in "ab"]
    prepared = Prepared(runs_named, name=str, project=int)
    for run in runs:
        with django_assert_num_queries(1):
            found = prepared.first(name=run.name, project=run.project_id)
            assert found is not None
            assert (found, found.config, found.created_at, found.team) == (run, {"lr": [1, None]}, run.created_at, cast.team)
    assert prepared.first(name="c", project=project.pk) is None
    assert prepared.first(name="a' OR 1=1 --", project=project.pk) is None


def test_of_several_it_is_the_first(cast: Cast) -> None:
    prepared = Prepared(lambda name: User.objects.filter(name__gt=name).order_by("-name"), name=str)
    assert prepared.first(name="A") == User.objects.order_by("-name").first()


def test_a_field_left_out_is_read_when_it_is_wanted(project: Project, cast: Cast, django_assert_num_queries: Any) -> None:
    run = make_run(project, cast.bob, config={"lr": 0.1})
    found = Prepared(lambda uid: Run.objects.filter(uid=uid).only("uid"), uid=str).first(uid=run.uid)
    assert found is not None
    with django_assert_num_queries(1):
        assert found.config == {"lr": 0.1}


def test_a_value_that_is_no_parameter_is_told() -> None:
    prepared = Prepared(lambda slug, _other: Team.objects.filter(slug=slug), slug=str, _other=int)
    with pytest.raises(ValueError, match="_other: not found"):
        prepared.first(slug="meridian", _other=1)


@pytest.mark.django_db(transaction=True)
def test_threads_have_connections_of_their_own(team: Team) -> None:
    prepared = Prepared(lambda slug: Team.objects.filter(slug=slug), slug=str)

    def find(_number: int) -> Team | None:
        try:
            return prepared.first(slug=team.slug)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(find, range(40))) == {team}
