"""Reading reports: who sees what, from which data, in how many queries."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.actor import Actor
from accounts.models import Team, User
from reports.actions.comment import comment_on_report
from reports.actions.report import save_draft
from reports.models import Report
from reports.queries.report import report_lines
from tests.factories.reports import CHART, make_report, publish
from tests.factories.tracking import log_metrics, make_run
from tracking.models import Project, Run

ClientOf = Callable[[User], Client]
REPORTS = "/meridian/digits/reports"
PART = {"HX-Request": "true"}


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    run = make_run(project, bob, "warm-1", tags=("warmup",))
    log_metrics(run, {"val/loss": [3.5, 3.25, 3.0]})
    return run


@pytest.fixture
def report(project: Project, bob: User, run: Run) -> Report:
    return make_report(project, bob, f"# Warm-up\nIt helps.\n\nBy {{run:warm-1}}.\n\n## Curves\n\n{CHART}")


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_an_empty_project_offers_the_first_report(client_of: ClientOf, project: Project, bob: User, viewer: User) -> None:
    assert f'href="{REPORTS}/new"' in read(client_of(bob), REPORTS)
    page = read(client_of(viewer), REPORTS)
    assert "Nothing is written down yet" in page
    assert f'href="{REPORTS}/new"' not in page


def test_the_list_shows_drafts_to_their_writers_only(client_of: ClientOf, report: Report, bob: User, viewer: User) -> None:
    assert "not published" in read(client_of(bob), REPORTS)
    assert "Warm-up" not in read(client_of(viewer), REPORTS)
    publish(report, bob)
    save_draft(by=Actor(bob), report=report, source="# A secret new title", base=1)
    page = read(client_of(viewer), REPORTS)
    assert "Warm-up" in page
    assert "v1 published by Bob Berg" in page
    assert "secret" not in page
    assert "draft ahead of v1" in read(client_of(bob), REPORTS)


def test_the_published_report_is_read_from_its_pins(client_of: ClientOf, report: Report, bob: User, viewer: User) -> None:
    publish(report, bob, "first")
    page = read(client_of(viewer), f"{REPORTS}/{report.uid}")
    assert page.count("<h1") == 1
    assert '<h1 id="top">Warm-up</h1>' in page
    assert '<div class="lede"><p>It helps.</p>' in page
    assert '<a class="deep" href="#h-curves">Curves</a>' in page
    assert f'data-frame="{REPORTS}/{report.uid}/v/1/charts/c7k2/frame"' in page
    assert 'data-state="frozen"' in page
    assert 'aria-current="true" title="As it was published' in page
    assert "newer than v1" not in page
    assert "/edit" not in page


def test_live_draws_the_same_text_from_the_data_of_now(client_of: ClientOf, report: Report, bob: User, viewer: User) -> None:
    publish(report, bob)
    save_draft(by=Actor(bob), report=report, source="# Another text", base=1)
    page = read(client_of(viewer), f"{REPORTS}/{report.uid}?live=1")
    assert '<h1 id="top">Warm-up</h1>' in page
    assert 'data-frame="/meridian/digits/frame?query=tag%3Awarmup&amp;key=val%2Floss"' in page
    assert 'data-state="live"' in page


def test_newer_runs_are_announced_and_wait(client_of: ClientOf, report: Report, project: Project, bob: User) -> None:
    publish(report, bob)
    for name in ("warm-2", "warm-3"):
        make_run(project, bob, name, tags=("warmup",))
    make_run(project, bob, "cold", tags=("none",))
    page = read(client_of(bob), f"{REPORTS}/{report.uid}")
    assert "2 runs are newer than v1." in page


def test_deleted_runs_leave_the_version_as_it_was(client_of: ClientOf, report: Report, run: Run, bob: User) -> None:
    publish(report, bob)
    address = f"{REPORTS}/{report.uid}/v/1/charts/c7k2/frame"
    before = client_of(bob).get(address).content
    run.delete()
    page = read(client_of(bob), f"{REPORTS}/{report.uid}")
    assert "1 of 1 runs was deleted since v1." in page
    assert '<s class="missing" title="This run was deleted">warm-1</s>' in page
    assert client_of(bob).get(address).content == before


def test_an_unpublished_report_is_a_draft_to_writers_and_nothing_to_readers(
    client_of: ClientOf, report: Report, bob: User, viewer: User
) -> None:
    assert "Draft, not published" in read(client_of(bob), f"{REPORTS}/{report.uid}")
    for address in ("", "/history"):
        page = read(client_of(viewer), f"{REPORTS}/{report.uid}{address}")
        assert "not published yet" in page
        assert "Warm-up" not in page
        assert "It helps" not in page


def test_the_frame_is_the_exact_pinned_bytes_and_may_be_kept(client_of: ClientOf, report: Report, bob: User) -> None:
    version = publish(report, bob)
    pinned = version.charts.get()
    address = f"{REPORTS}/{report.uid}/v/1/charts/c7k2/frame"
    answer = client_of(bob).get(address)
    assert (answer.status_code, answer.content) == (200, bytes(pinned.frame.body))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer["ETag"] == f'"{pinned.frame_id}"'
    again = client_of(bob).get(address, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client_of(bob).get(f"{REPORTS}/{report.uid}/v/1/charts/%00/frame").status_code == 404


def test_the_csv_is_what_the_frame_draws(client_of: ClientOf, report: Report, run: Run, bob: User) -> None:
    publish(report, bob)
    answer = client_of(bob).get(f"{REPORTS}/{report.uid}/v/1/charts/c7k2/frame.csv")
    rows = "".join(f"warm-1,{run.uid},{step},{value}\n" for step, value in enumerate((3.5, 3.25, 3.0)))
    assert answer.content.decode() == f"run,uid,step,value\n{rows}"
    assert answer["Content-Disposition"] == f'attachment; filename="{report.uid}-v1-c7k2.csv"'


@pytest.mark.parametrize("address", ["/v/2", "/v/2/charts/c7k2/frame", "/v/1/charts/nope/frame", "/v/1/charts/nope/frame.csv"])
def test_what_was_never_published_is_not_there(client_of: ClientOf, report: Report, bob: User, address: str) -> None:
    publish(report, bob)
    assert client_of(bob).get(f"{REPORTS}/{report.uid}{address}").status_code == 404


def test_history_reads_and_restores_any_version(client_of: ClientOf, report: Report, bob: User) -> None:
    publish(report, bob, "the first")
    save_draft(by=Actor(bob), report=report, source="# Second", base=1)
    publish(report, bob)
    browser = client_of(bob)
    page = read(browser, f"{REPORTS}/{report.uid}/history")
    assert page.index(">v2</a>") < page.index(">v1</a>")
    assert "the first" in page
    old = read(browser, f"{REPORTS}/{report.uid}/v/1")
    assert "<b>This is v1.</b> v2 is newer." in old
    assert '<h1 id="top">Warm-up</h1>' in old
    answer = browser.post(f"{REPORTS}/{report.uid}/v/1/restore")
    assert (answer.status_code, answer["Location"]) == (302, f"{REPORTS}/{report.uid}/edit")
    report.refresh_from_db()
    assert (report.title, report.set_aside.get().text) == ("Warm-up", "# Second")


def test_an_edited_report_shows_what_is_published_until_it_is_again(client_of: ClientOf, report: Report, bob: User) -> None:
    publish(report, bob)
    save_draft(by=Actor(bob), report=report, source="# Unfinished", base=1)
    assert "Unfinished" not in read(client_of(bob), f"{REPORTS}/{report.uid}").partition("<main")[2]


def test_the_lists_cost_the_same_for_one_and_three_rows(
    client_of: ClientOf, project: Project, run: Run, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = client_of(bob)

    def add(number: int) -> None:
        report = make_report(project, bob, f"# Report {number}\n\n{CHART}")
        publish(report, bob)
        comment_on_report(by=Actor(bob), report=report, body="hm")

    add(1)
    for address, queries in ((REPORTS, 8), ("/meridian/reports/recent", 5)):
        with django_assert_num_queries(queries):
            assert "Report 1" in read(browser, address)
    add(2)
    add(3)
    for address, queries in ((REPORTS, 8), ("/meridian/reports/recent", 5)):
        with django_assert_num_queries(queries):
            assert "Report 3" in read(browser, address)


def test_a_list_does_not_read_the_texts(report: Report, bob: User) -> None:
    publish(report, bob)
    with CaptureQueriesContext(connection) as asked:
        (line,) = report_lines(Report.objects.all(), with_drafts=True)
    assert (line.is_newer, hasattr(line, "published_text")) == (False, False)
    assert '"published_text"' not in asked[0]["sql"]


def test_history_and_reading_cost_the_same_for_one_and_three_rows(
    client_of: ClientOf, report: Report, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = client_of(bob)
    history, reading = f"{REPORTS}/{report.uid}/history", f"{REPORTS}/{report.uid}"

    def add() -> None:
        publish(report, bob)
        comment_on_report(by=Actor(bob), report=report, body="hm", anchor="c7k2")

    add()
    for address, queries in ((history, 10), (reading, 15)):
        with django_assert_num_queries(queries):
            read(browser, address)
    add()
    add()
    for address, queries in ((history, 10), (reading, 15)):
        with django_assert_num_queries(queries):
            read(browser, address)


def test_the_home_part_says_what_comes_next(client_of: ClientOf, team: Team, bob: User, viewer: User) -> None:
    page = read(client_of(bob), "/meridian/reports/recent")
    assert "Nothing is written down yet." in page
    assert "A report stands in a project" in page
    Project.objects.create(team=team, slug="first", name="First")
    assert 'href="/meridian/first/reports/new"' in read(client_of(bob), "/meridian/reports/recent")
    page = read(client_of(viewer), "/meridian/reports/recent")
    assert "What members publish appears here." in page
    assert "href" not in page


def test_the_home_part_has_no_draft_for_who_only_reads(client_of: ClientOf, report: Report, viewer: User) -> None:
    page = read(client_of(viewer), "/meridian/reports/recent")
    assert "Nothing is written down yet." in page
    assert "Warm-up" not in page
