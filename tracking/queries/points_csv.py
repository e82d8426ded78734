"""Exact points as CSV, streamed part by part. A value is the shortest text that reads back equal, or nan, inf, -inf."""

import csv
import io
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from tracking.columns.points import Floats, Points
from tracking.models import Project, Run
from tracking.queries.export import project_parts, run_parts
from tracking.queries.history import counting_points

POINT = ("step", "time_ms", "value", "writer")
_LINES = 2_000  # per piece of text
# What a spreadsheet takes for the beginning of a formula, in half and full width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def frame_csv(runs: Sequence[Run], key: str) -> Iterator[str]:
    """The points that count of one metric of these runs, all of them and exact."""
    yield csv_text([("run", "uid", *POINT)])
    for run in runs:
        for points in counting_points(run, key):
            yield from _lines(points, (plain(run.name), run.uid))


def run_csv(run: Run) -> Iterator[str]:
    """The points that count of every metric of a run, exact. No key is taken for a formula."""
    yield csv_text([("key", *POINT)])
    for part in run_parts(run):
        yield from _lines(part.points, (plain(part.key),))


def project_csv(project: Project) -> Iterator[str]:
    """The points that count of every metric of every run, exact."""
    yield csv_text([("run", "uid", "key", *POINT)])
    for part in project_parts(project):
        yield from _lines(part.points, (plain(part.run.name), part.run.uid, plain(part.key)))


def plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _lines(points: Points, before: tuple[str, ...]) -> Iterator[str]:
    """Lines of a metric's points; each begins with the words `before`."""
    begin = csv_text([(*before, "")])[:-1]
    for start in range(0, len(points), _LINES):
        part = points.take(slice(start, start + _LINES))
        columns = part.steps.tolist(), part.times.tolist(), _texts(part.values), part.writers.tolist()
        names = part.names  # of writers: letters and digits, which need no quotes
        rows = zip(*columns, strict=True)
        yield "".join([f"{begin}{step},{time},{value},{names[writer]}\n" for step, time, value, writer in rows])


def _texts(values: Floats) -> list[str]:
    """The shortest text of each value that reads back equal: JSON's, because msgspec writes it ten times faster than repr."""
    texts = msgspec.json.encode(values.tolist()).decode()[1:-1].split(",")
    for i in np.flatnonzero(~np.isfinite(values)).tolist():
        texts[i] = str(values[i])
    return texts


def csv_text(rows: Sequence[Sequence[object]]) -> str:
    """The rows as lines of CSV, the one way all of ours are written."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()
