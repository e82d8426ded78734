"""Promise D6: what was logged comes back bit by bit."""

import math
import struct
from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from tests.factories.batch import batch_of, line
from tests.factories.tracking import log_metrics, make_run
from tracking.aggregates.fold import fold_run
from tracking.columns.points import Points
from tracking.ingest.accept import accept_batch
from tracking.models import Project, Run
from tracking.queries.history import counting_points, history_of
from tracking.queries.points_csv import frame_csv, plain
from tracking.queries.stretch import Range

SPECIAL = [
    0x7FF8000000000000,  # NaN
    0xFFF8000000000123,  # NaN with a sign and a payload
    0x7FF0000000000001,  # signalling NaN
    0x7FF0000000000000,  # infinity
    0xFFF0000000000000,  # -infinity
    0x8000000000000000,  # -0.0
    0x0000000000000001,  # smallest subnormal
    0x800FFFFFFFFFFFFF,  # largest subnormal, negative
    0x7FEFFFFFFFFFFFFF,  # largest
    0x3FB999999999999A,  # 0.1
]


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob)


def send_bits(run: Run, bits: list[int], seq: int = 0) -> None:
    n = len(bits)
    steps = np.arange(n, dtype="<i8").tobytes()
    group = [["loss"], b"", steps, steps, struct.pack(f"<{n}Q", *bits)]
    accept_batch(run, "w", seq, codec="", body=msgspec.msgpack.encode({"v": 1, "groups": [group], "updates": []}))


def bits_of(run: Run) -> list[int]:
    history = history_of(run, "loss")
    assert history is not None
    return history.points.values.view(np.uint64).tolist()


@pytest.mark.parametrize("times", [1, 10])  # below and above what is packed
def test_specials_are_bit_equal(run: Run, times: int, api_of: Callable[[str], Client], read_key: str) -> None:
    send_bits(run, SPECIAL * times)
    reader, address = api_of(read_key), f"/api/v1/runs/{run.uid}/history?key=loss"
    for _ in range(2):
        assert bits_of(run) == SPECIAL * times
        packed = msgspec.msgpack.decode(reader.get(address, headers={"accept": "application/msgpack"}).getvalue())
        assert list(struct.unpack(f"<{10 * times}Q", packed["values"])) == SPECIAL * times
        assert packed["steps"] == np.arange(10 * times, dtype="<i8").tobytes()
        plain = reader.get(address)
        assert plain.json()["values"][:4] == ["NaN", "NaN", "NaN", "Infinity"]
        floats = [struct.unpack("<d", struct.pack("<Q", bits))[0] for bits in SPECIAL]
        assert [math.copysign(1, value) for value in plain.json()["values"][5:8]] == [-1.0, 1.0, -1.0]
        assert plain.json()["values"][5:10] == floats[5:]
        assert plain.json()["writers"] == ["w"] * 10 * times
        fold_run(run.pk)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=200))
def test_any_bits_survive(project: Project, bob: User, bits: list[int]) -> None:
    run = make_run(project, bob)
    send_bits(run, bits)
    fold_run(run.pk)
    assert bits_of(run) == bits


def test_steps_of_64_bits(run: Run, api_of: Callable[[str], Client], read_key: str) -> None:
    steps = [2**63 - 1, -(2**63), 0, 2**53 + 1]
    accept_batch(run, "w", 0, codec="", body=batch_of([(step, 0, {"loss": 1.0}) for step in steps]))
    for _ in range(2):
        answer = api_of(read_key).get(f"/api/v1/runs/{run.uid}/history?key=loss")
        assert answer.json()["steps"] == sorted(steps)
        fold_run(run.pk)


def test_replaced_values_stay_and_are_told_apart(run: Run, api_of: Callable[[str], Client], read_key: str) -> None:
    for seq, writer, value in [(1, "a", 2.0), (0, "a", 1.0), (0, "b", 3.0)]:
        accept_batch(run, writer, seq, codec="", body=batch_of(line("loss", [value], first_step=5)))
        fold_run(run.pk)
    told = api_of(read_key).get(f"/api/v1/runs/{run.uid}/history?key=loss").json()
    assert (told["steps"], told["values"], told["writers"]) == ([5, 5, 5], [1.0, 2.0, 3.0], ["a", "a", "b"])
    assert told["superseded"] == [0]


def test_keys_of_any_language(run: Run, api_of: Callable[[str], Client], read_key: str) -> None:
    key = "Verlust/𝔏🦉 ≥ &?#\"'<b>"
    accept_batch(run, "w", 0, codec="", body=batch_of(line(key, [1.0])))
    fold_run(run.pk)
    assert api_of(read_key).get(f"/api/v1/runs/{run.uid}/history", {"key": key}).json()["key"] == key


