"""A prepared query finds what the plain one finds, in every thread, and only its values change."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DataError, connection, transaction
from django.db.models import QuerySet

from accounts.models import Team, User
from kit.prepared import Prepared
from kit.rows import rows_of
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


def planned() -> list[str]:
    """What the server has planned for this connection, for good."""
    return [statement for (statement,) in rows_of("SELECT statement FROM pg_prepared_statements ORDER BY prepare_time")]


def test_the_server_plans_it_once_and_nothing_else(team: Team, django_assert_num_queries: Any) -> None:
    known = planned()
    prepared = Prepared(lambda slug: Team.objects.filter(slug=slug), slug=str)
    for _ in range(7):  # PostgreSQL makes a plan for all values after five
        with django_assert_num_queries(1):
            assert prepared.first(slug=team.slug) == team
        assert prepared.first(slug="nobody") is None
        assert Team.objects.filter(slug=team.slug).first() == team
        assert rows_of("SELECT 1::int8 + %s", [2]) == [(3,)]
        assert rows_of("SELECT 2::int8 + %s", [2], planned=True) == [(4,)]
    ours = planned()[len(known) :]
    assert ['"accounts_team"."slug" = $1' in statement for statement in ours] == [True, False]
    assert ours[1] == "SELECT 2::int8 + $1"


def test_what_fails_where_it_is_planned_leaves_the_connection_as_it_was(team: Team) -> None:
    for _ in range(2):
        with pytest.raises(DataError), transaction.atomic():
            rows_of("SELECT 1 / %s::int8", [0], planned=True)
        assert connection.connection.prepare_threshold is None
    assert rows_of("SELECT 1 / %s::int8", [1], planned=True) == [(1,)]
