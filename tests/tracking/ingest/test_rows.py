"""Rows become the columns that groups are, and a bad one is refused by itself (promise D7)."""

import json
import math
import struct
from typing import Any

import msgspec
import pytest
import zstandard

from accounts.models import User
from kit.refusal import TooLarge
from tests.factories.batch import batch_of
from tests.factories.tracking import make_run
from tracking.aggregates.fold import fold_run
from tracking.errors import BatchConflict, BrokenBatch
from tracking.ingest.accept import Answer, accept_batch
from tracking.ingest.wire import read_batch
from tracking.models import Conflict, Project, Run
from tracking.queries.history import history_of

TIME = 1_700_000_000_000
pack = msgspec.msgpack.encode


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob)


def rows_of(*rows: Any) -> bytes:
    return pack({"v": 1, "rows": rows})


def accept(run: Run, body: bytes, seq: int = 0, *, is_json: bool = False) -> Answer:
    return accept_batch(run, "w", seq, codec="", body=body, is_json=is_json)


def bits_of(run: Run, key: str) -> list[tuple[int, int, int, bytes]]:
    history = history_of(run, key)
    assert history is not None
    points = history.points
    values = [value.tobytes() for value in points.values]
    return list(zip(points.steps.tolist(), points.times.tolist(), points.ranks.tolist(), values, strict=True))


def test_rows_groups_and_json_are_the_same_points(project: Project, bob: User) -> None:
    rows = [(i, TIME + i, {"a": i / 3, "b": float(-i)} if i % 3 else {"b": 1e-320, "c": 5.0}) for i in range(20)]
    shapes = [(batch_of(rows), False), (rows_of(*rows), False), (json.dumps({"v": 1, "rows": rows}).encode(), True)]
    found = []
    for body, is_json in shapes:
        run = make_run(project, bob)
        answer = accept(run, body, is_json=is_json)
        assert (answer.points, answer.rejected) == (40, [])
        before = {key: bits_of(run, key) for key in "abc"}
        assert fold_run(run.pk) == 1
        assert {key: bits_of(run, key) for key in "abc"} == before
        found.append(before)
    assert found[0] == found[1] == found[2]


def test_every_bit_of_a_float_is_kept(run: Run) -> None:
    bits = [0x7FF8000000000ABC, 0xFFF8000000000001, 0x7FF0000000000001, 1 << 63, 1, 0x7FF0000000000000]
    rows = [[step, TIME, {"a": msgspec.Raw(b"\xcb" + struct.pack(">Q", value))}] for step, value in enumerate(bits)]
    accept(run, rows_of(*rows))
    assert [value for *_, value in bits_of(run, "a")] == [struct.pack("<Q", value) for value in bits]


def test_the_order_of_keys_makes_no_other_columns() -> None:
    batch = read_batch(rows_of([0, TIME, {"b": 2, "a": 1}], [1, TIME, {"a": 3, "b": 4}]), "")
    groups = msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(batch.body))["groups"]
    assert [group[0] for group in groups] == [["a", "b"]]
    assert struct.unpack("<4d", groups[0][4]) == (1, 2, 3, 4)


