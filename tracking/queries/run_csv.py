"""All metrics of a run as one CSV, streamed metric by metric."""

import csv
import io
from collections.abc import Iterator, Sequence

from tracking.columns.points import Points
from tracking.models import Run
from tracking.queries.history import history_of
from tracking.queries.points_csv import plain
from tracking.queries.series import series_of

COLUMNS = ("key", "step", "time_ms", "value", "writer")
_LINES = 2_000  # per piece of text


def history_csv(run: Run) -> Iterator[str]:
    """The points that count of every metric, exact: NaN is nan, infinities are inf and -inf. No key is taken for a formula."""
    yield _text([COLUMNS])
    for line in series_of(run):
        history = history_of(run, line.key)
        if history is not None:
            yield from _of_key(plain(line.key), history.counting)


def _of_key(key: str, points: Points) -> Iterator[str]:
    for start in range(0, len(points), _LINES):
        part = points.take(slice(start, start + _LINES))
        columns = part.steps.tolist(), part.times.tolist(), part.values.tolist(), part.writers.tolist()
        yield _text([(key, *numbers, part.names[writer]) for *numbers, writer in zip(*columns, strict=True)])


def _text(rows: Sequence[Sequence[object]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()
