"""Where a curve has NaN or infinities, and the last finite point before each: what a chart marks instead of hiding it."""

import numpy as np
import numpy.typing as npt

from tracking.columns.points import Floats, Ints
from tracking.limits import MARKS_SHOWN

Marks = npt.NDArray[np.void]

MARK = np.dtype([("step", "<i8"), ("kind", "u1"), ("has_last", "u1"), ("last_step", "<i8"), ("last", "<f8")])
KINDS = ("nan", "inf", "-inf")


def marks_of(steps: Ints, values: Floats) -> Marks:
    """The first 20 of the non-finite values; has_last is 0 where none of these points before it is finite."""
    bad = ~np.isfinite(values)
    at = np.flatnonzero(bad)[:MARKS_SHOWN]
    marks = np.zeros(len(at), dtype=MARK)
    if not len(at):
        return marks
    marks["step"] = steps[at]
    marks["kind"] = np.where(np.isnan(values[at]), 0, np.where(values[at] > 0, 1, 2))
    good = np.flatnonzero(~bad)
    before = np.searchsorted(good, at) - 1
    has = before >= 0
    marks["has_last"] = has
    marks["last_step"][has] = steps[good[before[has]]]
    marks["last"][has] = values[good[before[has]]]
    return marks
