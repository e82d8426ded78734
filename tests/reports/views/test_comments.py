"""Discussing a report and a run, by HTMX and as plain POST."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actor import Actor
from accounts.models import User
from reports.actions.comment import comment_on_report
from reports.models import Comment, Report
from tests.factories.reports import make_report, publish
from tests.factories.tracking import make_run
from tracking.models import Project, Run

ClientOf = Callable[[User], Client]
HERE = "/meridian/digits"
PART = {"HX-Request": "true"}


@pytest.fixture
def report(project: Project, bob: User) -> Report:
    """Published: of a draft nobody but its writers speaks (test_unpublished.py)."""
    report = make_report(project, bob)
    publish(report, bob)
    return report


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob, "warm-1")


@pytest.fixture
def thread(report: Report, alice: User) -> Comment:
    return comment_on_report(by=Actor(alice), report=report, body="<b>Same</b> with Lion? https://example.org")


def test_a_plain_post_is_sent_back_to_what_it_wrote(client_of: ClientOf, report: Report, run: Run, commenter: User) -> None:
    for subject in (f"{HERE}/reports/{report.uid}", f"{HERE}/runs/{run.uid}"):
        answer = client_of(commenter).post(f"{subject}/comments/new", {"body": "hm"})
        comment = Comment.objects.latest("pk")
        assert (answer.status_code, answer["Location"]) == (302, f"{subject}#comment-{comment.uid}")
        assert comment.author == commenter


def test_htmx_gets_the_discussion_with_it(client_of: ClientOf, report: Report, run: Run, commenter: User) -> None:
    for subject in (f"{HERE}/reports/{report.uid}", f"{HERE}/runs/{run.uid}"):
        answer = client_of(commenter).post(f"{subject}/comments/new", {"body": "what I see"}, headers=PART)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "what I see" in page
        assert "data-discussion" in page
        assert "<html" not in page


def test_words_are_shown_as_words(client_of: ClientOf, report: Report, thread: Comment, viewer: User) -> None:
    page = client_of(viewer).get(f"{HERE}/reports/{report.uid}/comments").content.decode()
    assert "&lt;b&gt;Same&lt;/b&gt; with Lion?" in page
    assert '<a href="https://example.org" rel="nofollow">' in page


def test_reply_resolve_open_again_and_edit(
    client_of: ClientOf, report: Report, thread: Comment, alice: User, commenter: User
) -> None:
    place = f"{HERE}/comments/{thread.uid}"
    client_of(commenter).post(f"{place}/reply", {"body": "yes"})
    assert thread.replies.get().body == "yes"
    client_of(commenter).post(f"{place}/resolve")
    thread.refresh_from_db()
    assert thread.resolved_by == commenter
    refused = client_of(alice).post(f"{place}/reply", {"body": "late"})
    assert refused.status_code == 422
    assert "Open it again to answer" in refused.content.decode()
    client_of(commenter).post(f"{place}/resolve", {"open": "1"})
    thread.refresh_from_db()
    assert thread.resolved_at is None
    client_of(alice).post(f"{place}/edit", {"body": "better"})
    thread.refresh_from_db()
    assert thread.body == "better"


def test_nobody_edits_the_words_of_another(client_of: ClientOf, thread: Comment, commenter: User) -> None:
    assert client_of(commenter).post(f"{HERE}/comments/{thread.uid}/edit", {"body": "mine"}).status_code == 403
    thread.refresh_from_db()
    assert thread.body.startswith("<b>Same")


@pytest.mark.parametrize("body", ["", "  ", "a\x00b", "x" * 10_001])
def test_refused_words_come_back_with_the_reason(client_of: ClientOf, report: Report, bob: User, body: str) -> None:
    answer = client_of(bob).post(f"{HERE}/reports/{report.uid}/comments/new", {"body": body}, headers=PART)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Comment.objects.exists()


def test_roles(
    client_of: ClientOf, report: Report, run: Run, thread: Comment, viewer: User, commenter: User, charlie: User
) -> None:
    """Commenters talk and do not write; viewers read; for a stranger nothing is there."""
    subjects = (f"{HERE}/reports/{report.uid}", f"{HERE}/runs/{run.uid}")
    talk = [f"{subject}/comments/new" for subject in subjects] + [f"{HERE}/comments/{thread.uid}/reply"]
    for user, status in ((viewer, 403), (charlie, 404), (commenter, 302)):
        for address in talk:
            assert client_of(user).post(address, {"body": "hm"}).status_code == status, (user, address)
    for verb in ("edit", "preview", "publish", "take-back", "v/1/restore"):
        words = {"source": "x", "base": "1"}
        for user, status in ((viewer, 403), (commenter, 403), (charlie, 404)):
            assert client_of(user).post(f"{subjects[0]}/{verb}", words).status_code == status, (user, verb)
    for user, status in ((viewer, 200), (commenter, 200), (charlie, 404)):
        for subject in subjects:
            assert client_of(user).get(f"{subject}/comments").status_code == status


def test_a_discussion_costs_the_same_for_one_and_three_threads(
    client_of: ClientOf, report: Report, alice: User, django_assert_num_queries: Callable[[int], object]
) -> None:
    browser = client_of(alice)
    for count in (1, 2):
        for _ in range(count):
            comment_on_report(by=Actor(alice), report=report, body="hm")
        with django_assert_num_queries(11):  # type: ignore[attr-defined]
            browser.get(f"{HERE}/reports/{report.uid}/comments")
