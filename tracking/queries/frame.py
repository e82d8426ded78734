"""Chart frames, version 1: one binary answer per chart, drawn by static/js/charts and frozen as it is in a published report.

Bytes 0-3 "LLF1", 4-7 the length H of the header (uint32, little-endian), H bytes of JSON padded with spaces to a multiple of 8,
then columns, each at a multiple of 8. docs/frame.md describes the header.
"""

import hashlib
import json
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.urls import reverse

from kit.rows import one_snapshot
from tracking.errors import TooManyPoints
from tracking.limits import CHART_WIDTH
from tracking.models import Heartbeat, Run
from tracking.queries.axis import STEP
from tracking.queries.curve import Curve, curves_of, curves_over
from tracking.queries.slot import label_of, slots_of

__all__ = ["MAGIC", "Drawing", "TooManyPoints", "frame_of", "frames_of", "pack_frame"]

MAGIC = b"LLF1"
_ANY = "uid-of-a-run"
_NONE = np.zeros(0)
_SMALLEST, _LARGEST = 1.2e-38, 3.4e38  # what float32 holds without losing the order of magnitude
_FINE = 1e-3  # values closer to each other than this, relatively, need float64 to be told apart in a chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How charts of some runs are to be drawn: `width` pixels wide, coloured by `group`, over `x` from `first` to `last`.

    x: "step", "relative" or "wall" (seconds, see queries.axis), else the name of a metric. Steps are whole numbers.
    matched: how many runs match what the charts are of, where that is more than are drawn.
    known: uid -> revision of runs whose rows the asker has, and no means: those still at it are named without their rows, and
    runs without the metric by uid and revision. None: nobody asks again, so neither is said.
    """

    width: int = 1000
    group: str = ""
    x: str = STEP
    first: float | None = None
    last: float | None = None
    matched: int | None = None
    known: Mapping[str, int] | None = None


def frame_of(runs: Sequence[Run], key: str, drawing: Drawing | None = None) -> bytes:
    """The frame of one metric of these runs."""
    return frames_of(runs, [key], drawing)[0]


def frames_of(runs: Sequence[Run], keys: Sequence[str], drawing: Drawing | None = None) -> list[bytes]:
    """A frame for each of these metrics of these runs, in their order; as many statements for all as for one.

    Reads run.project.team and run.config: load them with the runs (queries.run.runs_for_list). Runs without the metric are not
    in its frame; the header counts them as hidden. Raises TooManyPoints where `x` is not the step.
    """
    drawing = drawing or Drawing()
    ids = [run.pk for run in runs]
    with one_snapshot():
        revisions = dict(Heartbeat.objects.filter(run__in=ids).values_list("run_id", "revision"))
        same = {run.pk for run in runs if drawing.known and drawing.known.get(run.uid) == revisions.get(run.pk, 0)}
        curves = _curves([pk for pk in ids if pk not in same], keys, drawing)
        if same and any(curve.cells is not None for curve in curves.values()):  # means, on places that all runs share
            same, curves = set(), _curves(ids, keys, drawing)
    entries = _entries(runs, drawing.group, revisions)
    matched = len(runs) if drawing.matched is None else drawing.matched
    header = {"x": drawing.x, "revision": _revision(runs, revisions), "matched": matched}
    found = []
    for key in keys:
        without = {run.uid: revisions.get(run.pk, 0) for run in runs if run.pk not in same and (run.pk, key) not in curves}
        again = {} if drawing.known is None else {"without": without}
        found.append(_frame({"key": key, **header, **again}, [(entries[pk], pk in same, curves.get((pk, key))) for pk in ids]))
    return found


def _curves(ids: Sequence[int], keys: Sequence[str], drawing: Drawing) -> dict[tuple[int, str], Curve]:
    width, first, last = min(max(drawing.width, 1), CHART_WIDTH), drawing.first, drawing.last
    averaged = bool(drawing.group)
    if drawing.x != STEP:
        within = -math.inf if first is None else first, math.inf if last is None else last
        return curves_over(drawing.x, ids, keys, width=width, within=within, averaged=averaged)
    steps = [None if edge is None else int(edge) for edge in (first, last)]
    return curves_of(ids, keys, width=width, first=steps[0], last=steps[1], averaged=averaged)


def _frame(header: dict[str, Any], runs: Sequence[tuple[dict[str, Any], bool, Curve | None]]) -> bytes:
    """`runs`: the entry of each run, whether the asker has its rows, and its curve if it was read and has one."""
    told, curves = [], []
    offset = 0
    for entry, is_same, curve in runs:
        if is_same:
            told.append({**entry, "same": True})
        elif curve is not None:
            told.append({**entry, **_facts(curve), "offset": offset})
            curves.append(curve)
            offset += len(curve.steps)
    return pack_frame({**header, "hidden": max(header["matched"] - len(told), 0)}, _columns(curves), told)


def pack_frame(header: dict[str, Any], columns: dict[str, npt.NDArray[Any]], runs: list[dict[str, Any]]) -> bytes:
    """The bytes of a frame: `header` plus where each of `columns` lies, and `runs`."""
    places: dict[str, dict[str, Any]] = {}
    area: list[bytes | memoryview] = []
    size = 0
    for name, column in columns.items():
        places[name] = {"dtype": column.dtype.newbyteorder("<").str, "offset": size, "length": len(column)}
        padding = bytes(-column.nbytes % 8)
        area += [column.data, padding]  # copied once, by the join below
        size += column.nbytes + len(padding)
    text = json.dumps({**header, "columns": places, "runs": runs}, ensure_ascii=False, allow_nan=False).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([MAGIC, struct.pack("<I", len(text)), text, *area])


def _columns(curves: list[Curve]) -> dict[str, npt.NDArray[Any]]:
    steps = np.concatenate([_NONE, *(curve.steps for curve in curves)], dtype="<f8")
    values = np.concatenate([_NONE, *(curve.values for curve in curves)], dtype="<f8")
    columns = {"x": steps, "y": _narrow(values)}
    means = [curve.means for curve in curves if curve.means is not None]
    if curves and curves[0].cells is not None:
        columns |= {"cell": curves[0].cells.middles, "mean": _narrow(np.concatenate(means, dtype="<f8"))}
    return columns


def _narrow(values: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    return values.astype("<f4") if _fits_float32(values) else values


def _fits_float32(values: npt.NDArray[np.float64]) -> bool:
    """Of finite values and NaN."""
    sizes = np.abs(values)
    sizes[sizes == 0] = np.nan  # what fmin passes over; taking the others out would cost ten times as much
    low, high, smallest = (
        float(reduce(column, initial=np.nan))
        for reduce, column in ((np.fmin.reduce, values), (np.fmax.reduce, values), (np.fmin.reduce, sizes))
    )
    if math.isnan(smallest):
        return True
    largest, spread = max(-low, high), (high / 2 - low / 2) * 2
    return smallest >= _SMALLEST and largest <= _LARGEST and (spread == 0 or spread >= _FINE * largest)


def _entries(runs: Sequence[Run], group: str, revisions: dict[int, int]) -> dict[int, dict[str, Any]]:
    """run id -> what the frame of any metric says of the run."""
    slots, addresses = slots_of(runs, group), _addresses(runs)
    return {
        run.pk: {
            "uid": run.uid,
            "name": run.name,
            "state": run.state,
            "revision": revisions.get(run.pk, 0),
            "url": addresses[run.uid],
            "slot": slots[run.uid],
            "group": label_of(run, group),
        }
        for run in runs
    }


def _facts(curve: Curve) -> dict[str, Any]:
    bad = [{"step": mark.step, "kind": mark.kind, "last": list(mark.last) if mark.last else None} for mark in curve.bad]
    return {
        "length": len(curve.steps),
        "total": curve.total,
        "sampled": curve.sampled,
        "badTotal": curve.bad_total,
        "bad": bad,
    } | ({"unplaced": curve.unplaced} if curve.unplaced else {})


def _addresses(runs: Sequence[Run]) -> dict[str, str]:
    """uid -> address of the run's page. Django's reverse costs more than reading a short curve, so one call per project."""
    found: dict[str, str] = {}
    patterns: dict[int, tuple[str, str, str]] = {}
    for run in runs:
        if run.project_id not in patterns:
            team, project = run.project.team.slug, run.project.slug
            patterns[run.project_id] = reverse("tracking:run-detail", args=[team, project, _ANY]).rpartition(_ANY)
        head, _, tail = patterns[run.project_id]
        found[run.uid] = head + run.uid + tail
    return found


def _revision(runs: Sequence[Run], revisions: dict[int, int]) -> str:
    """Another text whenever a run of the frame has changed, or the set of runs."""
    text = " ".join(f"{run.uid}:{revisions.get(run.pk, 0)}:{run.state}" for run in runs)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
