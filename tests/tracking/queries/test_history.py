"""Promise D6: what was logged comes back bit by bit."""

import math
import struct
from collections.abc import Callable
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from kit.rows import rows_of
from tests.factories.batch import batch_of, line
from tests.factories.tracking import log_metrics, make_run
from tracking.aggregates.fold import fold_run
from tracking.aggregates.fold_rows import insert_chunks, upsert_series
from tracking.columns.body import unpack_body
from tracking.columns.chunk import pack_chunk
from tracking.columns.points import Points
from tracking.columns.summary import summary_of
from tracking.ingest.accept import accept_batch
from tracking.limits import CHUNK_POINTS, HISTORY_POINTS
from tracking.models import Project, Run, Superseded
from tracking.queries.history import AT_ONCE, counting_points, history_after, history_of
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
        ("key=loss&after=3", "after"),
        ("key=loss&after=3.A.0", "after"),
        ("key=loss&after=9223372036854775808.a.0", "after"),
        ("key=loss&after=3.a.9223372036854775808", "after"),
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


def say(run: Run, writer: str, seq: int, count: int, step: int = 3) -> None:
    """A batch of `count` values at one step."""
    steps, times = np.full(count, step, "<i8").tobytes(), np.zeros(count, "<i8").tobytes()
    groups = [[["loss"], b"", steps, times, (np.arange(count) + seq * count).astype("<f8").tobytes()]]
    accept_batch(run, writer, seq, codec="", body=msgspec.msgpack.encode({"v": 1, "groups": groups, "updates": []}))


def read_by(queries: CaptureQueriesContext) -> int:
    """How many folded points the statements took out of the tables."""
    found = 0
    for query in queries:
        if query["sql"].lstrip().startswith("SELECT body, next_step"):
            found += sum(unpack_body(row[0]).steps.size for row in rows_of(query["sql"].replace("%", "%%")))
    return found


@pytest.mark.parametrize("order", ["as they came", "any"])
def test_pages_within_a_step_tell_every_point_once(run: Run, order: str) -> None:
    """Three writers at one step; between two pages what waits is folded, and values that counted are replaced."""
    seqs = np.arange(8) if order == "as they came" else np.random.default_rng(1).permutation(8)
    for seq in seqs.tolist():
        for writer in ("a", "b", "c"):
            say(run, writer, seq, 5_000)
        fold_run(run.pk)
    say(run, "a", 8, 10)
    log_metrics(run, {"loss": [0.5, 0.25]}, first_step=3, writer="z", fold=False)
    whole = history_of(run, "loss")
    assert whole is not None
    assert (len(whole.points), int(whole.superseded.sum())) == (120_012, 120_007)
    rows = sorted(
        Superseded.objects.values_list("first_step", "first_writer", "first_rank", "last_step", "last_writer", "last_rank")
    )
    assert all(row[3:] < following[:3] for row, following in pairwise(rows))  # no two overlap
    found: list[tuple[int, int, float, int, str]] = []
    limit, page, after, count = 30_000, None, None, 0
    while page is None or page.next is not None:
        with CaptureQueriesContext(connection) as seen:
            page = history_after(run, "loss", after, Range(), limit)
        assert page is not None
        assert len(page.points) == limit or page.next is None
        assert read_by(seen) <= limit + 3 * CHUNK_POINTS
        found += columns_of(page.points)
        after, count = page.after, count + 1
        fold_run(run.pk)
        say(run, "a", 8 + count, 1, step=2)  # behind us: told by none of these pages
    assert count == 5
    assert found == columns_of(whole.points)


def test_counting_points_are_read_once_where_a_step_is_cut(run: Run) -> None:
    """As many writers as make two parts of one step; between the two, what the first part ended with is replaced."""
    names = [f"{number:06x}" for number in range(AT_ONCE + 10)]
    points = Points(
        steps=np.zeros(len(names), dtype=np.int64),
        times=np.zeros(len(names), dtype=np.int64),
        values=np.arange(len(names), dtype=np.float64),
        ranks=np.zeros(len(names), dtype=np.int64),
        writers=np.arange(len(names), dtype=np.uint32),
        names=tuple(names),
    )
    chunk, summary = pack_chunk(points), summary_of(points)
    insert_chunks(run.pk, [(1, chunk)])
    upsert_series(run.pk, [(1, "loss", summary)])
    parts = counting_points(run, "loss")
    first = next(parts)
    accept_batch(run, names[AT_ONCE - 1], 1, codec="", body=batch_of(line("loss", [-1.0])))
    accept_batch(run, names[AT_ONCE], 1, codec="", body=batch_of(line("loss", [-2.0])))
    rest = list(parts)
    assert [len(part) for part in (first, *rest)] == [AT_ONCE, 10]
    assert first.values.tolist() + rest[0].values.tolist() == [*range(AT_ONCE), -2.0, *range(AT_ONCE + 1, AT_ONCE + 10)]


def test_what_counts_is_found_behind_more_replaced_values_than_a_part_has(run: Run) -> None:
    say(run, "w", 0, AT_ONCE)
    say(run, "w", 1, 1)
    for _ in range(2):  # waiting, then folded
        (points,) = counting_points(run, "loss")
        assert columns_of(points) == [(3, 0, 1.0, 2**20, "w")]
        fold_run(run.pk)


def test_a_step_of_more_than_an_answer_comes_in_pages(run: Run, api_of: Callable[[str], Client], read_key: str) -> None:
    for seq in range(4):
        say(run, "w", seq, HISTORY_POINTS // 4)
    say(run, "w", 4, 1)
    say(run, "w", 5, 1, step=4)
    reader, address = api_of(read_key), f"/api/v1/runs/{run.uid}/history?key=loss"
    for asked in (address, f"{address}&limit=5"):
        refused = reader.get(asked).json()["error"]
        assert (refused["code"], refused["step"]) == ("too_many_points", 3)
    found, after = 0, ""
    while after is not None:
        told = reader.get(f"{address}&limit=400000&after={after}").json()
        found, after = found + len(told["steps"]), told["after"]
    assert found == HISTORY_POINTS + 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_places_over_the_api(run: Run, api_of: Callable[[str], Client], read_key: str, order: tuple[int, int]) -> None:
    for seq in order:
        say(run, "a", seq, 2, step=-5)
        fold_run(run.pk)
    say(run, "b", 0, 1, step=7)
    reader, address = api_of(read_key), f"/api/v1/runs/{run.uid}/history?key=loss&limit=3"
    first = reader.get(f"{address}&after=").json()
    assert (first["values"], first["superseded"]) == ([0.0, 1.0, 2.0], [0, 1, 2])
    assert (first["next"], first["after"]) == (-5, "-5.a.1048576")
    packed = reader.get(f"{address}&after=-5.a.1048576", headers={"accept": "application/msgpack"})
    second = msgspec.msgpack.decode(packed.getvalue())
    assert np.frombuffer(second["values"]).tolist() == [3.0, 0.0]
    assert (second["superseded"], second["next"], second["after"]) == ([], None, None)
    by_steps = reader.get(address).json()
    assert (by_steps["values"], by_steps["next"], by_steps["after"]) == ([0.0, 1.0, 2.0, 3.0], -4, "-5.a.1048577")
    assert reader.get(f"{address}&after=-5.a.1048577").json()["values"] == [0.0]
    assert reader.get(f"{address}&after=-5.a.1048577&last=6").json()["values"] == []


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
