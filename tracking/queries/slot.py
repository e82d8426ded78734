"""Colours of runs in a set: by group when the set is coloured by one, else by position."""

import re
from collections.abc import Sequence

from tracking.models import Run
from tracking.queries.config import value_at
from tracking.queries.run_listed import ListedRun

SLOTS = 24  # 8 hues x 3 strokes: solid, dashed, dotted


def label_of(run: Run | ListedRun, group: str) -> str | None:
    """What `run` is called under `group`: "group", "seed", "state", "job_type" or "config.<dotted key>"; else None.

    A word stands for itself, a number with what it is of: "adam", "warmup 200".
    """
    if group in {"group", "seed", "state", "job_type"}:
        value = getattr(run, group)
    elif group.startswith("config."):
        value = value_at(run.config, group.removeprefix("config."))
    else:
        return None
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else f"{group.rpartition('.')[2]} {value}"


def slots_of(runs: Sequence[Run | ListedRun], group: str = "") -> dict[str, int]:
    """uid -> colour 1-24. Runs of one label share a colour; without a label each run has its own, in the order given.

    Labels have their colours in their own order, 2 before 10, so that charts of the same labels agree.
    """
    labels = {run.uid: label_of(run, group) if group else None for run in runs}
    named = sorted({label for label in labels.values() if label is not None}, key=_in_order)
    colours = {f"group {label}": place for place, label in enumerate(named)}
    slots: dict[str, int] = {}
    for uid, label in labels.items():
        key = f"group {label}" if label is not None else f"run {uid}"
        slots[uid] = colours.setdefault(key, len(colours)) % SLOTS + 1
    return slots


def _in_order(label: str) -> list[tuple[int, float, str]]:
    """Words by their letters, numbers in them by their size."""
    parts = re.split(r"(\d+(?:\.\d+)?(?:e-?\d+)?)", label)
    return [(0, float(part), "") if i % 2 else (1, 0.0, part) for i, part in enumerate(parts)]
