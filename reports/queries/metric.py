"""Which metrics and settings the runs of a project have: what a chart of it can be asked for."""

from collections.abc import Sequence
from typing import Any

from tracking.queries.config import facts_in
from tracking.queries.goal import loss_keys
from tracking.queries.reading import KEYS, RUNS, keys_in
from tracking.queries.rule import rules_among
from tracking.queries.run import runs_matching
from tracking.queries.series import summaries_of


def metrics_of(project: Any, query: str = "") -> list[str]:
    """Of the newest runs that match, else of the newest of all; the one to show first comes first, the rest go by name."""
    for asked in dict.fromkeys((query, "")):
        runs = runs_matching(project, asked, RUNS).runs
        if keys := keys_in(runs):
            first = loss_keys(keys, 1, rules_among([run.pk for run in reversed(runs)]))
            return first + [key for key in keys if key not in first]
    return []


def groupings_of(project: Any) -> list[str]:
    """What `group` of a chart can be: fixed words, and the settings of the newest runs as config.<dotted key>."""
    settings = {".".join(path) for run in runs_matching(project, "", RUNS).runs for path in facts_in(run.config)}
    return ["group", "seed", "state", "job_type", *(f"config.{name}" for name in sorted(settings)[:KEYS])]


def lacking(runs: Sequence[Any], key: str) -> list[str] | None:
    """None when any of these runs has the metric, folded or not; else the metrics they do have."""
    keys = keys_in(runs)
    if key in keys or summaries_of(runs, [key]):
        return None
    return keys