OF_FORM = "row is not [step, time_ms, {key: number}]"
NO_NUMBER = 'value is not a number, "NaN", "Infinity" or "-Infinity"'
ROWS: dict[str, tuple[Any, int, str | None, str]] = {
    "a number": (7, 1, None, f"{OF_FORM}: Expected `array`, got `int`"),
    "too short": ([1, TIME], 1, None, f"{OF_FORM}: Expected `array` of at least length 3, got 2"),
    "too long": ([1, TIME, {}, 0], 1, None, f"{OF_FORM}: Expected `array` of at most length 3, got 4"),
    "step 1.5": ([1.5, TIME, {"a": 1}], 1, None, f"{OF_FORM}: Expected `int | str`, got `float` - at `$[0]`"),
    "step is null": ([None, TIME, {"a": 1}], 1, None, f"{OF_FORM}: Expected `int | str`, got `None` - at `$[0]`"),
    "time 1.5": ([1, 1.5, {"a": 1}], 1, None, f"{OF_FORM}: Expected `int`, got `float` - at `$[1]`"),
    "values are a list": ([1, TIME, [1]], 1, None, OF_FORM),
    "step 2^63": ([2**63, TIME, {"a": 1, "b": 2}], 2, None, "step is not a whole number of 64 bits"),
    "time before 1970": ([1, -1, {"a": 1, "b": 2}], 2, None, "time is not between 1970 and 9999, in ms"),
    "time in the year 10000": ([1, 253_402_300_800_000, {"a": 1}], 1, None, "time is not between 1970 and 9999, in ms"),
    "empty key": ([1, TIME, {"": 1}], 1, "", "key has not 1 to 200 characters"),
    "long key": ([1, TIME, {"k" * 201: 1}], 1, "k" * 100, "key has not 1 to 200 characters"),
    "odd key": ([1, TIME, {"a\n": 1}], 1, "a\\n", "key holds a control character"),
    "number as key": ([1, TIME, {1: 1}], 1, None, f"{OF_FORM}: Expected `str`, got `int` - at `key` in `$`"),
    "true": ([1, TIME, {"a": True}], 1, "a", NO_NUMBER),
    "null": ([1, TIME, {"a": None}], 1, "a", NO_NUMBER),
    "a text": ([1, TIME, {"a": "nan"}], 1, "a", NO_NUMBER),
    "a list": ([1, TIME, {"a": [1]}], 1, "a", NO_NUMBER),
    "unknown kind": (["deploy", TIME, {}], 1, None, "kind 'deploy' is not known"),
    "a strange end": (["finish", TIME, {"state": "lost"}], 1, None, "state is not one of failed, finished, killed"),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_bad_row_is_refused_by_itself(run: Run, name: str) -> None:
    bad, count, key, reason = ROWS[name]
    body = rows_of([0, TIME, {"a": 1}], bad, [2, TIME, {"a": 3}])
    for is_new in (True, False):
        answer = accept(run, body)
        assert (answer.points, answer.refused, answer.is_new) == (2, count, is_new)
        assert answer.rejected == [{"order": 1, "key": key, "reason": reason}]
    assert [(step, rank) for step, _, rank, _ in bits_of(run, "a")] == [(0, 0), (2, 2)]
    assert Run.objects.get(pk=run.pk).rejected_records == count


def test_of_a_row_the_good_values_stay(run: Run) -> None:
    answer = accept(run, rows_of([0, TIME, {"good": 1, "bad": "?", "": 2, "nan": "NaN"}]))
    assert (answer.points, answer.refused) == (2, 2)
    assert [told["key"] for told in answer.rejected] == ["bad", ""]
    assert math.isnan(struct.unpack("<d", bits_of(run, "nan")[0][3])[0])


def test_a_key_that_messagepack_says_twice_is_refused(run: Run) -> None:
    twice = msgspec.Raw(b"\x82\xa1a\x01\xa1a\x02")
    answer = accept(run, rows_of([0, TIME, twice], [1, TIME, {"a": 3}]))
    assert (answer.points, answer.refused) == (1, 2)
    assert answer.rejected == [{"order": 0, "key": None, "reason": "key stands twice in its record"}]


@pytest.mark.parametrize("entries", [15, 16, 300, 10_000])
def test_wide_rows(run: Run, entries: int) -> None:
    assert accept(run, rows_of([0, TIME, {f"k{i}": i for i in range(entries)}])).points == entries


def test_texts_that_are_no_text_are_refused(run: Run) -> None:
    rows = [[0, TIME, msgspec.Raw(b"\x81\xa1\xff\x01")], [msgspec.Raw(b"\xa1\xff"), TIME, {}]]
    answer = accept(run, rows_of(*rows, [2, TIME, {"a": msgspec.Raw(b"\xa1\xff")}]))
    assert (answer.points, answer.refused) == (0, 3)
    assert [told["reason"] for told in answer.rejected] == ["row holds a text that is not UTF-8"] * 2 + [NO_NUMBER]


def test_other_rows_under_the_same_name_are_kept_aside(run: Run) -> None:
    accept(run, rows_of([0, TIME, {"a": 1}]))
    other = rows_of([0, TIME, {"a": 2}])
    with pytest.raises(BatchConflict):
        accept(run, other)
    assert bytes(Conflict.objects.get(run=run).body) == other
    assert [value for *_, value in bits_of(run, "a")] == [struct.pack("<d", 1)]


def test_rows_do_not_travel_with_groups() -> None:
    group = [["a"], b"", bytes(8), bytes(8), bytes(8)]
    for more in ({"groups": [group]}, {"updates": [[0, TIME, "config", {}]]}):
        with pytest.raises(BrokenBatch, match="either rows, or groups and updates"):
            read_batch(pack({"v": 1, "rows": [], **more}), "")


def test_rows_are_bounded() -> None:
    empty = [0, TIME, {}]
    assert read_batch(rows_of(*[empty] * 100_000), "").points == 0
    with pytest.raises(BrokenBatch, match="length <= 100000"):
        read_batch(rows_of(*[empty] * 100_001), "")
    wide = {f"k{i}": 0 for i in range(101)}
    with pytest.raises(TooLarge, match="1,000,000 points"):
        read_batch(rows_of(*[[0, 0, wide]] * 10_000), "")
    with pytest.raises(TooLarge, match="10,000 different keys"):
        read_batch(rows_of(*[[0, 0, {f"k{i}": 0}] for i in range(10_001)]), "")
    with pytest.raises(TooLarge, match="20,000 different sets"):
        read_batch(rows_of(*[[0, 0, {f"k{i}": 0, f"k{j}": 0}] for i in range(200) for j in range(200, 301)]), "")
