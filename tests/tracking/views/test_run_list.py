"""The run list: what it shows, to whom, and in how many queries."""

import math
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.actor import Actor
from accounts.models import User
from tests.factories.tracking import log_metrics, make_run
from tracking.actions.tag import tag_run
from tracking.models import Project, Run
from tracking.queries.reading import keys_in

ClientOf = Callable[[User], Client]
LIST = "/meridian/digits/runs"
PART = {"HX-Request": "true"}


def names_in(page: str, runs: list[Run]) -> list[str]:
    """The runs' names in the order in which their rows stand."""
    rows = page.partition("<tbody")[2]
    return sorted((run.name for run in runs if f"/{run.uid}" in rows), key=lambda name: rows.index(f">{name}</a>"))


def test_an_empty_project_says_the_three_steps(client_of: ClientOf, project: Project, bob: User) -> None:
    page = client_of(bob).get(LIST).content.decode()
    assert "Digits has no runs yet" in page
    assert "lablore login --host http://127.0.0.1:8000" in page
    assert "&quot;meridian/digits&quot;" in page or '"meridian/digits"' in page


def test_the_empty_page_turns_into_the_list_by_itself(client_of: ClientOf, project: Project, bob: User) -> None:
    before = client_of(bob).get(f"{LIST}?waiting", headers=PART)
    make_run(project, bob)
    after = client_of(bob).get(f"{LIST}?waiting", headers=PART)
    assert (before.status_code, before.get("HX-Refresh")) == (204, None)
    assert (after.status_code, after.get("HX-Refresh")) == (204, "true")


def test_rows_stand_newest_first_with_tags_and_what_differs(client_of: ClientOf, project: Project, bob: User) -> None:
    one = make_run(project, bob, "one", config={"lr": 3e-4, "same": 1})
    two = make_run(project, bob, "two", config={"lr": 1e-3, "same": 1})
    tag_run(by=Actor(bob), run=one, names=["promising"])
    page = client_of(bob).get(LIST).content.decode()
    assert names_in(page, [one, two]) == ["two", "one"]
    assert ">promising</span>" in page
    assert ">3e-4</td>" in page
    assert ">same</a>" not in page


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["a", "b", "c"]),
        ("-name", ["c", "b", "a"]),
        ("config.lr", ["c", "a", "b"]),
        ("-config.lr", ["a", "c", "b"]),
        ("seed", ["b", "a", "c"]),
        ("id", ["c", "b", "a"]),
        ("created_by__password", ["c", "b", "a"]),
        ("config.nothing", ["c", "b", "a"]),
    ],
)
def test_orders_are_those_on_offer_and_missing_values_come_last(
    client_of: ClientOf, project: Project, bob: User, sort: str, order: list[str]
) -> None:
    runs = [
        make_run(project, bob, "a", config={"lr": 2}, seed=2),
        make_run(project, bob, "b", seed=1),
        make_run(project, bob, "c", config={"lr": 1}),
    ]
    page = client_of(bob).get(LIST, {"sort": sort}).content.decode()
    assert names_in(page, runs) == order


def test_a_filter_narrows_and_an_empty_result_says_how_to_go_on(client_of: ClientOf, project: Project, bob: User) -> None:
    one, two = make_run(project, bob, "one", seed=1), make_run(project, bob, "two", seed=2)
    bobs = client_of(bob)
    assert names_in(bobs.get(LIST, {"query": "seed:2"}).content.decode(), [one, two]) == ["two"]
    nothing = bobs.get(LIST, {"query": "seed:2 one"}).content.decode()
    assert "No run matches." in nothing
    assert "1 matches without <code>seed:2</code>" in nothing
    assert f"{LIST}?query=one" in nothing


def test_a_query_that_cannot_be_read_leaves_the_last_result_standing(client_of: ClientOf, project: Project, bob: User) -> None:
    make_run(project, bob, "one")
    part = client_of(bob).get(LIST, {"query": "tag:"}, headers=PART)
    assert (part.status_code, part["HX-Retarget"], part["HX-Push-Url"]) == (422, "#query-said", "false")
    assert "Expected a value after <code>tag:</code>. Showing the last result." in part.content.decode()
    whole = client_of(bob).get(LIST, {"query": "stat:running"})
    assert whole.status_code == 400
    assert "Did you mean <code>state</code>? Showing all 1 runs." in whole.content.decode()


def test_a_refresh_keeps_the_rows_in_place_and_counts_what_is_new(client_of: ClientOf, project: Project, bob: User) -> None:
    one, two = make_run(project, bob, "one"), make_run(project, bob, "two")
    page = client_of(bob).get(LIST).content.decode()
    refresh = refresh_of(page)
    three = make_run(project, bob, "three")
    part = client_of(bob).get(refresh, headers=PART).content.decode()
    assert names_in(part, [one, two, three]) == ["two", "one"]
    assert "1 new run. Show" in part
    assert "<html" not in part


def test_a_viewer_finds_nothing_to_change(client_of: ClientOf, project: Project, bob: User, viewer: User) -> None:
    make_run(project, bob)
    page = client_of(viewer).get(LIST).content.decode()
    assert "pick-" not in page
    assert "Selected runs" not in page


def test_a_stranger_finds_nothing(client_of: ClientOf, project: Project, charlie: User) -> None:
    assert client_of(charlie).get(LIST).status_code == 404


