"""Which metrics come first, and which way they are better."""

import pytest

from tracking.queries.goal import KeyMetric, goal_of, key_metrics, loss_keys


@pytest.mark.parametrize(
    ("key", "goal"),
    [
        ("val/loss", "min"),
        ("train_loss", "min"),
        ("losses", "min"),
        ("eval/perplexity", "min"),
        ("val/acc", "max"),
        ("test.F1", "max"),
        ("map50", "last"),
        ("glossary", "last"),
        ("accelerator", "last"),
        ("lr", "last"),
        ("", "last"),
    ],
)
def test_goal_by_name(key: str, goal: str) -> None:
    assert goal_of(key) == goal


def test_losses_and_scores_take_turns_and_validation_goes_first() -> None:
    keys = ["lr", "train/acc", "train/loss", "val/acc", "val/loss"]
    assert key_metrics(keys, 3) == [KeyMetric("val/loss", "min"), KeyMetric("val/acc", "max"), KeyMetric("train/loss", "min")]
    assert loss_keys(keys, 2) == ["val/loss", "train/loss"]
    assert loss_keys(["lr", "reward"], 1) == ["reward"]
    assert loss_keys([], 2) == []
