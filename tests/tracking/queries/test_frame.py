"""Chart frames, byte by byte as the contract of static/js/charts has them."""

import json
import math
import struct
from typing import Any

import numpy as np
import pytest

from accounts.models import User
from tests.factories.batch import batch_of, line
from tests.factories.tracking import make_run
from tracking.aggregates.fold import fold_run
from tracking.ingest.accept import accept_batch
from tracking.models import Project, Run
from tracking.queries.frame import Drawing, frame_of, frames_of
from tracking.queries.points_csv import frame_csv
from tracking.queries.run import runs_matching
from tracking.queries.slot import slots_of
from tracking.queries.spark import spark_of


def log(run: Run, key: str, values: list[float], seq: int = 0, first_step: int = 0) -> None:
    accept_batch(run, "w", seq, codec="", body=batch_of(line(key, values, first_step)))


@pytest.fixture
def runs(project: Project, bob: User) -> list[Run]:
    for seed, name in enumerate(["adam", "=sgd", "idle"]):
        run = make_run(project, bob, name=name, config={"optim": {"lr": [0.1, 0.1, 0.3][seed]}}, seed=seed)
        if name != "idle":
            log(run, "loss", [3.0, math.nan, 1.0 + seed])
            fold_run(run.pk)
            log(run, "loss", [0.5], 1, first_step=10)
    return list(runs_matching(project, "", 10).runs)


def read(frame: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray[Any, Any]]]:
    assert frame[:4] == b"LLF1"
    (length,) = struct.unpack("<I", frame[4:8])
    assert (8 + length) % 8 == 0
    header = json.loads(frame[8 : 8 + length])
    columns = {}
    for name, place in header["columns"].items():
        assert place["offset"] % 8 == 0
        columns[name] = np.frombuffer(frame, place["dtype"], place["length"], 8 + length + place["offset"])
    return header, columns


def test_a_frame(runs: list[Run]) -> None:
    header, columns = read(frame_of(runs, "loss", Drawing(group="config.optim.lr", matched=7)))
    adam, sgd, _ = runs
    address = f"/{adam.project.team.slug}/{adam.project.slug}/runs"
    entry = {"state": "running", "slot": 1, "group": "lr 0.1", "length": 4, "total": 4, "sampled": 1, "badTotal": 1}
    entry["revision"] = 2
    entry["bad"] = [{"step": 1, "kind": "nan", "last": [0, 3.0]}]
    assert header.pop("revision")
    assert header == {
        "key": "loss",
        "x": "step",
        "matched": 7,
        "hidden": 5,
        "columns": {"x": {"dtype": "<f8", "offset": 0, "length": 8}, "y": {"dtype": "<f4", "offset": 64, "length": 8}},
        "runs": [
            {**entry, "uid": adam.uid, "name": "adam", "url": f"{address}/{adam.uid}", "offset": 0},
            {**entry, "uid": sgd.uid, "name": "=sgd", "url": f"{address}/{sgd.uid}", "offset": 4},
        ],
    }
    assert columns["x"].tolist() == [0, 1, 2, 10] * 2
    np.testing.assert_array_equal(columns["y"], [3.0, math.nan, 1.0, 0.5, 3.0, math.nan, 2.0, 0.5])


def test_runs_have_their_own_colours_without_a_group(runs: list[Run]) -> None:
    header, _ = read(frame_of(runs, "loss"))
    assert [(run["slot"], run["group"]) for run in header["runs"]] == [(1, None), (2, None)]
    assert (header["matched"], header["hidden"]) == (3, 1)


def test_the_revision_changes_with_the_data_only(runs: list[Run]) -> None:
    def revision() -> str:
        return read(frame_of(runs, "loss"))[0]["revision"]

    before = revision()
    fold_run(runs[0].pk)
    assert revision() == before
    log(runs[2], "acc", [1.0])
    assert revision() != before


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([0.1, 0.2, 0.0], "<f4"),
        ([1e300, 1.0], "<f8"),
        ([1e-300, 1.0], "<f8"),
        ([1e9 + 0.25, 1e9 + 0.5], "<f8"),
        ([math.nan, math.inf], "<f4"),
        ([7.0, 7.0], "<f4"),
        ([-1.7e308, 1.7e308], "<f8"),
    ],
)
def test_values_are_float32_unless_that_would_show(project: Project, bob: User, values: list[float], dtype: str) -> None:
    run = make_run(project, bob)
    log(run, "loss", values)
    header, columns = read(frame_of([run], "loss"))
    assert header["columns"]["y"]["dtype"] == dtype
    finite = [value for value in values if math.isfinite(value)]
    np.testing.assert_array_equal(columns["y"][np.isfinite(columns["y"])], np.array(finite, dtype=dtype))


def test_an_empty_frame(project: Project) -> None:
    header, columns = read(frame_of([], "loss"))
    assert (header["runs"], header["matched"], header["hidden"], len(columns["x"])) == ([], 0, 0, 0)


def test_a_frame_costs_as_many_statements_for_three_runs_as_for_one(runs: list[Run], django_assert_num_queries: Any) -> None:
    for some in (runs[:1], runs):
        with django_assert_num_queries(4):
            frame_of(some, "loss")


def test_frames_of_many_metrics_are_those_of_each(runs: list[Run], django_assert_num_queries: Any) -> None:
    log(runs[1], "acc", [0.25, math.inf], 2)
    log(runs[2], "acc", [0.5])
    fold_run(runs[2].pk)
    keys = ["loss", "acc", "nobody's"]
    with django_assert_num_queries(4):
        together = frames_of(runs, keys, Drawing(width=100, group="seed"))
    assert together == [frame_of(runs, key, Drawing(width=100, group="seed")) for key in keys]
    assert [[run["uid"] for run in read(frame)[0]["runs"]] for frame in together] == [
        [runs[0].uid, runs[1].uid],
        [runs[1].uid, runs[2].uid],
        [],
    ]


def test_csv_is_exact_and_no_formula(runs: list[Run]) -> None:
    lines = "".join(frame_csv(runs, "loss")).splitlines()
    assert lines[0] == "run,uid,step,time_ms,value,writer"
    assert lines[1:5] == [
        f"adam,{runs[0].uid},0,1700000000000,3.0,w",
        f"adam,{runs[0].uid},1,1700000001000,nan,w",
        f"adam,{runs[0].uid},2,1700000002000,1.0,w",
        f"adam,{runs[0].uid},10,1700000000000,0.5,w",
    ]
    assert lines[5].startswith("'=sgd,")
    assert len(lines) == 9


def test_a_spark_is_small_and_has_the_extremes(project: Project, bob: User) -> None:
    run = make_run(project, bob)
    values = [math.sin(i) for i in range(5000)]
    log(run, "loss", values)
    spark = spark_of([run], "loss")[run.pk]
    assert len(spark.values) <= 34
    assert (min(spark.values), max(spark.values), spark.broken) == (min(values), max(values), False)


def test_labels_have_their_colours_in_their_own_order(project: Project, bob: User) -> None:
    later = [make_run(project, bob, f"w{warmup}", config={"warmup": warmup}) for warmup in (200, 20, 0, 200)]
    slots = slots_of(later, "config.warmup")
    assert [slots[run.uid] for run in later] == [3, 2, 1, 3]
    assert slots_of(later[:1] + later[2:], "config.warmup")[later[2].uid] == 1
