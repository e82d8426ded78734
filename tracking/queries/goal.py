"""Which way a metric is better, by its rule or by its name, and which metrics to show first."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tracking.queries.rule import NO_RULES, Aggregate, Rules

Better = Literal["min", "max", "last"]

_LOSSES = "loss|err|error|nll|ppl|perplexity|mse|mae|rmse|wer|cer|fid|cost|regret"
_SCORES = "acc|accuracy|f1|auc|auroc|ap|map|iou|miou|bleu|rouge|reward|return|score|precision|recall|r2|psnr|ssim"
_LOSS = re.compile(rf"(^|[^a-z])({_LOSSES})(s|es)?($|[^a-z])")
_SCORE = re.compile(rf"(^|[^a-z])({_SCORES})($|[^a-z0-9])")
_FIRST = ("val", "valid", "validation", "dev", "eval", "test")


@dataclass(frozen=True, slots=True)
class KeyMetric:
    """A metric with the reading that matters: its smallest, largest, last or mean value."""

    key: str
    aggregate: Aggregate

    @property
    def name(self) -> str:
        return f"{self.key}.{self.aggregate}"


def goal_of(key: str) -> Better:
    """min for what is a loss by name, max for a score, last for everything else."""
    lower = key.lower()
    if _LOSS.search(lower):
        return "min"
    return "max" if _SCORE.search(lower) else "last"


def key_metrics(keys: Iterable[str], most: int, rules: Rules = NO_RULES) -> list[KeyMetric]:
    """The `most` metrics to show first: those that a rule names, then the others.

    Of each losses and scores by turns, validation before training, then the rest by name.
    """
    ordered = sorted(set(keys), key=lambda key: _rank(key, rules))
    named, others = [key for key in ordered if rules.names(key)], [key for key in ordered if not rules.names(key)]
    chosen = [*_by_turns(named, rules), *_by_turns(others, rules)]
    return [KeyMetric(key, reading_of(key, rules)) for key in chosen[:most]]


def _by_turns(ordered: list[str], rules: Rules) -> list[str]:
    losses, scores = ([key for key in ordered if better(key, rules) == way] for way in ("min", "max"))
    first = losses[:1] + scores[:1] + losses[1:2] + scores[1:2]
    return first + [key for key in ordered if key not in first]


def loss_keys(keys: Iterable[str], most: int, rules: Rules = NO_RULES) -> list[str]:
    """The curves to draw first: losses, validation before training; without any, what `key_metrics` says."""
    losses = sorted((key for key in set(keys) if better(key, rules) == "min"), key=lambda key: _rank(key, rules))
    rest = [metric.key for metric in key_metrics(keys, most * 2, rules) if metric.key not in losses]
    return (losses + rest)[:most]


def better(key: str, rules: Rules = NO_RULES) -> Better:
    """Which way the metric is better, by its rule or by its name; last where nobody knows."""
    rule = rules.of(key)
    if rule.goal is not None:
        return "min" if rule.goal == "minimize" else "max"
    if rule.summary is not None:
        return "min" if rule.summary == "min" else "max" if rule.summary == "max" else goal_of(key)
    return goal_of(key)


def reading_of(key: str, rules: Rules = NO_RULES) -> Aggregate:
    """The reading that stands for the metric: as its rule says, else the best."""
    summary = rules.of(key).summary
    return better(key, rules) if summary is None else summary


def _rank(key: str, rules: Rules) -> tuple[bool, bool, bool, int, str]:
    words = re.split(r"[^a-z0-9]+", key.lower())
    return not rules.names(key), better(key, rules) == "last", not any(word in _FIRST for word in words), len(key), key
