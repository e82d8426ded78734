"""Exact points as CSV, streamed part by part: NaN is nan, infinities are inf and -inf."""

import csv
import io
from collections.abc import Iterator, Sequence

from tracking.columns.points import Points
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
    for start in range(0, len(points), _LINES):
        part = points.take(slice(start, start + _LINES))
        columns = part.steps.tolist(), part.times.tolist(), part.values.tolist(), part.writers.tolist()
        yield csv_text([(*before, *numbers, part.names[writer]) for *numbers, writer in zip(*columns, strict=True)])


def csv_text(rows: Sequence[Sequence[object]]) -> str:
    """The rows as lines of CSV, the one way all of ours are written."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()
