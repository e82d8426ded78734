"""What becomes what."""

import argparse
import dataclasses
import enum
import struct
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lablore._values import key_problem, number, plain, plain_map, step_number


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


@dataclasses.dataclass
class Optimiser:
    name: str
    lr: float


class Tensor:
    """A 0-d tensor as torch has it, as far as the SDK can see."""

    def __init__(self, value: object) -> None:
        self._value = value

    def item(self) -> object:
        if isinstance(self._value, Exception):
            raise self._value
        return self._value


class Scalar:
    """A number of some framework."""

    def __float__(self) -> float:
        return 2.5


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (1, 1),
        (True, 1),
        (-0.5, -0.5),
        (2**63 - 1, 2**63 - 1),
        (2**64, float(2**64)),
        (Level.LOW, 1),
        (Decimal("0.1"), 0.1),
        (Fraction(1, 4), 0.25),
        (np.float16(0.5), 0.5),
        (np.float32(0.1), float(np.float32(0.1))),
        (np.float64(0.1), 0.1),
        (np.int8(-3), -3),
        (np.uint64(2**64 - 1), float(2**64 - 1)),
        (np.bool_(True), 1),
        (np.array(3.5), 3.5),
        (np.array([[3.5]]), 3.5),
        (Tensor(0.25), 0.25),
        (Tensor(7), 7),
        (Scalar(), 2.5),
    ],
)
def test_numbers_of_every_kind(value: object, stored: float) -> None:
    found = number(value)
    assert found == stored
    assert type(found) in (int, float)


@pytest.mark.parametrize(
    "value",
    ["0.5", b"1", None, 1j, np.array([1.0, 2.0]), np.datetime64("2026-11-22"), np.str_("1"), Tensor(RuntimeError("boom")),
     10**400, [1], object(), Tensor("1"), Tensor(None)],
)  # fmt: skip
def test_what_is_no_number(value: object) -> None:
    assert number(value) is None


@pytest.mark.parametrize("bits", [0x7FF8000000000000, 0xFFF8000000000001, 0x8000000000000000, 0x7FF0000000000000, 1])
def test_float64_keeps_its_bits(bits: int) -> None:
    value = struct.unpack("<d", struct.pack("<Q", bits))[0]
    for kind in (float, np.float64, np.array, Tensor):
        assert struct.pack("<d", number(kind(value))) == struct.pack("<Q", bits)


@pytest.mark.parametrize(
    ("step", "whole"),
    [
        (3, 3),
        (-7, -7),
        (True, 1),
        (np.int32(5), 5),
        (3.0, 3),
        (np.float32(4.0), 4),
        (2**63 - 1, 2**63 - 1),
        (-(2**63), -(2**63)),
    ],
)
def test_steps(step: object, whole: int) -> None:
    assert step_number(step) == whole


@pytest.mark.parametrize("step", ["3", 2.5, float("nan"), float("inf"), 2**63, -(2**63) - 1, None, [1], 1e300])
def test_what_is_no_step(step: object) -> None:
    assert step_number(step) is None


@pytest.mark.parametrize("key", ["loss", "train/loss", "été", "損失", "a b", "x" * 200])
def test_names(key: str) -> None:
    assert key_problem(key) == ""


@pytest.mark.parametrize("key", ["", "x" * 201, "a\nb", "a\x00", "\ud800", "\x9f"])
def test_what_is_no_name(key: str) -> None:
    assert key_problem(key) != ""


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ({"lr": 3e-4, "layers": (1, 2)}, {"lr": 3e-4, "layers": [1, 2]}),
        ({1: {"deep": {"er": None}}}, {"1": {"deep": {"er": None}}}),
        (argparse.Namespace(lr=0.1, path=Path("data")), {"lr": 0.1, "path": "data"}),
        (Optimiser("adam", 0.1), {"name": "adam", "lr": 0.1}),
        ([("a", 1), ("b", 2)], {"a": 1, "b": 2}),
        ({"c": Colour.RED, "l": Level.LOW, "b": True}, {"c": "red", "l": 1, "b": True}),
        ({"n": float("nan"), "i": float("inf"), "z": -0.0}, {"n": "NaN", "i": "Infinity", "z": -0.0}),
        ([("m", float("-inf"))], {"m": "-Infinity"}),
        ({"big": 10**30, "np": np.float32(0.5), "array": np.arange(3)}, {"big": str(10**30), "np": 0.5, "array": [0, 1, 2]}),
        ({"nul": "a\x00b", "half": "\ud83d", "set": {"b", "a"}}, {"nul": "a\ufffdb", "half": "\ufffd", "set": ["a", "b"]}),
        ({"type": int}, {"type": "<class 'int'>"}),
    ],
)  # fmt: skip
def test_config(value: Any, stored: dict[str, Any]) -> None:
    assert plain_map(value) == stored


def test_a_large_array_in_config_is_told_not_listed() -> None:
    assert isinstance(plain({"x": np.zeros(1001)})["x"], str)


def test_what_is_no_config() -> None:
    with pytest.raises(TypeError):
        plain_map(3)
    endless: dict[str, Any] = {}
    endless["self"] = endless
    with pytest.raises(ValueError, match="deeper than 32"):
        plain(endless)