def test_names_are_text_and_never_markup(client_of: ClientOf, project: Project, bob: User) -> None:
    evil = "<script>alert(1)</script>"
    make_run(project, bob, evil, config={evil: evil, "a": 1}, group=evil)
    tag_run(by=Actor(bob), run=make_run(project, bob, "b"), names=[evil])
    assert evil not in client_of(bob).get(LIST).content.decode()
    assert evil not in client_of(bob).get(LIST, {"query": evil}).content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "99999", "x", "", "٣", "1e9"])
def test_a_page_beyond_the_last_is_the_nearest_one(client_of: ClientOf, project: Project, bob: User, page: str) -> None:
    run = make_run(project, bob, "one")
    answer = client_of(bob).get(LIST, {"page": page})
    assert names_in(answer.content.decode(), [run]) == ["one"]


@pytest.mark.parametrize("rows", [1, 3])
def test_three_rows_cost_as_many_queries_as_one(
    client_of: ClientOf, project: Project, bob: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for i in range(rows):
        tag_run(by=Actor(bob), run=make_run(project, bob, f"run {i}", config={"lr": i}, group=f"g{i}"), names=[f"t{i}", "all"])
    bobs = client_of(bob)
    with django_assert_num_queries(14):
        assert bobs.get(LIST).status_code == 200


def test_metrics_stand_in_columns_and_a_diverged_run_says_nan_last_both_ways(
    client_of: ClientOf, project: Project, bob: User
) -> None:
    runs = [make_run(project, bob, name) for name in ("good", "bad", "better", "silent")]
    log_metrics(runs[0], {"val/loss": [3.0, 2.5], "val/acc": [0.1, 0.2]})
    log_metrics(runs[1], {"val/loss": [3.0, math.nan]})
    log_metrics(runs[2], {"val/loss": [3.0, 2.0]})
    bobs = client_of(bob)
    page = bobs.get(LIST).content.decode()
    for words in ("val/loss.min", "val/acc.max", '<span class="nan">NaN</span>', 'class="spark"'):
        assert words in page
    assert names_in(bobs.get(f"{LIST}?sort=val/loss.min").content.decode(), runs)[:2] == ["better", "good"]
    assert names_in(bobs.get(f"{LIST}?sort=-val/loss.min").content.decode(), runs)[:2] == ["good", "better"]


def test_one_run_of_another_kind_does_not_decide_the_columns(client_of: ClientOf, project: Project, bob: User) -> None:
    usual = {"val/loss": [1.0], "val/acc": [0.5], "lr": [0.1]}
    for _ in range(3):
        log_metrics(make_run(project, bob), usual)
    log_metrics(make_run(project, bob), {f"found/{i}_loss": [1.0] for i in range(9)})
    page = client_of(bob).get(LIST).content.decode()
    assert "val/loss.min" in page
    assert "_loss.min" not in page
    assert {"val/loss", "found/8_loss"} <= set(keys_in(project.runs.all()))  # a chart can still be asked for it


@pytest.mark.parametrize("rows", [1, 3])
def test_metrics_of_three_rows_cost_as_many_queries_as_of_one(
    client_of: ClientOf, project: Project, bob: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for i in range(rows):
        log_metrics(make_run(project, bob, f"run {i}"), {"val/loss": [3.0, 2.0], "val/acc": [0.1, 0.2]})
    bobs = client_of(bob)
    with django_assert_num_queries(17):
        assert bobs.get(LIST).status_code == 200


def refresh_of(page: str) -> str:
    return page.partition('<tbody id="rows" hx-get="')[2].partition('"')[0].replace("&amp;", "&")


def test_a_refresh_keeps_the_columns_in_place(client_of: ClientOf, project: Project, bob: User) -> None:
    log_metrics(make_run(project, bob, "one", config={"lr": 1, "dim": 8}), {"val/loss": [3.0]})
    log_metrics(make_run(project, bob, "two", config={"lr": 2, "dim": 8}), {"val/loss": [2.0]})
    page = client_of(bob).get(LIST).content.decode()
    make_run(project, bob, "three", config={"lr": 2, "dim": 16})
    part = client_of(bob).get(refresh_of(page), headers=PART).content.decode()
    assert part.partition("</tr>")[0].count("<td") == page.partition("<tbody")[2].partition("</tr>")[0].count("<td")


def test_the_first_metric_brings_its_column_and_charts_by_itself(client_of: ClientOf, project: Project, bob: User) -> None:
    run = make_run(project, bob, "one")
    page = client_of(bob).get(LIST).content.decode()
    assert "val/loss" not in page
    log_metrics(run, {"val/loss": [3.0, 2.0]})
    part = client_of(bob).get(refresh_of(page), headers=PART)
    assert (part["HX-Retarget"], part["HX-Reswap"]) == ("#results", "outerHTML")
    assert 'data-title="val/loss"' in part.content.decode()


def test_charts_of_groups_show_how_sure_their_means_are(client_of: ClientOf, project: Project, bob: User) -> None:
    run = make_run(project, bob, "one")
    log_metrics(run, {"val/loss": [3.0, 2.0]})
    alone = client_of(bob).get(LIST).content.decode()
    assert 'data-band=""' in alone
    assert "95 % CI" not in alone
    log_metrics(make_run(project, bob, "two", group="adam"), {"val/loss": [3.0, 2.5]})
    grouped = client_of(bob).get(LIST).content.decode()
    assert 'data-group="group" data-band="ci"' in grouped
    assert "lower is better, mean ± 95 % CI" in grouped
