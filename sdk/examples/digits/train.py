"""Train a deep network on scikit-learn's digits and log it to Lablore.

    python train.py --optimizer adam --lr 0.01 --warmup 200 --seed 1

A run takes about ten seconds on one core. It needs numpy, scikit-learn, pillow and lablore.
"""

import argparse
import math
import os
from dataclasses import dataclass

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy: matrices this small gain nothing from threads
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from network import Adam, Floats, Momentum, Network, Optimizer, Whole, cross_entropy
from numpy.typing import NDArray
from pictures import confusion_matrix, misread_digits
from sklearn.datasets import load_digits

import lablore

VALIDATION = 450  # of 1,797 images
EVAL_EVERY, PICTURE_EVERY = 50, 400


@dataclass(frozen=True)
class Config:
    """What a run is made with. Steps count updates of the weights."""

    optimizer: str
    lr: float
    warmup: int
    steps: int
    batch: int
    layers: int
    width: int


class Digits:
    """The images, standardised, (n, 64) float32; which are kept for validation is the same in every run."""

    def __init__(self) -> None:
        pixels, labels = load_digits(return_X_y=True)
        order = np.random.default_rng(0).permutation(len(labels))
        scaled: Floats = ((pixels - pixels.mean()) / pixels.std()).astype(np.float32)
        kept, rest = order[:VALIDATION], order[VALIDATION:]
        self.val_pixels: NDArray[np.float64] = pixels[kept]
        self.val, self.val_labels = scaled[kept], labels[kept]
        self.labels: Whole = labels[rest]
        self._wide = np.pad(scaled[rest].reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)), constant_values=scaled.min())

    def batch(self, size: int, rng: np.random.Generator) -> tuple[Floats, Whole]:
        """`size` training images, shifted together by up to one pixel, and their labels."""
        some = rng.integers(0, len(self.labels), size)
        down, right = rng.integers(0, 3, 2)
        return self._wide[some, down : down + 8, right : right + 8].reshape(size, 64), self.labels[some]


def rate(config: Config, step: int) -> float:
    """The learning rate at a step: linear warm-up to `config.lr`, then a cosine to zero (Loshchilov and Hutter 2017)."""
    if step < config.warmup:
        return config.lr * (step + 1) / config.warmup
    return config.lr * (1 + math.cos(math.pi * (step - config.warmup) / (config.steps - config.warmup))) / 2


def evaluate(run: lablore.Run, network: Network, digits: Digits, step: int, pictures: bool) -> float:
    """Log loss (nats) and accuracy on the validation images, with pictures if asked; returns the loss."""
    logits = network.layers(digits.val)[-1]
    guess, truth = logits.argmax(1), digits.val_labels
    loss, accuracy = cross_entropy(logits, truth), float((guess == truth).mean())
    row: dict[str, object] = {"val/loss": loss, "val/acc": accuracy}
    if pictures:
        caption = f"{accuracy:.1%} right at step {step}"
        row["confusion"] = lablore.Image(confusion_matrix(truth, guess), caption)
        row["misread"] = lablore.Image(misread_digits(digits.val_pixels, truth, guess), caption)
    run.log(row, step=step)
    return loss


def train(run: lablore.Run, config: Config, seed: int) -> None:
    """Train to the last step. Raises FloatingPointError, after logging it, when the loss is no longer a number."""
    digits, rng = Digits(), np.random.default_rng(seed)
    network = Network([64] + [config.width] * (config.layers - 1) + [10], rng)
    optimizers: dict[str, type[Momentum] | type[Adam]] = {"sgd": Momentum, "adam": Adam}
    optimizer: Optimizer = optimizers[config.optimizer](network.theta.size)
    best = math.inf
    for step in range(config.steps):
        if step % EVAL_EVERY == 0:
            best = min(best, evaluate(run, network, digits, step, pictures=step % PICTURE_EVERY == 0))
        loss, lr = network.train_loss(*digits.batch(config.batch, rng)), rate(config, step)
        run.log({"train/loss": loss, "grad_norm": float(np.linalg.norm(network.gradient)), "lr": lr}, step=step)
        if not math.isfinite(loss):
            run.summary["diverged_at"] = step
            raise FloatingPointError(f"the loss is {loss} at step {step}")
        optimizer.step(network.theta, network.gradient, lr)
    final = evaluate(run, network, digits, config.steps, pictures=True)
    run.summary.update({"best": min(best, final), "final": final})


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--project", default="digits")
    words.add_argument("--name")
    words.add_argument("--group")
    words.add_argument("--tag", action="append", default=[])
    words.add_argument("--optimizer", choices=["sgd", "adam"], default="adam")
    words.add_argument("--lr", type=float, default=0.001)
    words.add_argument("--warmup", type=int, default=0, help="steps")
    words.add_argument("--steps", type=int, default=1200)
    words.add_argument("--batch", type=int, default=128)
    words.add_argument("--layers", type=int, default=10)
    words.add_argument("--width", type=int, default=256)
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    config = Config(given.optimizer, given.lr, given.warmup, given.steps, given.batch, given.layers, given.width)
    np.seterr(all="ignore")  # overflow is what some of these runs are about; the loss tells it
    run = lablore.init(given.project, given.name, config, given.tag, given.group, seed=given.seed)
    with run:
        train(run, config, given.seed)


if __name__ == "__main__":
    main()
