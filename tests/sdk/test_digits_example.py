"""The training that people copy: its gradient is right, its schedule is as written, its pictures can be logged."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import lablore
import numpy as np
import pytest

pytestmark = pytest.mark.xdist_group("digits")  # scikit-learn takes seconds to load: once is enough

MODULES = ("network", "pictures", "train")
EXAMPLE = Path(__file__).parents[2] / "sdk" / "examples" / "digits"


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Its modules, as a script finds them."""
    monkeypatch.syspath_prepend(str(EXAMPLE))
    yield SimpleNamespace(**{name: import_module(name) for name in MODULES})
    for name in MODULES:
        del sys.modules[name]


def test_the_gradient_is_that_of_the_loss(example: Any) -> None:
    rng = np.random.default_rng(1)
    network = example.network.Network([6, 8, 7, 3], rng)
    x, labels = rng.normal(size=(5, 6)).astype(np.float32), np.array([0, 1, 2, 1, 0])
    network.train_loss(x, labels)
    gradient = network.gradient.copy()
    for place in range(0, network.theta.size, 7):
        numeric = []
        for step in (1e-2, -1e-2):
            network.theta[place] += step
            numeric.append(network.train_loss(x, labels))
            network.theta[place] -= step
        assert gradient[place] == pytest.approx((numeric[0] - numeric[1]) / 2e-2, abs=2e-3)


@pytest.mark.parametrize(("name", "lr"), [("Momentum", 0.1), ("Adam", 0.01)])
def test_both_optimisers_find_the_bottom_of_a_bowl(example: Any, name: str, lr: float) -> None:
    theta = np.array([1.0, -2.0, 3.0], np.float32)
    optimizer = getattr(example.network, name)(theta.size)
    for _ in range(2000):
        optimizer.step(theta, 2 * theta, lr)
    assert np.abs(theta).max() < 1e-2


def test_the_first_step_of_adam_is_the_rate(example: Any) -> None:
    theta = np.zeros(3, np.float32)
    example.network.Adam(3).step(theta, np.array([5.0, -1e-3, 2.0], np.float32), 0.01)
    assert theta == pytest.approx([-0.01, 0.01, -0.01], rel=1e-4)


def test_the_rate_rises_in_a_line_and_falls_to_zero(example: Any) -> None:
    config = example.train.Config("adam", 0.1, 10, 110, 8, 2, 8)
    rates = [example.train.rate(config, step) for step in range(110)]
    assert rates[:10] == pytest.approx([0.01 * (step + 1) for step in range(10)])
    assert rates[10] == pytest.approx(0.1)
    assert rates[60] == pytest.approx(0.05)
    assert sorted(rates[10:], reverse=True) == rates[10:]


def test_the_pictures_can_be_logged(example: Any) -> None:
    rng = np.random.default_rng(1)
    truth, guess = rng.integers(0, 10, 50), rng.integers(0, 10, 50)
    for picture in (
        example.pictures.confusion_matrix(truth, guess),
        example.pictures.misread_digits(rng.uniform(0, 16, (50, 64)), truth, guess),
        example.pictures.misread_digits(rng.uniform(0, 16, (50, 64)), truth, truth),
    ):
        image = lablore.Image(picture)
        assert image.problem == ""
        assert len(image.png) < 200_000


def test_a_loss_that_leaves_the_numbers_ends_the_training(example: Any) -> None:
    run = lablore.init("digits", mode="disabled")
    config = example.train.Config("sgd", 50.0, 0, 50, 16, 4, 16)
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError, match="the loss is"):
        example.train.train(run, config, seed=1)
    assert "diverged_at" in run.summary
    run.finish()