def test_unknown_keys_are_not_found(run: Run, api_of: Callable[[str], Client], read_key: str) -> None:
    reader = api_of(read_key)
    for key in ("acc", "\ud800".encode("utf-8", "surrogatepass")):
        assert reader.get(f"/api/v1/runs/{run.uid}/history", {"key": key}).status_code == 404
    assert reader.get(f"/api/v1/runs/{run.uid}/history?key=loss", headers={"accept": "text/html"}).status_code in {404, 406}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("", "key"),
        ("key=", "key"),
        ("key=a%00b", "key"),
        ("key=" + "k" * 201, "key"),
        ("key=loss&first=x", "first"),
        ("key=loss&last=9223372036854775808", "last"),
        ("key=loss&limit=0", "limit"),
        ("key=loss&limit=1000001", "limit"),
    ],
)
def test_what_cannot_be_asked_is_said(run: Run, api_of: Callable[[str], Client], read_key: str, asked: str, field: str) -> None:
    answer = api_of(read_key).get(f"/api/v1/runs/{run.uid}/history?{asked}")
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [field])


def columns_of(points: Points) -> list[tuple[int, int, float, int, str]]:
    names = [points.names[i] for i in points.writers.tolist()]
    columns = points.steps.tolist(), points.times.tolist(), points.values.tolist(), points.ranks.tolist(), names
    return list(zip(*columns, strict=True))


def log_in_disorder(run: Run) -> None:
    """40,000 folded points in three chunks, some of them replaced; others wait before, between and behind them."""
    log_metrics(run, {"loss": [float(i) for i in range(40_000)]})
    log_metrics(run, {"loss": [0.5] * 30}, seq=1, first_step=16_370)
    for seq, step in enumerate((-5, 16_380, 39_000, 50_000)):
        accept_batch(run, "late", seq, codec="", body=batch_of(line("loss", [7.0, 8.0], first_step=step)))
    accept_batch(run, "w", 2, codec="", body=batch_of(line("loss", [9.0] * 20, first_step=20_000)))


@pytest.mark.parametrize("limit", [999, 10_000, 40_000])
def test_pages_follow_one_another_without_a_gap(run: Run, limit: int) -> None:
    log_in_disorder(run)
    whole = history_of(run, "loss")
    assert whole is not None
    assert (len(whole.points), int(whole.superseded.sum()), whole.next) == (40_058, 50, None)
    found, superseded, within = [], [], Range()
    while True:
        page = history_of(run, "loss", within, limit)
        assert page is not None
        assert 0 < len(page.points) <= limit
        found += columns_of(page.points)
        superseded += page.superseded.tolist()
        if page.next is None:
            break
        within = Range(first=page.next)
    assert found == columns_of(whole.points)
    assert superseded == whole.superseded.tolist()


def test_a_page_is_not_cut_within_a_step(run: Run) -> None:
    for seq in range(5):
        accept_batch(run, "w", seq, codec="", body=batch_of(line("loss", [float(seq), -1.0], first_step=3)))
    page = history_of(run, "loss", limit=2)
    assert page is not None
    assert (page.points.steps.tolist(), page.next) == ([3] * 5, 4)


def test_a_range_is_asked_for_over_the_api(run: Run, api_of: Callable[[str], Client], read_key: str) -> None:
    log_metrics(run, {"loss": [float(i) for i in range(100)]})
    reader, address = api_of(read_key), f"/api/v1/runs/{run.uid}/history?key=loss"
    told = reader.get(f"{address}&first=10&last=20&limit=4").json()
    assert (told["steps"], told["values"], told["next"]) == ([10, 11, 12, 13], [10.0, 11.0, 12.0, 13.0], 14)
    told = reader.get(f"{address}&first=14&last=20").json()
    assert (told["steps"], told["next"]) == (list(range(14, 21)), None)
    packed = msgspec.msgpack.decode(reader.get(f"{address}&limit=4", headers={"accept": "application/msgpack"}).getvalue())
    assert (packed["steps"], packed["next"]) == (np.arange(4, dtype="<i8").tobytes(), 4)
    assert reader.get(f"{address}&first=200").json()["steps"] == []


def test_csv_is_read_part_by_part(run: Run) -> None:
    height = 300_000
    log_metrics(run, {"loss": [0.25] * height})
    lines = frame_csv([run], "loss")
    next(lines)
    with CaptureQueriesContext(connection) as first:
        next(lines)
    begun = 2_000
    with CaptureQueriesContext(connection) as rest:
        begun += sum(text.count("\n") for text in lines)
    assert begun == height
    assert [sum("tracking_chunk" in query["sql"] for query in part) for part in (first, rest)] == [1, 1]


def test_csv_counts_what_counts_across_parts(run: Run) -> None:
    log_in_disorder(run)
    whole = history_of(run, "loss")
    assert whole is not None
    parts = [row for points in counting_points(run, "loss") for row in columns_of(points)]
    assert parts == columns_of(whole.counting)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"])
def test_no_text_is_taken_for_a_formula(sign: str) -> None:
    assert plain(f"{sign}1") == f"'{sign}1"
    assert plain(f"a{sign}1") == f"a{sign}1"


def test_a_stranger_finds_no_history(run: Run, api_of: Callable[[str], Client], stranger_key: str, log_key: str) -> None:
    accept_batch(run, "w", 0, codec="", body=batch_of(line("loss", [1.0])))
    address = f"/api/v1/runs/{run.uid}/history?key=loss"
    assert api_of(stranger_key).get(address).status_code == 404
    assert api_of(log_key).get(address).status_code == 404
