"""Exact points as CSV, streamed run by run."""

import csv
import io
from collections.abc import Iterator, Sequence

from tracking.columns.points import Points
from tracking.models import Run
from tracking.queries.history import history_of

COLUMNS = ("run", "uid", "step", "time_ms", "value", "writer")
_LINES = 2_000  # per piece of text
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def frame_csv(runs: Sequence[Run], key: str) -> Iterator[str]:
    """The points that count of one metric of these runs, all of them and exact: NaN is nan, infinities are inf and -inf."""
    yield _text([COLUMNS])
    for run in runs:
        history = history_of(run, key)
        if history is not None:
            yield from _of_run(run, history.counting)


def _of_run(run: Run, points: Points) -> Iterator[str]:
    name = plain(run.name)
    for start in range(0, len(points), _LINES):
        part = points.take(slice(start, start + _LINES))
        columns = part.steps.tolist(), part.times.tolist(), part.values.tolist(), part.writers.tolist()
        yield _text([(name, run.uid, *numbers, part.names[writer]) for *numbers, writer in zip(*columns, strict=True)])


def plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _text(rows: Sequence[Sequence[object]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()
