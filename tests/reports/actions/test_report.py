"""A draft is never lost (promise D14)."""

import re

import pytest

from accounts.actor import Actor
from accounts.models import User
from reports.actions.report import create_report, save_draft, take_back_draft
from reports.actions.version import restore_version
from reports.errors import BadText, DraftConflict
from reports.limits import REPORT_LENGTH, SET_ASIDE_KEPT
from reports.models import Report
from tests.factories.reports import SOURCE, publish, stored
from tracking.models import Project


def test_a_new_report_has_its_title_from_the_text_and_ids_in_its_charts(project: Project, bob: User) -> None:
    source = "# Warm-*up*\n\n```chart\nruns: a\ny: b\n```\n"
    report = create_report(by=Actor(bob), project=project, source=source)
    assert (report.title, report.draft_revision, report.owner, report.saved_by) == ("Warm-up", 1, bob, bob)
    assert re.sub(r"id: [0-9a-z]{4}\n", "", report.draft) == source


def test_saving_keeps_every_byte_and_counts_up(report: Report, alice: User) -> None:
    text = "# Neu \n\n  Ünïcode \U0001f9ea\ttabs  \n\n\n"
    saved = save_draft(by=Actor(alice), report=report, source=text, base=1)
    assert (saved.draft, saved.draft_revision, saved.title, saved.saved_by) == (text, 2, "Neu", alice)
    assert stored(report).draft == text


def test_a_text_without_heading_is_untitled(report: Report, bob: User) -> None:
    assert save_draft(by=Actor(bob), report=report, source="no heading", base=1).title == "Untitled"


def test_a_save_over_an_unseen_one_is_refused_and_keeps_both(report: Report, alice: User, bob: User) -> None:
    save_draft(by=Actor(alice), report=report, source="# Alice's", base=1)
    with pytest.raises(DraftConflict) as caught:
        save_draft(by=Actor(bob), report=report, source="# Bob's", base=1)
    conflict = caught.value
    assert (conflict.mine, conflict.theirs, conflict.revision, conflict.saved_by) == ("# Bob's", "# Alice's", 2, "Alice Abel")
    assert stored(report).draft == "# Alice's"


def test_the_same_text_twice_is_saved_once_from_whatever_base(report: Report, alice: User, bob: User) -> None:
    save_draft(by=Actor(alice), report=report, source="# Same", base=1)
    again = save_draft(by=Actor(bob), report=report, source="# Same", base=1)
    assert (again.draft_revision, again.saved_by) == (2, alice)


def aside(report: Report) -> list[tuple[str, str, str]]:
    """Text, who wrote it, why it is there; the newest first."""
    return [(kept.text, kept.written_by.name, kept.reason) for kept in report.set_aside.all()]


def test_after_a_conflict_the_other_text_is_set_aside_and_can_be_taken_back(report: Report, alice: User, bob: User) -> None:
    save_draft(by=Actor(alice), report=report, source="# Alice's", base=1)
    save_draft(by=Actor(bob), report=report, source="# Bob's", base=2, over=True)
    assert (stored(report).draft, aside(report)) == ("# Bob's", [("# Alice's", "Alice Abel", "over")])
    take_back_draft(by=Actor(alice), report=report)
    assert (stored(report).draft, stored(report).title) == ("# Alice's", "Alice's")
    take_back_draft(by=Actor(alice), report=report)
    assert stored(report).draft == "# Bob's"


def test_a_restore_after_a_conflict_keeps_the_text_of_the_colleague(report: Report, alice: User, bob: User) -> None:
    version = publish(report, bob)
    save_draft(by=Actor(alice), report=report, source="# Alice's", base=1)
    save_draft(by=Actor(bob), report=report, source="# Bob's", base=2, over=True)
    restore_version(by=Actor(bob), version=version)
    save_draft(by=Actor(alice), report=report, source="# Alice again", base=4, over=True)
    assert aside(report) == [
        (SOURCE, "Bob Berg", "over"),
        ("# Bob's", "Bob Berg", "restored"),
        ("# Alice's", "Alice Abel", "over"),
    ]
    take_back_draft(by=Actor(bob), report=report, number=1)
    assert stored(report).draft == "# Alice's"
    assert "# Alice again" in [text for text, _, _ in aside(report)]


