"""What is not published is its writers' alone (promise S2): every address of a report, walked as its readers."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from accounts.actor import Actor
from accounts.models import User
from reports.actions.comment import comment_on_report
from reports.actions.report import save_draft
from reports.models import Comment, Report
from tests.factories.accounts import client_of
from tests.factories.reports import CHART, make_report, publish
from tests.url_walk import Route, all_routes
from tracking.models import Project

SECRET = "wombat"
DRAFT = f"# A {SECRET} title\nThe {SECRET} lede.\n\n{CHART}"
ROUTES = [
    route
    for route in all_routes()
    if not route.third_party and not route.gate.public_because and route.app == "reports" and "run" not in route.words
]
PART = {"HX-Request": "true"}


def words_of(report: Report, comment: Comment) -> dict[str, str]:
    place = {"team": "meridian", "project": "digits"}
    return place | {"report": report.uid, "comment": comment.uid, "number": "1", "chart": "c7k2"}


def said(client: Client, route: Route, words: dict[str, str]) -> Iterator[tuple[str, HttpResponseBase]]:
    """Read, written to and asked for as a part; whatever it changed is taken back."""
    address = route.path(words)
    for verb, headers in (("get", {}), ("get", PART), ("post", {}), ("post", PART)):
        with transaction.atomic():
            yield verb, getattr(client, verb)(address, {"body": "hm"}, headers=headers)
            transaction.set_rollback(True)


def leaks(report: Report, comment: Comment, user: User) -> list[tuple[str, str]]:
    found = []
    for route in ROUTES:
        for verb, answer in said(client_of(user), route, words_of(report, comment)):
            body = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
            if SECRET in body.decode(errors="replace") + str(answer.headers):
                found.append((route.address, verb))
    return found


@pytest.fixture
def readers(viewer: User, commenter: User) -> list[User]:
    return [viewer, commenter]


def test_the_walk_meets_all_that_a_report_has() -> None:
    assert len([route for route in ROUTES if "report" in route.words]) >= 10


def test_nobody_reads_any_of_a_report_that_was_never_published(project: Project, bob: User, readers: list[User]) -> None:
    report = make_report(project, bob, DRAFT)
    comment = comment_on_report(by=Actor(bob), report=report, body=f"is the {SECRET} true?")
    assert [leaks(report, comment, user) for user in readers] == [[], []]


def test_nobody_reads_the_new_title_of_a_published_report(project: Project, bob: User, readers: list[User]) -> None:
    report = make_report(project, bob, f"# Published\n\n{CHART}")
    publish(report, bob)
    comment = comment_on_report(by=Actor(bob), report=report, body="is it true?")
    save_draft(by=Actor(bob), report=report, source=DRAFT, base=1)
    save_draft(by=Actor(bob), report=report, source=f"{DRAFT} once more", base=2, over=True)
    assert [leaks(report, comment, user) for user in readers] == [[], []]
    page = client_of(readers[0]).get(f"/meridian/digits/reports/{report.uid}/comments").content.decode()
    assert "<title>Comments on Published" in page


def test_nobody_speaks_in_it_but_its_writers(project: Project, bob: User, commenter: User) -> None:
    report = make_report(project, bob, DRAFT)
    comment = comment_on_report(by=Actor(bob), report=report, body="mine")
    place = "/meridian/digits"
    for address in (f"reports/{report.uid}/comments/new", f"comments/{comment.uid}/reply", f"comments/{comment.uid}/resolve"):
        answer = client_of(commenter).post(f"{place}/{address}", {"body": "hm"})
        assert answer.status_code == 409, address
        assert "This report is not published yet." in answer.content.decode()
    comment.refresh_from_db()
    assert (Comment.objects.count(), comment.resolved_at) == (1, None)
    assert client_of(bob).post(f"{place}/reports/{report.uid}/comments/new", {"body": "hm"}).status_code == 302
