"""One rule for texts, on pages and on the wire."""

from collections.abc import Callable

import pytest

from accounts.actor import Actor
from accounts.models import Team, User
from kit.text import CONTROL, UNSTORABLE
from tests.factories.batch import batch_of
from tests.factories.tracking import make_run
from tracking.actions.project import UnacceptableProject, create_project
from tracking.actions.run import UnacceptableRun, edit_run
from tracking.actions.tag import UnacceptableTag, cleaned_tags
from tracking.ingest.accept import accept_batch
from tracking.models import Project, Run


def test_what_is_a_control_character() -> None:
    every = [chr(number) for number in range(0x110000)]
    control = [*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)]
    assert [ord(sign) for sign in every if CONTROL.search(sign)] == control
    assert [ord(sign) for sign in every if UNSTORABLE.search(sign)] == [0, *range(0xD800, 0xE000)]


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob)


@pytest.mark.parametrize("sign", ["\x00", "\x1f", "\x7f", "\x80", "\x85", "\x9f"])
def test_page_and_wire_refuse_the_same(run: Run, team: Team, alice: User, sign: str) -> None:
    text = f"a{sign}b"
    refusals: list[tuple[type[Exception], Callable[[], object]]] = [
        (UnacceptableTag, lambda: cleaned_tags([text])),
        (UnacceptableRun, lambda: edit_run(by=Actor(alice), run=run, name=text)),
        (UnacceptableProject, lambda: create_project(by=Actor(alice), team=team, slug="x", name=text)),
    ]
    for refusal, act in refusals:
        with pytest.raises(refusal):
            act()
    rows, updates = [(0, 0, {text: 1.0})], [(0, "tags", {"add": [text], "remove": []})]
    assert accept_batch(run, "w", 0, codec="", body=batch_of(rows, updates)).refused == 2


def test_page_and_wire_take_the_same(run: Run) -> None:
    text = "a\xa0b 🦉"
    assert cleaned_tags([text]) == [text]
    updates = [(0, "tags", {"add": [text], "remove": []})]
    assert accept_batch(run, "w", 0, codec="", body=batch_of([(0, 0, {text: 1.0})], updates)).refused == 0