def test_going_to_and_fro_pushes_nothing_out(report: Report, alice: User, bob: User) -> None:
    for text, by, base in (("# One", alice, 1), ("# Two", bob, 2), ("# Three", bob, 3)):
        save_draft(by=Actor(by), report=report, source=text, base=base, over=True)
    for _ in range(2 * SET_ASIDE_KEPT):
        take_back_draft(by=Actor(bob), report=report)
    texts = {text: writer for text, writer, _ in aside(report)}
    assert texts == {SOURCE: "Bob Berg", "# One": "Alice Abel", "# Two": "Bob Berg", "# Three": "Bob Berg"}


def test_so_many_are_kept_and_the_oldest_go_first(report: Report, bob: User) -> None:
    for number in range(SET_ASIDE_KEPT + 3):
        save_draft(by=Actor(bob), report=report, source=f"# {number}", base=number + 1, over=True)
    texts = [text for text, _, _ in aside(report)]
    assert texts == [f"# {number}" for number in range(SET_ASIDE_KEPT + 1, 1, -1)]


def test_nothing_set_aside_is_nothing_taken_back(report: Report, bob: User) -> None:
    for number in (None, 7):
        take_back_draft(by=Actor(bob), report=report, number=number)
    assert (stored(report).draft, stored(report).draft_revision) == (SOURCE, 1)


def test_restoring_a_version_sets_the_draft_aside(report: Report, alice: User, bob: User) -> None:
    version = publish(report, bob)
    save_draft(by=Actor(bob), report=report, source="# Newer", base=1)
    restore_version(by=Actor(alice), version=version)
    restored = stored(report)
    assert (restored.draft, restored.draft_revision, restored.saved_by) == (SOURCE, 3, alice)
    assert aside(report) == [("# Newer", "Bob Berg", "restored")]


def test_restoring_what_is_there_already_sets_nothing_aside(report: Report, bob: User) -> None:
    restore_version(by=Actor(bob), version=publish(report, bob))
    assert (aside(report), stored(report).draft_revision) == ([], 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\nb\x00c", "The text has a character on line 2 that text cannot have (U+0000). Remove it."),
        ("a\ud800b", "The text has a character on line 1 that text cannot have (U+D800). Remove it."),
        ("# a\n" * 2_001, "This report has 2,001 headings; at most 2,000 can be drawn."),
        ("a" * (REPORT_LENGTH + 1), "The text has 100,001 characters; at most 100,000 are kept."),
    ],
    ids=["NUL", "half a pair", "too costly", "too long"],
)
def test_what_cannot_be_kept_is_refused_in_words(report: Report, bob: User, text: str, message: str) -> None:
    with pytest.raises(BadText) as caught:
        save_draft(by=Actor(bob), report=report, source=text, base=1)
    assert caught.value.message == message
    assert stored(report).draft == SOURCE


def test_a_text_that_its_chart_ids_make_too_long_is_refused(report: Report, bob: User) -> None:
    chart = "```chart\nruns: a\ny: b\n```\n"
    source = chart + "a" * (REPORT_LENGTH - len(chart))
    with pytest.raises(BadText) as caught:
        save_draft(by=Actor(bob), report=report, source=source, base=1)
    assert caught.value.message == "The text with the ids of its charts has 100,009 characters; at most 100,000 are kept."
    fits = source[:-9]
    saved = save_draft(by=Actor(bob), report=report, source=fits, base=1)
    assert len(saved.draft) == REPORT_LENGTH
    assert save_draft(by=Actor(bob), report=report, source=saved.draft, base=2).draft_revision == 2
