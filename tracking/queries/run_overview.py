"""What the run page says: figures, which curves there are, config beside the project's other runs, where it ran."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from tracking.models import Conflict, Extent, Run
from tracking.queries.config import differing, facts_in, value_at
from tracking.queries.goal import KeyMetric, key_metrics, loss_keys
from tracking.queries.reading import KEYS, reading_in
from tracking.queries.rule import NO_RULES, Rules, rules_of
from tracking.queries.run_listed import listed
from tracking.queries.run_table import seconds_of
from tracking.queries.series import Summary, outline_of, summaries_of

FIGURES = 4
BIG = 2
CHARTS = 120
NEIGHBOURS = 100  # newest runs of the project, to say which settings differ

_COMMITS = ("git.commit", "git_commit", "git_sha", "commit")
_PLACES = {
    "Host": ("host", "hostname", "env.host"),
    "GPU": ("gpu", "env.gpu", "gpu_name"),
    "Device": ("device",),
    "Python": ("python", "python_version", "env.python"),
    "Platform": ("platform", "os", "env.platform"),
    "Command": ("command", "argv", "env.command"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    metric: KeyMetric
    value: float | None
    bad: int


@dataclass(frozen=True, slots=True)
class Section:
    """Curves whose keys begin with the same word; "" for those that share it with no other curve."""

    name: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    key: str
    value: Any
    differs: bool


@dataclass(frozen=True, slots=True)
class Overview:
    figures: tuple[Figure, ...]
    big: tuple[str, ...]
    sections: tuple[Section, ...]
    keys: int
    drawn: int
    steps: int | None
    points: int
    seconds: float
    seen_at: datetime
    conflicts: int  # batches that came under a known name with other content
    left_out: tuple[str, ...]  # what it said more of than is kept
    rules: Rules
    axes: dict[str, str]  # of the metrics that are not drawn by step: the metric they are drawn over


def overview_of(run: Run) -> Overview:
    """With what is not folded yet; a run that has sent nothing has no figures and no curves."""
    rules = rules_of([run.pk]).get(run.pk, NO_RULES)
    outline = outline_of(run, KEYS, rules.named)
    big = tuple(loss_keys(outline.keys, BIG, rules))
    rest = [key for key in outline.keys if key not in big][: CHARTS - BIG]
    metrics = key_metrics(outline.keys, FIGURES, rules)
    series = summaries_of([run], [metric.key for metric in metrics]).get(run.pk, {})
    return Overview(
        figures=tuple(_figure(series[metric.key], metric) for metric in metrics if metric.key in series),
        big=big,
        sections=_sections(rest),
        keys=outline.count,
        drawn=len(big) + len(rest),
        steps=outline.end_step,
        points=outline.points,
        seconds=seconds_of(run, run.heartbeat.seen_at, timezone.now()),
        seen_at=run.heartbeat.seen_at,
        conflicts=Conflict.objects.filter(run=run).count() + run.further_conflicts,
        left_out=_left_out(run),
        rules=rules,
        axes={key: axis for key in (*big, *rest) if (axis := rules.axis_of(key, outline.keys))},
    )


def _left_out(run: Run) -> tuple[str, ...]:
    kinds = Extent.objects.filter(run=run, edge__isnull=False).order_by("kind").values_list("kind", flat=True)
    return tuple("metric rules" if kind == "metric" else kind for kind in kinds)


def config_facts(run: Run) -> list[Fact]:
    """The run's config, dotted; first what differs among the newest runs of the project."""
    others = Run.objects.filter(project=run.project_id).exclude(pk=run.pk).order_by("-created_at", "-id")
    near = listed(run.project, list(others.values_list("pk", flat=True)[:NEIGHBOURS]))
    configs = [run.config, *(other.config for other in near if other.config)]
    apart = set(differing(configs, most=10_000)) if len(configs) > 1 else set()
    facts = [Fact(key=".".join(path), value=value, differs=path in apart) for path, value in facts_in(run.config).items()]
    return sorted(facts, key=lambda fact: (not fact.differs, fact.key))


def commit_of(run: Run) -> str | None:
    """The git commit the config tells of, if it is one."""
    found = next((value for key in _COMMITS if (value := value_at(run.config, key))), None)
    return found if isinstance(found, str) and re.fullmatch(r"[0-9a-f]{7,40}", found) else None


def places_of(run: Run) -> list[tuple[str, str]]:
    """(word, value) of what the config tells about the machine."""
    found = [(word, next((v for key in keys if (v := value_at(run.config, key))), None)) for word, keys in _PLACES.items()]
    return [(word, str(value)) for word, value in found if isinstance(value, (str, int, float))]


def _figure(summary: Summary, metric: KeyMetric) -> Figure:
    return Figure(metric=metric, value=reading_in(summary, metric.aggregate), bad=summary.bad)


def _sections(keys: Sequence[str]) -> tuple[Section, ...]:
    by_word: dict[str, list[str]] = {}
    for key in keys:
        by_word.setdefault(key.partition("/")[0] if "/" in key else "", []).append(key)
    single = [word for word, found in by_word.items() if len(found) == 1 or not word]
    others = [key for key in keys if (key.partition("/")[0] if "/" in key else "") in single]
    named = [Section(name=word, keys=tuple(by_word[word])) for word in sorted(set(by_word) - set(single))]
    return (*named, Section(name="", keys=tuple(others))) if others else tuple(named)
