"""Which way a metric is better, told from its name until `define_metric` says so, and which metrics to show first."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Aggregate = Literal["min", "max", "last"]

_LOSSES = "loss|err|error|nll|ppl|perplexity|mse|mae|rmse|wer|cer|fid|cost|regret"
_SCORES = "acc|accuracy|f1|auc|auroc|ap|map|iou|miou|bleu|rouge|reward|return|score|precision|recall|r2|psnr|ssim"
_LOSS = re.compile(rf"(^|[^a-z])({_LOSSES})(s|es)?($|[^a-z])")
_SCORE = re.compile(rf"(^|[^a-z])({_SCORES})($|[^a-z0-9])")
_FIRST = ("val", "valid", "validation", "dev", "eval", "test")


@dataclass(frozen=True, slots=True)
class KeyMetric:
    """A metric with the reading that matters: its smallest, largest or last value."""

    key: str
    aggregate: Aggregate

    @property
    def name(self) -> str:
        return f"{self.key}.{self.aggregate}"


def goal_of(key: str) -> Aggregate:
    """min for what is a loss by name, max for a score, last for everything else."""
    lower = key.lower()
    if _LOSS.search(lower):
        return "min"
    return "max" if _SCORE.search(lower) else "last"


def key_metrics(keys: Iterable[str], most: int) -> list[KeyMetric]:
    """The `most` metrics to show first: losses and scores by turns, validation before training, then the rest by name."""
    metrics = sorted((KeyMetric(key, goal_of(key)) for key in set(keys)), key=_rank)
    losses = [metric for metric in metrics if metric.aggregate == "min"]
    scores = [metric for metric in metrics if metric.aggregate == "max"]
    chosen = losses[:1] + scores[:1] + losses[1:2] + scores[1:2]
    return (chosen + [metric for metric in metrics if metric not in chosen])[:most]


def loss_keys(keys: Iterable[str], most: int) -> list[str]:
    """The curves to draw first: losses, validation before training; without any, what `key_metrics` says."""
    losses = [key for key in sorted(set(keys), key=lambda key: _rank(KeyMetric(key, "min"))) if goal_of(key) == "min"]
    rest = [metric.key for metric in key_metrics(keys, most * 2) if metric.key not in losses]
    return (losses + rest)[:most]


def _rank(metric: KeyMetric) -> tuple[bool, bool, int, str]:
    words = re.split(r"[^a-z0-9]+", metric.key.lower())
    return metric.aggregate == "last", not any(word in _FIRST for word in words), len(metric.key), metric.key
