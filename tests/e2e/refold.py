"""Run as a program with a stack's environment: compares what it stores of some runs with a fold from scratch.

`python -m tests.e2e.refold UID …` prints JSON: `complaints`, one sentence each, and how many points and batches there are.
"""

import json
import os
import sys
from collections.abc import Iterator

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from django.db.models import Sum  # noqa: E402 - Django first

from kit.rows import rows_of  # noqa: E402
from tracking.columns.body import unpack_body  # noqa: E402
from tracking.columns.chunk import pack_chunk  # noqa: E402
from tracking.columns.points import Points, joined, split  # noqa: E402
from tracking.columns.summary import summary_of  # noqa: E402
from tracking.models import Chunk, Payload, Run  # noqa: E402
from tracking.queries.history import history_of  # noqa: E402
from tracking.queries.stored import StoredSeries, stored_series  # noqa: E402
from tracking.queries.stretch import Range  # noqa: E402


def points_of(run: Run, key: str) -> Points:
    """The whole history of a metric."""
    parts, within = [], Range()
    while (page := history_of(run, key, within)) is not None:
        parts.append(page.points)
        if page.next is None:
            break
        within = Range(first=page.next)
    return joined(parts)


def complaints(run: Run, series: StoredSeries) -> Iterator[str]:
    """What of a series is not as all its points, folded at once, would make it."""
    winners, superseded = split(points_of(run, series.key))
    afresh = summary_of(winners).with_superseded(len(superseded))
    if repr(afresh) != repr(series.summary):  # by repr, -0.0 is not 0.0
        yield f"{series.key}: the stored summary {series.summary} is not {afresh}"
    end = None
    for chunk in Chunk.objects.filter(run=run, series_no=series.no).order_by("start_step"):
        packed = pack_chunk(unpack_body(bytes(chunk.body)))
        stored = [bytes(level) for level in (chunk.marks, chunk.l16, chunk.l128, chunk.l1024)]
        if (chunk.start_step, stored) != (packed.start, [packed.marks, *packed.levels]):
            yield f"{series.key}: the pyramid of the chunk from {chunk.start_step} is not that of its points"
        if end is not None and chunk.start_step <= end:
            yield f"{series.key}: two chunks hold step {chunk.start_step}"
        end = chunk.end_step


def main(uids: list[str]) -> None:
    found, points, batches = [], 0, 0
    for run in Run.objects.filter(uid__in=uids):
        stored = stored_series([run.pk])
        kept = sum(series.summary.n + series.summary.superseded for series in stored)
        ledger = run.batches.aggregate(points=Sum("points"))["points"]
        if kept != ledger:
            found.append(f"{run.uid}: {kept} points are stored, {ledger} were acknowledged")
        if waiting := Payload.objects.filter(run=run).count():
            found.append(f"{run.uid}: {waiting} batches wait for their fold")
        found += [f"{run.uid}: {what}" for series in stored for what in complaints(run, series)]
        points, batches = points + kept, batches + run.batches.count()
    conflicts = rows_of("SELECT count(*) FROM tracking_conflict")[0][0]
    if conflicts:
        found.append(f"{conflicts} batches came with other content under a known name")
    print(json.dumps({"complaints": found, "points": points, "batches": batches}))


if __name__ == "__main__":
    main(sys.argv[1:])
