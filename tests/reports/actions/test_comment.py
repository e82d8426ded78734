"""Threads: begun, answered, resolved, opened again, and only one's own words changed."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.actor import Actor
from accounts.models import User
from reports.actions.comment import comment_on_report, comment_on_run, edit_comment, reopen, reply, resolve
from reports.errors import BadText, ThreadClosed
from reports.models import Comment, Report
from reports.queries.comment import discussion_of_report
from tests.factories.tracking import make_run
from tracking.models import Project


@pytest.fixture
def thread(report: Report, alice: User) -> Comment:
    return comment_on_report(by=Actor(alice), report=report, body="  Same with Lion?\r\nI can add it. ", anchor="c7k2")


def test_a_comment_keeps_its_words_and_what_it_is_about(thread: Comment, project: Project, alice: User) -> None:
    assert (thread.body, thread.anchor, thread.author) == ("Same with Lion?\nI can add it.", "c7k2", alice)
    assert (thread.project, thread.run_id, thread.parent_id) == (project, None, None)


def test_a_run_is_commented_by_the_object_the_gate_gave(project: Project, bob: User) -> None:
    run = make_run(project, bob)
    comment = comment_on_run(by=Actor(bob), run=run, body="spike", anchor="val/loss")
    assert (comment.run_id, comment.project_id, comment.report_id, comment.anchor) == (run.pk, project.pk, None, "val/loss")


def test_an_answer_to_an_answer_joins_the_thread(thread: Comment, bob: User) -> None:
    first = reply(by=Actor(bob), comment=thread, body="yes")
    second = reply(by=Actor(bob), comment=first, body="and no")
    assert (first.parent, second.parent) == (thread, thread)


def test_resolving_twice_is_once_and_opens_again(thread: Comment, report: Report, alice: User, bob: User) -> None:
    resolve(by=Actor(bob), comment=reply(by=Actor(alice), comment=thread, body="done"))
    when = Comment.objects.get(pk=thread.pk).resolved_at
    resolve(by=Actor(alice), comment=thread)
    stored = Comment.objects.get(pk=thread.pk)
    assert (stored.resolved_at, stored.resolved_by) == (when, bob)
    assert discussion_of_report(report).count == "1 resolved"
    with pytest.raises(ThreadClosed):
        reply(by=Actor(alice), comment=thread, body="one more")
    reopen(by=Actor(alice), comment=thread)
    assert discussion_of_report(report).count == "1 open"


def test_only_ones_own_words_can_be_changed(thread: Comment, alice: User, bob: User) -> None:
    with pytest.raises(PermissionDenied):
        edit_comment(by=Actor(bob), comment=thread, body="mine")
    edited = edit_comment(by=Actor(alice), comment=thread, body="better")
    assert edited.body == "better"
    assert edited.edited_at is not None


@pytest.mark.parametrize("body", ["", "  \n ", "a\x00", "\ud800", "x" * 10_001])
def test_what_cannot_be_kept_is_refused(report: Report, bob: User, body: str) -> None:
    with pytest.raises(BadText):
        comment_on_report(by=Actor(bob), report=report, body=body)
    assert not Comment.objects.exists()
