"""Values of many runs side by side: arrays in, bytes out. See tracking.models.block."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tracking.limits import SETTING_LENGTH

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Ordering = float | str

Reading = tuple[int, float, float, float, float]
"""run, and what READINGS name; NaN for no reading"""
READINGS = ("last", "vmin", "vmax", "mean")
NO_WORD = 2**16 - 1
_LARGEST = float(np.finfo(np.float64).max)


@dataclass(frozen=True, slots=True)
class PackedMetrics:
    runs: bytes
    last: bytes = b""
    vmin: bytes = b""
    vmax: bytes = b""
    mean: bytes = b""


@dataclass(frozen=True, slots=True)
class PackedSettings:
    runs: bytes
    numbers: bytes = b""
    words: str = "[]"
    codes: bytes = b""


def metrics_renewed(old: PackedMetrics | None, touched: Ids, fresh: Sequence[Reading]) -> PackedMetrics:
    """`old` without the runs `touched`, with `fresh`."""
    new = np.array(fresh, dtype=np.float64).reshape(len(fresh), 1 + len(READINGS))
    runs, readings = np.array([row[0] for row in fresh], dtype=np.int64), new[:, 1:]
    if old is not None:
        before = ids_from(old.runs)
        stays = ~np.isin(before, touched)
        kept = np.stack([floats_from(column)[stays] for column in (getattr(old, name) for name in READINGS)], axis=1)
        runs, readings = np.concatenate([before[stays], runs]), np.concatenate([kept, readings])
    order = np.argsort(runs)
    columns = readings[order].astype("<f8")
    return PackedMetrics(runs[order].astype("<i8").tobytes(), *(columns[:, place].tobytes() for place in range(len(READINGS))))


def settings_renewed(old: PackedSettings | None, touched: Ids, fresh: Mapping[int, Ordering]) -> PackedSettings:
    """`old` without the runs `touched`, with `fresh`: run -> what `ordering_of` makes of its setting."""
    gone = set(touched.tolist())
    values = {} if old is None else {run: value for run, value in _unpacked(old) if run not in gone}
    values.update(fresh)
    runs = sorted(values)
    told = [values[run] for run in runs]
    words = sorted({value for value in told if isinstance(value, str)})
    places = {word: place for place, word in enumerate(words)}
    numbers = [math.nan if isinstance(value, str) else value for value in told]
    codes = [places[value] if isinstance(value, str) else NO_WORD for value in told] if words else []
    return PackedSettings(
        runs=np.array(runs, dtype="<i8").tobytes(),
        numbers=np.array(numbers, dtype="<f8").tobytes(),
        words=json.dumps(words, ensure_ascii=False),
        codes=np.array(codes, dtype="<u2").tobytes(),
    )


def _unpacked(packed: PackedSettings) -> Iterable[tuple[int, Ordering]]:
    words: list[str] = json.loads(packed.words)
    told: list[Ordering] = floats_from(packed.numbers).tolist()
    for place, code in enumerate(codes_from(packed.codes).tolist()):
        if code != NO_WORD:
            told[place] = words[code]
    return zip(ids_from(packed.runs).tolist(), told, strict=True)


def ordering_of(value: Any) -> Ordering | None:
    """What a setting is sorted by: numbers, then texts, then false and true, then the rest by its JSON; null has no place.

    A number counts as float64. A word's first letter tells its kind; of its text the first `SETTING_LENGTH` characters count.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return f"u{json.dumps(value)}"
    if isinstance(value, int | float):
        return float(min(max(value, -_LARGEST), _LARGEST))
    if isinstance(value, str):
        return f"t{value[:SETTING_LENGTH]}"
    return f"v{json.dumps(value, sort_keys=True, ensure_ascii=False)[:SETTING_LENGTH]}"


def ranked(blocks: Sequence[PackedSettings]) -> tuple[Ids, Floats]:
    """(runs, numbers that sort as their settings do)."""
    runs = np.concatenate([np.zeros(0, dtype=np.int64), *(ids_from(block.runs) for block in blocks)])
    numbers = np.concatenate([np.zeros(0), *(floats_from(block.numbers) for block in blocks)])
    lists = [json.loads(block.words) for block in blocks]
    if not any(lists):
        return runs, numbers
    words = sorted({word for told in lists for word in told})
    places = {word: place for place, word in enumerate(words)}
    # Numbers stand before words: each number becomes its place among the numbers, each word its own behind them.
    is_word = np.isnan(numbers)
    distinct, inverse = np.unique(numbers[~is_word], return_inverse=True)
    ranks = np.empty(len(numbers))
    ranks[~is_word] = inverse
    ranks[is_word] = np.concatenate([_places(block, told, places) for block, told in zip(blocks, lists, strict=True)]) + len(
        distinct
    )
    return runs, ranks


def _places(block: PackedSettings, words: Sequence[str], places: Mapping[str, int]) -> Ids:
    codes = codes_from(block.codes)
    found: Ids = np.array([places[word] for word in words], dtype=np.int64)[codes[codes != NO_WORD]]
    return found


def ids_from(packed: bytes) -> Ids:
    return np.frombuffer(packed, dtype="<i8")


def floats_from(packed: bytes) -> Floats:
    return np.frombuffer(packed, dtype="<f8")


def codes_from(packed: bytes) -> npt.NDArray[np.uint16]:
    return np.frombuffer(packed, dtype="<u2")
