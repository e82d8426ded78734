"""Exact points as Parquet, row group by row group.

Steps and times are packed as differences, values with their bytes split (docs/decisions/0003 has the figures). Values have no
dictionary: it would take all NaN for one.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from tracking.columns.points import joined
from tracking.queries.export import Part
from tracking.queries.history import AT_ONCE

_TEXTS = ("run_uid", "run_name", "key", "writer")
_ENCODINGS = {"step": "DELTA_BINARY_PACKED", "time": "DELTA_BINARY_PACKED", "value": "BYTE_STREAM_SPLIT"}
_PIECE = 256 * 1024  # bytes handed over at once: what a slow client has to read in time, see kit/buffered.py


def parquet(parts: Iterable[Part]) -> Iterator[bytes]:
    """The file of these parts.

    Columns: run_uid, run_name, key (text), step int64, time timestamp[ms, UTC], value float64, writer (text). Rows are in the
    order of the parts; a row group has about AT_ONCE of them.
    """
    file = _File()
    for group in _row_groups(parts):
        yield from file.with_rows(group)
    yield from file.ended()


def _row_groups(parts: Iterable[Part]) -> Iterator[list[Part]]:
    group: list[Part] = []
    rows = 0
    for part in parts:
        if group and rows + len(part.points) > AT_ONCE:
            yield group
            group, rows = [], 0
        group.append(part)
        rows += len(part.points)
    if group:
        yield group


class _File:
    """A Parquet file of which only what was not handed over yet is in memory."""

    def __init__(self) -> None:
        # Of 166 MB on disk, 54 MB of memory: a server that exports nothing does not pay for it.
        import pyarrow.parquet  # noqa: PLC0415

        self._arrow: Any = pyarrow
        self._out = _Out()
        text = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
        types = dict.fromkeys(_TEXTS, text) | {"step": pyarrow.int64(), "value": pyarrow.float64()}
        types["time"] = self._time = pyarrow.timestamp("ms", tz="UTC")
        names = ("run_uid", "run_name", "key", "step", "time", "value", "writer")
        self._schema = pyarrow.schema([pyarrow.field(name, types[name], nullable=False) for name in names])
        self._writer = pyarrow.parquet.ParquetWriter(
            self._out, self._schema, compression="zstd", use_dictionary=list(_TEXTS), column_encoding=_ENCODINGS
        )

    def with_rows(self, group: Sequence[Part]) -> Iterator[bytes]:
        """One row group more."""
        counts = [len(part.points) for part in group]
        points = joined([part.points for part in group])
        columns = [
            self._texts([part.run.uid for part in group], counts),
            self._texts([part.run.name for part in group], counts),
            self._texts([part.key for part in group], counts),
            self._arrow.array(points.steps),
            self._arrow.array(points.times).view(self._time),
            self._arrow.array(points.values),
            self._arrow.DictionaryArray.from_arrays(points.writers.astype(np.int32), list(points.names)),
        ]
        batch = self._arrow.record_batch(columns, schema=self._schema)
        self._writer.write_batch(batch, row_group_size=max(len(points), 1))
        yield from self._out.taken()

    def ended(self) -> Iterator[bytes]:
        """What stands at the end of the file."""
        self._writer.close()
        yield from self._out.taken()

    def _texts(self, texts: Sequence[str], counts: Sequence[int]) -> Any:
        """Each of the texts as often as `counts` says."""
        place = {text: i for i, text in enumerate(dict.fromkeys(texts))}
        index = np.repeat(np.array([place[text] for text in texts], dtype=np.int32), counts)
        return self._arrow.DictionaryArray.from_arrays(index, list(place))


class _Out:
    """The file that pyarrow writes to."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True

    def taken(self) -> Iterator[bytes]:
        """What was written since it was last taken."""
        whole, self._parts = b"".join(self._parts), []
        for start in range(0, len(whole), _PIECE):
            yield whole[start : start + _PIECE]
