"""Chart frames, version 1: one binary answer per chart, drawn by static/js/charts and frozen as it is in a published report.

Bytes 0-3 "LLF1", 4-7 the length H of the header (uint32, little-endian), H bytes of JSON padded with spaces to a multiple of 8,
then columns, each at a multiple of 8. docs/frame.md describes the header.
"""

import hashlib
import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from django.urls import reverse

from kit.rows import one_snapshot
from tracking.limits import CHART_WIDTH
from tracking.models import Heartbeat, Run
from tracking.queries.curve import Curve, curves_of
from tracking.queries.slot import label_of, slots_of

MAGIC = b"LLF1"
_ANY = "uid-of-a-run"
_SMALLEST, _LARGEST = 1.2e-38, 3.4e38  # what float32 holds without losing the order of magnitude
_FINE = 1e-3  # values closer to each other than this, relatively, need float64 to be told apart in a chart


def frame_of(  # noqa: PLR0913 - a chart's address has as many words
    runs: Sequence[Run],
    key: str,
    *,
    width: int = 1000,
    group: str = "",
    first: int | None = None,
    last: int | None = None,
    matched: int | None = None,
) -> bytes:
    """The frame of one metric of these runs, in their order, `width` pixels wide, between the steps `first` and `last`.

    Reads run.project.team and run.config: load them with the runs (queries.run.runs_for_list). Runs without the metric are not
    in the frame; its header counts them as hidden.
    """
    ids = [run.pk for run in runs]
    with one_snapshot():
        revisions = dict(Heartbeat.objects.filter(run__in=ids).values_list("run_id", "revision"))
        curves = curves_of(ids, key, width=min(max(width, 1), CHART_WIDTH), first=first, last=last)
    drawn = [run for run in runs if run.pk in curves]
    slots = slots_of(runs, group)
    columns = _columns([curves[run.pk] for run in drawn])
    offset, entries = 0, []
    addresses = _addresses(drawn)
    for run in drawn:
        entries.append(
            {
                **_entry(run, curves[run.pk]),
                "revision": revisions.get(run.pk, 0),
                "url": addresses[run.uid],
                "slot": slots[run.uid],
                "group": label_of(run, group),
                "offset": offset,
            }
        )
        offset += len(curves[run.pk].steps)
    matched = len(runs) if matched is None else matched
    return pack_frame(
        {
            "key": key,
            "x": "step",
            "revision": _revision(runs, revisions),
            "matched": matched,
            "hidden": max(matched - len(drawn), 0),
        },
        columns,
        entries,
    )


def pack_frame(header: dict[str, Any], columns: dict[str, npt.NDArray[Any]], runs: list[dict[str, Any]]) -> bytes:
    """The bytes of a frame: `header` plus where each of `columns` lies, and `runs`."""
    places: dict[str, dict[str, Any]] = {}
    area = bytearray()
    for name, column in columns.items():
        places[name] = {"dtype": column.dtype.newbyteorder("<").str, "offset": len(area), "length": len(column)}
        area += column.tobytes()
        area += bytes(-len(area) % 8)
    text = json.dumps({**header, "columns": places, "runs": runs}, ensure_ascii=False, allow_nan=False).encode()
    text += b" " * (-len(text) % 8)
    return MAGIC + struct.pack("<I", len(text)) + text + bytes(area)


def _columns(curves: list[Curve]) -> dict[str, npt.NDArray[Any]]:
    steps = np.concatenate([curve.steps for curve in curves]) if curves else np.zeros(0, dtype=np.int64)
    values = np.concatenate([curve.values for curve in curves]) if curves else np.zeros(0)
    return {"x": steps.astype("<f8"), "y": values.astype("<f4" if _fits_float32(values) else "<f8")}


def _fits_float32(values: npt.NDArray[np.float64]) -> bool:
    finite = values[np.isfinite(values)]
    sizes = np.abs(finite[finite != 0])
    if not len(sizes):
        return True
    largest = float(sizes.max())
    spread = float(finite.max() / 2 - finite.min() / 2) * 2
    return float(sizes.min()) >= _SMALLEST and largest <= _LARGEST and (spread == 0 or spread >= _FINE * largest)


def _entry(run: Run, curve: Curve) -> dict[str, Any]:
    bad = [{"step": mark.step, "kind": mark.kind, "last": list(mark.last) if mark.last else None} for mark in curve.bad]
    return {
        "uid": run.uid,
        "name": run.name,
        "state": run.state,
        "length": len(curve.steps),
        "total": curve.total,
        "sampled": curve.sampled,
        "badTotal": curve.bad_total,
        "bad": bad,
    }


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
