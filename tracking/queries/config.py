"""A run's config as flat facts: nested keys are dotted."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from tracking.limits import KEY_LENGTH

FACTS = 500  # per run; the rest is in the API

Path = tuple[str, ...]


def facts_in(config: dict[str, Any]) -> dict[Path, Any]:
    """path -> value, in the order of the config. Lists are values; an empty map is one too."""
    facts: dict[Path, Any] = {}
    for path, value in _walk(config, ()):
        if len(facts) == FACTS:
            break
        facts[path] = value
    return facts


def _walk(part: dict[str, Any], above: Path) -> Iterator[tuple[Path, Any]]:
    for key, value in part.items():
        path = (*above, key)
        if isinstance(value, dict) and value:
            yield from _walk(value, path)
        else:
            yield path, value


def value_at(config: dict[str, Any], dotted: str) -> Any:
    """The value under a dotted key, or None. A key that itself holds a dot is found too; a map that holds others is none."""
    if dotted in config:
        return config[dotted]
    return next((value for path, value in facts_in(config).items() if ".".join(path) == dotted), None)


def settings_in(config: dict[str, Any]) -> dict[str, Any]:
    """Dotted key -> what `value_at` finds under it; keys too long to stand at the head of a column are left out."""
    found: dict[str, Any] = {}
    for path, value in facts_in(config).items():
        found.setdefault(".".join(path), value)
    found.update({key: value for key, value in config.items() if key in found})
    return {key: value for key, value in found.items() if len(key) <= KEY_LENGTH}


def differing(configs: Sequence[dict[str, Any]], most: int) -> list[Path]:
    """The first `most` paths by name whose value is not the same in all of these configs."""
    flat = [facts_in(config) for config in configs if config]  # a run that told nothing differs in nothing
    paths = {path for facts in flat for path in facts}
    return list(islice((path for path in sorted(paths) if len({_mark(facts.get(path)) for facts in flat}) > 1), most))


def _mark(value: Any) -> Any:
    """Equal for equal values only: 1, 1.0 and true are three."""
    return json.dumps(value, sort_keys=True) if isinstance(value, list | dict) else (type(value), value)
