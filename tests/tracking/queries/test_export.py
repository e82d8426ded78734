"""Exports hold every point that counts, bit by bit (promise D6), and read them part by part."""

import io
import struct

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.factories.batch import batch_of, line
from tests.factories.tracking import log_metrics, make_run
from tests.tracking.queries.test_history import SPECIAL, columns_of, log_in_disorder, send_bits
from tracking.aggregates.fold import fold_run
from tracking.ingest.accept import accept_batch
from tracking.models import Project, Run
from tracking.queries.export import project_parts, run_parts
from tracking.queries.history import AT_ONCE, history_of
from tracking.queries.points_csv import project_csv, run_csv
from tracking.queries.points_parquet import parquet


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob, "first")


def file_of(run: Run) -> bytes:
    return b"".join(parquet(run_parts(run)))


def table_of(file: bytes) -> pa.Table:
    return pq.read_table(io.BytesIO(file))


@pytest.mark.parametrize("times", [1, 10])  # below and above what is packed
def test_every_bit_pattern_survives_parquet(run: Run, times: int) -> None:
    send_bits(run, SPECIAL * times)
    for _ in range(2):  # waiting, then folded
        values = table_of(file_of(run))["value"].to_numpy()
        assert values.view(np.uint64).tolist() == SPECIAL * times
        fold_run(run.pk)


def test_every_step_and_time_survives_parquet(run: Run) -> None:
    steps = np.array([-(2**63), -1, 0, 2**53 + 1, 2**63 - 1], dtype="<i8")
    times = np.array([0, 1, 2**40, 253_402_300_799_999, 7], dtype="<i8")
    group = [["loss"], b"", steps.tobytes(), times.tobytes(), struct.pack("<5d", *range(5))]
    accept_batch(run, "w", 0, codec="", body=msgspec.msgpack.encode({"v": 1, "groups": [group], "updates": []}))
    table = table_of(file_of(run))
    assert table["step"].to_numpy().tolist() == steps.tolist()
    assert table["time"].cast(pa.int64()).to_numpy().tolist() == times.tolist()
    assert table.schema.field("time").type == pa.timestamp("ms", tz="UTC")


def test_csv_and_parquet_hold_the_points_that_count(run: Run) -> None:
    log_in_disorder(run)
    log_metrics(run, {"acc": [0.5, 0.25]}, seq=3, writer="v")
    found = table_of(file_of(run)).to_pydict()
    for key in ("acc", "loss"):
        whole = history_of(run, key)
        assert whole is not None
        wanted = [(step, value, writer) for step, _, value, _, writer in columns_of(whole.counting)]
        rows = zip(found["key"], found["step"], found["value"], found["writer"], strict=True)
        assert [row[1:] for row in rows if row[0] == key] == wanted
    lines = "".join(run_csv(run)).splitlines()
    assert len(lines) == 1 + len(found["key"]) == 1 + 2 + 40_008
    assert lines[:3] == ["key,step,time_ms,value,writer", "acc,0,0,0.5,v", "acc,1,1000,0.25,v"]


def test_names_of_any_language_survive(project: Project, bob: User) -> None:
    run = make_run(project, bob, "Läufer 𝔏🦉")
    log_metrics(run, {"Verlust/𝔏🦉 ≥ &?#\"'<b>": [1.0], "=1+1": [2.0]})
    found = table_of(file_of(run)).to_pydict()
    assert found["run_name"] == ["Läufer 𝔏🦉"] * 2
    assert found["run_uid"] == [run.uid] * 2
    assert found["key"] == ["=1+1", "Verlust/𝔏🦉 ≥ &?#\"'<b>"]


def test_a_project_is_all_its_runs_and_no_other(run: Run, project: Project, elsewhere_project: Project, bob: User) -> None:
    second = make_run(project, bob, "=second")
    make_run(project, bob, "without a metric")
    for place, one in enumerate((run, second, make_run(elsewhere_project, bob))):
        log_metrics(one, {"loss": [float(place)] * 2, "acc": [0.5, 0.25]})
    found = table_of(b"".join(parquet(project_parts(project)))).to_pydict()
    assert found["run_uid"] == [run.uid] * 4 + [second.uid] * 4
    assert found["key"] == ["acc", "acc", "loss", "loss"] * 2
    assert found["value"] == [0.5, 0.25, 0.0, 0.0, 0.5, 0.25, 1.0, 1.0]
    lines = "".join(project_csv(project)).splitlines()
    assert lines[0] == "run,uid,key,step,time_ms,value,writer"
    assert lines[2:4] == [f"first,{run.uid},acc,1,1000,0.25,w", f"first,{run.uid},loss,0,0,0.0,w"]
    assert lines[5] == f"'=second,{second.uid},acc,0,0,0.5,w"
    assert len(lines) == 9


def test_nothing_is_a_file_too(run: Run) -> None:
    table = table_of(file_of(run))
    assert table.num_rows == 0
    assert table.column_names == ["run_uid", "run_name", "key", "step", "time", "value", "writer"]
    assert list(run_csv(run)) == ["key,step,time_ms,value,writer\n"]


def test_a_long_series_is_read_part_by_part(run: Run) -> None:
    height = AT_ONCE + 10
    log_metrics(run, {"loss": np.arange(height, dtype=float).tolist()})
    parts = run_parts(run)
    with CaptureQueriesContext(connection) as first:
        begun = next(parts)
    with CaptureQueriesContext(connection) as rest:
        ended = list(parts)
    assert [len(part.points) for part in (begun, *ended)] == [AT_ONCE, 10]
    assert [sum("SELECT body" in query["sql"] for query in part) for part in (first, rest)] == [1, 1]
    file = pq.ParquetFile(io.BytesIO(file_of(run)))
    assert [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)] == [AT_ONCE, 10]
    assert file.read()["value"].to_numpy().tolist() == list(range(height))


def test_short_series_are_read_together(run: Run) -> None:
    def cost(file: bytes) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert file_of(run) == file
        return len(seen)

    log_metrics(run, {"a": [1.0], "b": [2.0]})
    few = cost(file_of(run))
    log_metrics(run, {f"metric/{i}": [1.0] for i in range(50)}, seq=1)
    assert cost(file_of(run)) == few
    assert pq.ParquetFile(io.BytesIO(file_of(run))).num_row_groups == 1


def test_what_waits_is_laid_into_what_is_folded(run: Run) -> None:
    log_metrics(run, {"a": [1.0, 2.0, 3.0], "b": [1.0, 2.0, 3.0]})
    accept_batch(run, "w", 1, codec="", body=batch_of([*line("a", [9.0], first_step=1), *line("c", [7.0])]))
    found = table_of(file_of(run)).to_pydict()
    assert list(zip(found["key"], found["value"], strict=True)) == [
        *(("a", 1.0), ("a", 9.0), ("a", 3.0)),
        *(("b", 1.0), ("b", 2.0), ("b", 3.0)),
        ("c", 7.0),
    ]


def test_a_file_that_was_cut_off_does_not_open(run: Run) -> None:
    log_metrics(run, {"loss": [1.0] * 100_000})
    *begun, end = parquet(run_parts(run))
    assert begun
    assert end.endswith(b"PAR1")
    with pytest.raises(pa.ArrowInvalid):
        table_of(b"".join(begun))
