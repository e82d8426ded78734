"""The simple query language: what it reads, what it says of what it cannot read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import Actor
from accounts.models import User
from tests.factories.tracking import make_run
from tracking.actions.tag import tag_run
from tracking.models import Project
from tracking.queries.run import runs_matching, runs_meant
from tracking.queries.run_query import BadQuery, parse_query, spelled


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("   ", []),
        ("cosine", [("", "cosine")]),
        ('tag:promising group:"lr sweep"', [("tag", "promising"), ("group", "lr sweep")]),
        ("state:running and seed:-1 AND name:a", [("state", "running"), ("seed", "-1"), ("name", "a")]),
        ('"two words" job:"say \\"hi\\" \\\\"', [("", "two words"), ("job", 'say "hi" \\')]),
        ('tag:"and"', [("tag", "and")]),
    ],
)
def test_terms(text: str, terms: list[tuple[str, str]]) -> None:
    assert [(term.field, term.value) for term in parse_query(text).terms] == terms


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("tag:", 4, "Expected a value after `tag:`."),
        ("seed:1 tag: x", 11, "Expected a value after `tag:`."),
        ("stat:running", 0, "Did you mean `state`?"),
        ("created_by__password:x", 0, "is not a field of runs."),
        ("state:runing", 6, "Did you mean `running`?"),
        ("seed:one", 5, "A seed is a whole number."),
        ("seed:99999999999999999999", 5, "A seed is a whole number."),
        ("seed:٣", 5, "A seed is a whole number."),
        ('tag:"open', 4, "A quote is opened here and never closed."),
        ('tag:""', 4, "There is nothing between the quotes."),
        ("a or b", 2, "`or` is not understood yet."),
        ("not a", 0, "`not` is not understood yet."),
        ("(a)", 0, "Brackets are not understood yet."),
        ("config.lr<1e-3", 9, "`<` is not understood yet."),
        (":x", 0, "Expected a field before `:`."),
        ("tag:a:b", 4, "A value that holds a colon stands in quotes."),
        ("a\0b", 1, "control characters"),
        ("a\ud800", 1, "control characters"),
        ("x" * 1001, 1000, "at most 1000 characters"),
        ("a " * 33, 64, "at most 32 terms"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(text: str, position: int, words: str) -> None:
    with pytest.raises(BadQuery) as refusal:
        parse_query(text)
    assert refusal.value.details["position"] == position
    assert words in refusal.value.message


VALUES = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"], exclude_characters="\x7f"), min_size=1, max_size=40)


@given(st.sampled_from(["", "tag", "group", "name", "job"]), VALUES)
def test_every_value_can_be_written(field: str, value: str) -> None:
    (term,) = parse_query(spelled(field, value)).terms
    assert (term.field, term.value) == (field, value)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_at_a_place_within_it(text: str) -> None:
    place = 0
    try:
        parse_query(text)
    except BadQuery as refusal:
        place = refusal.details["position"]
    assert 0 <= place <= len(text)


def test_every_term_must_hold(project: Project, bob: User) -> None:
    one = make_run(project, bob, "Cosine one", group="lr sweep", seed=1, job_type="train")
    two = make_run(project, bob, "cosine two", group="lr sweep", seed=2)
    tag_run(by=Actor(bob), run=one, names=["promising", "warm"])
    tag_run(by=Actor(bob), run=two, names=["warm"])
    for text, runs in {
        "cosine": [one, two],
        "tag:warm": [one, two],
        "tag:warm tag:promising": [one],
        'group:"lr sweep" seed:2': [two],
        "job:train state:running": [one],
        "state:failed": [],
        f"id:{two.uid}": [two],
        "100%": [],
        "_": [],
    }.items():
        assert list(runs_matching(project, text, 100).runs) == runs, text


def test_the_newest_are_taken_oldest_first_and_all_are_counted(project: Project, bob: User) -> None:
    runs = [make_run(project, bob, f"run {i}") for i in range(4)]
    matched = runs_matching(project, "", 3)
    assert (list(matched.runs), matched.total) == (runs[1:], 4)


def test_runs_are_found_by_uids_and_newest_names_in_one_query(
    project: Project, elsewhere_project: Project, bob: User, charlie: User, django_assert_num_queries: Any
) -> None:
    old, new = make_run(project, bob, "same"), make_run(project, bob, "same")
    theirs = make_run(elsewhere_project, charlie, "theirs")
    with django_assert_num_queries(1):
        assert runs_meant(project, ["same", old.uid, "theirs", theirs.uid, "", "\0"]) == {"same": new, old.uid: old}
