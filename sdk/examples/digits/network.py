"""A plain deep network in NumPy: ReLU layers without normalisation, and two optimisers."""

import math
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Whole = NDArray[np.intp]


class Network:
    """Layers of sizes[0] inputs, …, sizes[-1] classes, He-initialised (He et al. 2015).

    All weights and biases are views of one vector `theta`, float32, so that an optimiser is a few lines.
    """

    def __init__(self, sizes: list[int], rng: np.random.Generator) -> None:
        pairs = list(pairwise(sizes))
        self.theta = np.zeros(sum(a * b + b for a, b in pairs), np.float32)
        self.weights, self.biases = _views(self.theta, pairs)
        self.gradient = np.zeros_like(self.theta)
        self._d_weights, self._d_biases = _views(self.gradient, pairs)
        for weight, (inputs, _) in zip(self.weights, pairs, strict=True):
            weight[:] = rng.normal(scale=np.sqrt(2 / inputs), size=weight.shape)

    def layers(self, x: Floats) -> list[Floats]:
        """The input (n, sizes[0]), every layer's output after ReLU, and the logits (n, classes)."""
        outputs = [x]
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            outputs.append(np.maximum(outputs[-1] @ weight + bias, 0))
        outputs.append(outputs[-1] @ self.weights[-1] + self.biases[-1])
        return outputs

    def train_loss(self, x: Floats, labels: Whole) -> float:
        """Mean cross-entropy in nats; leaves its gradient in `self.gradient`, a vector like `theta`."""
        outputs = self.layers(x)
        rows = np.arange(len(labels))
        error = probabilities(outputs[-1])
        loss = cross_entropy(outputs[-1], labels)
        error[rows, labels] -= 1
        error /= len(labels)
        for k in range(len(self.weights) - 1, -1, -1):
            np.matmul(outputs[k].T, error, out=self._d_weights[k])
            np.sum(error, axis=0, out=self._d_biases[k])
            if k:
                error = (error @ self.weights[k].T) * (outputs[k] > 0)
        return loss


def _views(vector: Floats, pairs: list[tuple[int, int]]) -> tuple[list[Floats], list[Floats]]:
    weights, biases, at = [], [], 0
    for inputs, outputs in pairs:
        weights.append(vector[at : at + inputs * outputs].reshape(inputs, outputs))
        at += inputs * outputs
        biases.append(vector[at : at + outputs])
        at += outputs
    return weights, biases


def probabilities(logits: Floats) -> Floats:
    """Softmax of each row."""
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True), np.float32)


def cross_entropy(logits: Floats, labels: Whole) -> float:
    """Mean of -log softmax(logits)[label], in nats; infinite or NaN when the logits are."""
    shifted = logits - logits.max(1, keepdims=True)
    return float((np.log(np.exp(shifted).sum(1)) - shifted[np.arange(len(labels)), labels]).mean())


class Optimizer(Protocol):
    def step(self, theta: Floats, gradient: Floats, lr: float) -> None: ...


class Momentum:
    """Stochastic gradient descent with heavy-ball momentum (Polyak 1964)."""

    def __init__(self, size: int, momentum: float = 0.9) -> None:
        self.momentum = np.float32(momentum)
        self.velocity = np.zeros(size, np.float32)
        self._move = np.empty(size, np.float32)

    def step(self, theta: Floats, gradient: Floats, lr: float) -> None:
        """Move `theta` in place by one step."""
        self.velocity *= self.momentum
        self.velocity += gradient
        theta -= np.multiply(self.velocity, np.float32(lr), out=self._move)


class Adam:
    """Adam with bias correction (Kingma and Ba 2015)."""

    def __init__(self, size: int, beta1: float = 0.9, beta2: float = 0.999) -> None:
        self.beta1, self.beta2, self.count = beta1, beta2, 0
        self.mean = np.zeros(size, np.float32)
        self.square = np.zeros(size, np.float32)
        self._move = np.empty(size, np.float32)  # reused: asking the system for megabytes each step costs more than the sums

    def step(self, theta: Floats, gradient: Floats, lr: float) -> None:
        """Move `theta` in place by one step."""
        self.count += 1
        move = self._move
        self.mean *= np.float32(self.beta1)
        self.mean += np.multiply(gradient, np.float32(1 - self.beta1), out=move)
        self.square *= np.float32(self.beta2)
        np.multiply(gradient, gradient, out=move)
        self.square += np.multiply(move, np.float32(1 - self.beta2), out=move)
        np.sqrt(self.square, out=move)
        move *= np.float32(1 / math.sqrt(1 - self.beta2**self.count))
        move += np.float32(1e-8)
        np.divide(self.mean, move, out=move)
        move *= np.float32(lr / (1 - self.beta1**self.count))
        theta -= move
