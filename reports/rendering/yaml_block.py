"""Reads the small YAML of chart blocks and front matter from parser events, so that nothing is ever constructed.

Every scalar stays the text a person wrote (`on` is not True, `1_000` no number): the schema decides what it means. Aliases,
anchors and tags are refused, depth and length are bounded, so no text can make this expensive.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from reports.limits import BLOCK_LENGTH, BLOCK_NESTING

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the line of the block it begins on, from 1."""

    value: "str | list[Node] | dict[str, Node]"
    line: int


class BadYaml(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


def read_mapping(text: str) -> dict[str, Node]:
    """The top mapping of a block; empty for an empty block.

    Raises BadYaml with the line, from 1, and words for the person who wrote it.
    """
    if len(text) > BLOCK_LENGTH:
        raise BadYaml(1, f"a block may have {BLOCK_LENGTH:,} characters, this one has {len(text):,}")
    try:
        node = _document(yaml.parse(text, Loader=LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadYaml(mark.line + 1 if mark else 1, str(error.problem or error.context or "this is not YAML")) from None
    except yaml.YAMLError:
        raise BadYaml(1, "it contains characters that text cannot have") from None
    if node is None:
        return {}
    if not isinstance(node.value, dict):
        raise BadYaml(node.line, "expected settings, one per line, like `y: val/loss`")
    return node.value


def _document(events: Iterator[Any]) -> Node | None:
    root: Node | None = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise BadYaml(_line(event), "`---` begins a second document; a block has one")
        if isinstance(event, (yaml.NodeEvent,)):
            root = _node(event, events, depth=1)
    return root


def _node(event: Any, events: Iterator[Any], depth: int) -> Node:
    line = _line(event)
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise BadYaml(line, "`&` and `*` (anchors and aliases) are not used here; quote the text if you mean the sign")
    if event.tag is not None:
        raise BadYaml(line, "`!` (a type) is not used here; quote the text if you mean the sign")
    if isinstance(event, yaml.ScalarEvent):
        return Node(event.value, line)
    if depth > BLOCK_NESTING:
        raise BadYaml(line, f"settings are nested more than {BLOCK_NESTING} deep")
    if isinstance(event, yaml.SequenceStartEvent):
        return Node(_items(events, depth), line)
    return Node(_entries(events, depth), line)


def _items(events: Iterator[Any], depth: int) -> list[Node]:
    items: list[Node] = []
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        items.append(_node(event, events, depth + 1))
    return items


def _entries(events: Iterator[Any], depth: int) -> dict[str, Node]:
    entries: dict[str, Node] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _node(event, events, depth + 1)
        if not isinstance(key.value, str):
            raise BadYaml(key.line, "a setting's name must be a word")
        if key.value in entries:
            raise BadYaml(key.line, f"“{key.value}” is set twice")
        value = _node(next(events), events, depth + 1)
        # An error about a setting is shown at its name, also when the value is on a later line.
        entries[key.value] = Node(value.value, key.line)
    return entries


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
