"""Ids of chart blocks: given once, and nothing else of the text is touched."""

import re

import pytest

from reports.rendering.fences import with_chart_ids

ID = re.compile(r"id: [0-9a-z]{4}")


def test_a_block_without_id_gets_one_as_its_first_line() -> None:
    source = "a\n\n```chart\nkind: line\ny: b\n```\nafter"
    lines = with_chart_ids(source, "salt").split("\n")
    assert ID.fullmatch(lines[3])
    assert [*lines[:3], *lines[4:]] == source.split("\n")


def test_the_same_text_gets_the_same_ids_and_only_once() -> None:
    source = "```chart\ny: a\n```\n\n```chart\ny: a\n```\n"
    once = with_chart_ids(source, "salt")
    assert with_chart_ids(source, "salt") == once
    assert with_chart_ids(once, "salt") == once
    assert len(set(ID.findall(once))) == 2
    assert with_chart_ids(source, "other") != once


def test_typing_elsewhere_does_not_change_an_id() -> None:
    block = "```chart\ny: a\n```\n"
    assert ID.findall(with_chart_ids(f"one\n\n{block}", "s")) == ID.findall(with_chart_ids(f"two\n\nthree\n\n{block}", "s"))


@pytest.mark.parametrize(
    "source",
    [
        "no chart at all\r\nand two line ends\n",
        "```chart\nid: mine\ny: b\n```",
        "```chart\ny: b\nid: mine\n```",
        "```chart\n{id: a, y: b}\n```",
        "````\n```chart\ny: b\n```\n````",
        "~~~\n```chart\ny: b\n```\n~~~",
        "```chart\nnever closed",
        "```charts\ny: b\n```",
        "> ```chart\n> y: b\n> ```",
        "- a\n\n    ```chart\n    y: b\n    ```",
        "---\n```chart\n---\n```",
    ],
)
def test_what_needs_no_id_is_left_alone(source: str) -> None:
    assert with_chart_ids(source, "salt") == source


def test_line_ends_and_indentation_are_kept() -> None:
    assert re.fullmatch(r"```chart\r\n  id: \w{4}\r\n  y: b\r\n```\r\n", with_chart_ids("```chart\r\n  y: b\r\n```\r\n", "s"))


def test_an_id_already_taken_is_not_given() -> None:
    source = "```chart\ny: a\n```\n"
    (given,) = ID.findall(with_chart_ids(source, "s"))
    other = f"```chart\n{given}\ny: z\n```\n\n"
    assert len(set(ID.findall(with_chart_ids(other + source, "s")))) == 2
