"""Sums of floats without rounding, so that a mean does not depend on the order in which points arrived.

A sum is a whole number of units of 2^-1126 while we add, and a non-overlapping expansion of floats when stored: the exact value
as float(total), float(total - first), … (Shewchuk 1997, "Adaptive precision floating-point arithmetic"). Largest first and each
the nearest float, the expansion is unique: equal sums are stored equally.
"""

import math
import sys
from collections.abc import Iterable, Sequence

import numpy as np

from tracking.columns.points import Floats

# 1074 makes the smallest subnormal whole; 52 more keep the 53-bit mantissa that frexp gives it whole too.
UNIT = 1126
_LEAST_EXPONENT = -1073
_LOW_BITS = 26
_FEW = 256  # so many are added one by one in less time than arrays take to be set up


def expansion_of_sum(values: Floats) -> tuple[float, ...]:
    """The unique expansion of the exact sum of at most 2^26 finite float64."""
    return expansion_of_few(values.tolist()) if len(values) <= _FEW else expansion_of(exact_sum(values))


def exact_sum(values: Floats) -> int:
    """The sum of at most 2^26 finite float64, in units of 2^-1126.

    Mantissas are added per exponent, in two halves of at most 27 bits whose sums a float64 holds exactly.
    """
    if not len(values):
        return 0
    fractions, exponents = np.frexp(values)
    mantissas = np.ldexp(fractions, 53).astype(np.int64)
    least = int(exponents.min())
    places = exponents - least
    high = np.bincount(places, weights=mantissas >> _LOW_BITS)
    low = np.bincount(places, weights=mantissas & ((1 << _LOW_BITS) - 1))
    total = 0
    for place in np.flatnonzero((high != 0) | (low != 0)).tolist():
        total += ((int(high[place]) << _LOW_BITS) + int(low[place])) << place
    return total << (least - _LEAST_EXPONENT)


def expansion_of(total: int) -> tuple[float, ...]:
    """The unique expansion of an exact sum; () for zero."""
    parts: list[float] = []
    while total:
        part = _nearest(total)
        parts.append(part)
        total -= _whole(part)
    return tuple(parts)


def expansion_of_few(values: Sequence[float]) -> tuple[float, ...]:
    """The same of the sum of finite values, or of expansions one after the other: in C, which pays for up to some hundred."""
    rest, parts = list(values), []
    try:
        while part := math.fsum(rest):  # the nearest float, as `_nearest` finds it
            parts.append(part)
            rest.append(-part)
    except OverflowError:
        return expansion_of(total_of(values))
    return tuple(parts)


def total_of(expansion: Iterable[float]) -> int:
    """The exact sum an expansion stands for."""
    return sum(_whole(part) for part in expansion)


def mean_of(total: int, n: int) -> float:
    """total / n, rounded once."""
    return total / (n << UNIT)


def _nearest(total: int) -> float:
    try:
        return total / (1 << UNIT)
    except OverflowError:
        return sys.float_info.max if total > 0 else -sys.float_info.max


def _whole(value: float) -> int:
    numerator, denominator = value.as_integer_ratio()
    return numerator << (UNIT - denominator.bit_length() + 1)
