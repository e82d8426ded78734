"""Which columns a run list has: settings that differ, and the metrics that matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from tracking.limits import KEY_LENGTH
from tracking.queries.config import Path, differing, value_at
from tracking.queries.goal import KeyMetric, key_metrics
from tracking.queries.rule import NO_RULES, Aggregate, Rules
from tracking.queries.run_listed import ListedRun

CONFIG_COLUMNS = 6
METRIC_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is what `sort` takes."""

    name: str
    label: str
    kind: Literal["plain", "config", "metric"]
    numeric: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns by name: settings ("config." and the dotted key), then metrics ("key.aggregate")."""

    configs: dict[str, Path]
    metrics: dict[str, KeyMetric]

    def settings_of(self, run: ListedRun) -> list[Any]:
        return [value_at(run.config, dotted(path)) for path in self.configs.values()]

    def columns(self, runs: Sequence[ListedRun]) -> tuple[Column, ...]:
        """In order; a setting is numeric when it is a number in every one of these runs that has it."""
        settings = [self.settings_of(run) for run in runs]
        return (
            *(
                Column(name, dotted(path), "config", all(_is_number(row[place]) for row in settings))
                for place, (name, path) in enumerate(self.configs.items())
            ),
            *(Column(name, name, "metric", numeric=True) for name in self.metrics),
        )


def layout_of(runs: Sequence[ListedRun], keys: Sequence[str], rules: Rules = NO_RULES) -> Layout:
    """The columns that say something about these runs, whose metrics are `keys`."""
    paths = differing([run.config for run in runs], CONFIG_COLUMNS + 1)
    chosen = [path for path in paths if path != ("seed",) and len(dotted(path)) <= KEY_LENGTH][:CONFIG_COLUMNS]
    return Layout(
        configs={f"config.{dotted(path)}": path for path in chosen},
        metrics={metric.name: metric for metric in key_metrics(keys, METRIC_COLUMNS, rules)},
    )


def kept(configs: Sequence[str], metrics: Sequence[str], now: Layout) -> Layout:
    """The columns a reader has before him, by dotted keys and names, so that none moves; `now` once it has more metrics."""
    shown = {name: metric for name in metrics[:METRIC_COLUMNS] if (metric := _metric_named(name)) is not None}
    if len(now.metrics) > len(shown):
        return now
    return Layout(configs={f"config.{key}": (key,) for key in configs[:CONFIG_COLUMNS]}, metrics=shown)


def dotted(path: Path) -> str:
    return ".".join(path)


def _metric_named(name: str) -> KeyMetric | None:
    key, _, word = name.rpartition(".")
    aggregate: Aggregate | None = next((known for known in get_args(Aggregate) if known == word), None)
    return KeyMetric(key, aggregate) if aggregate is not None and "\0" not in key else None


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))
