"""Batches over HTTP: what is good is committed, what is bad gets a clear refusal and harms nothing."""

import gzip
import struct
from collections.abc import Callable
from typing import Any

import msgspec
import psutil
import psycopg
import pytest
import zstandard
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from tests.factories.answers import refusal
from tests.factories.batch import batch_of, line
from tests.factories.tracking import PIXEL
from tracking.models import Conflict, Image, Payload, Run, Update

GOOD = batch_of(line("loss", [1.0, 2.0]))
pack = msgspec.msgpack.encode


def test_a_batch_is_accepted_once(put: Callable[..., HttpResponse]) -> None:
    first, again = put(GOOD), put(gzip.compress(GOOD), "gzip")
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.content == again.content
    assert first.json() == {"points": 2, "rejected": [], "refused": 0}


def test_what_every_batch_asks_of_the_server_is_planned_once(put: Callable[..., HttpResponse], run: Run) -> None:
    assert [put(GOOD, name=f"w/{seq}").status_code for seq in range(7)] == [202] * 7
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(statement, ';') FROM pg_prepared_statements")
        (planned,) = cursor.fetchone()
    wanted = ('"accounts_apikey"."prefix" =', '"tracking_run"."uid" =', "INSERT INTO tracking_batch")
    assert [words for words in wanted if words not in planned] == []


def test_another_batch_under_the_name_is_a_conflict(put: Callable[..., HttpResponse], run: Run) -> None:
    put(GOOD)
    assert refusal(put(batch_of(line("loss", [9.0])))) == (409, "batch_conflict")
    assert Conflict.objects.filter(run=run).count() == 1


def test_doors(run: Run, api_of: Callable[[str], Client], stranger_key: str, read_key: str) -> None:
    address = f"/api/v1/runs/{run.uid}/batches/w/0"
    kind = {"content_type": "application/msgpack"}
    assert refusal(Client().put(address, GOOD, **kind)) == (401, "not_authenticated")
    assert refusal(api_of(stranger_key).put(address, GOOD, **kind)) == (404, "not_found")
    assert refusal(api_of(read_key).put(address, GOOD, **kind)) == (403, "forbidden")
    assert refusal(api_of(read_key).put("/api/v1/runs/0000000000000000/batches/w/0", GOOD, **kind)) == (404, "not_found")
    assert not Payload.objects.exists()


def raw(**fields: Any) -> bytes:
    return pack({"v": 1, "groups": [], "updates": [], **fields})


def group(keys: list[Any] | None = None, **columns: bytes) -> list[Any]:
    eight = struct.pack("<q", 1)
    found = {"order": b"", "steps": eight, "times": eight, "values": bytes(8), **columns}
    return [["loss"] if keys is None else keys, *found.values()]


BROKEN = {
    "text": b"not msgpack",
    "cut off": GOOD[:-3],
    "more behind": GOOD + b"\x00",
    "a list": pack([1, 2]),
    "no version": pack({"groups": []}),
    "groups are a map": raw(groups={}),
    "group is short": raw(groups=[[["loss"], b""]]),
    "columns are lists": raw(groups=[[["loss"], b"", [1], [1], [1.0]]]),
    "steps of 7 bytes": raw(groups=[group(steps=bytes(7))]),
    "no rows": raw(groups=[group(steps=b"", times=b"", values=b"")]),
    "times too short": raw(groups=[group(steps=bytes(16), values=bytes(16))]),
    "values too long": raw(groups=[group(values=bytes(16))]),
    "order of one byte": raw(groups=[group(order=b"\x00")]),
    "order below 0": raw(groups=[group(order=struct.pack("<i", -1))]),
    "order beyond": raw(groups=[group(order=struct.pack("<i", 2**20))]),
    "a position twice": raw(groups=[group(), group(["acc"])]),
    "unknown field": raw(more=[[]]),
    "unknown column": raw(groups=[[*group(), b""]]),
    "groups nested": raw(groups=[b"\x91"])[:-4] + b"\x91" * 2000,
    "all nested": b"\x91" * 100_000,
    "nested update": b"\x82" + pack("v") + b"\x01" + pack("updates") + b"\x91" + b"\x91" * 100_000 + b"\xc0",
}


@pytest.mark.usefixtures("pages_stand")
def test_a_broken_frame_breaks_the_batch(put: Callable[..., HttpResponse], run: Run) -> None:
    answers = {name: refusal(put(body)) for name, body in BROKEN.items()}
    assert answers == dict.fromkeys(BROKEN, (400, "broken_batch"))
    assert not run.batches.exists()
    assert put(GOOD).status_code == 202


def test_another_version_is_not_acceptable(put: Callable[..., HttpResponse]) -> None:
    assert refusal(put(raw(v=2))) == (422, "unacceptable_batch")


BAD_NAMES = ["W/0", "a_b/0", f"{'w' * 33}/0", f"w/{2**43}", f"w/{2**63}", f"w/{'9' * 400}"]
NO_NAMES = ["w/-1", "w/x", "/0", "w%00/0/0"]


def test_names_have_bounds(put: Callable[..., HttpResponse]) -> None:
    assert {refusal(put(GOOD, name=name)) for name in BAD_NAMES} == {(400, "broken_batch")}
    assert {refusal(put(GOOD, name=name)) for name in NO_NAMES} == {(404, "not_found")}


DAMAGED = [
    ("gzip", gzip.compress(GOOD)[:-4]),
    ("gzip", GOOD),
    ("gzip", gzip.compress(GOOD) + b"rest"),
    ("gzip", gzip.compress(b"") * 1001),
    ("zstd", zstandard.ZstdCompressor().compress(GOOD)[:-2]),
    ("zstd", zstandard.ZstdCompressor(write_content_size=False).compress(GOOD)[:-2]),
    ("zstd", zstandard.ZstdCompressor().compress(GOOD) * 2),
    ("zstd", GOOD),
    ("br", GOOD),
]


def test_damaged_compression(put: Callable[..., HttpResponse]) -> None:
    assert [refusal(put(body, codec)) for codec, body in DAMAGED] == [(400, "broken_body")] * len(DAMAGED)


def bombs() -> dict[str, tuple[str, bytes]]:
    zeros = bytes(200_000_000)
    sized, unsized = (zstandard.ZstdCompressor(write_content_size=told).compress(zeros) for told in (True, False))
    return {
        "gzip": ("gzip", gzip.compress(zeros, 1)),
        "gzip in members": ("gzip", gzip.compress(zeros[:10_000_000], 1) * 20),
        "zstd": ("zstd", sized),
        "zstd unsized": ("zstd", unsized),
    }


def test_bombs_are_refused_early_in_flat_memory(put: Callable[..., HttpResponse]) -> None:
    made = bombs()
    process = psutil.Process()
    for codec, bomb in made.values():
        before = process.memory_info().rss
        assert refusal(put(bomb, codec)) == (413, "too_large")
        assert process.memory_info().rss - before < 80_000_000
    assert put(GOOD).status_code == 202


def test_a_body_is_bounded_before_it_is_read(put: Callable[..., HttpResponse]) -> None:
    assert refusal(put(bytes(8 * 1024 * 1024 + 1))) == (413, "too_large")


def test_an_inflated_body_is_bounded(put: Callable[..., HttpResponse]) -> None:
    image = {"key": "a", "step": 0, "png": b"", "caption": ""}
    empty = len(update("image", image))
    image["png"] = bytes(10 * 1024 * 1024 - empty - 3)  # a long bin has three bytes more in its head
    assert put(gzip.compress(update("image", image), 1), "gzip").json()["refused"] == 1
    image["png"] += b"\0"
    assert refusal(put(gzip.compress(update("image", image), 1), "gzip", name="w/1")) == (413, "too_large")


def test_values_in_configs_are_bounded_together(put: Callable[..., HttpResponse], run: Run) -> None:
    told = [[i, 1000, "config", {f"a{i}": [[]] * 140_000}] for i in range(3)]
    answer = put(raw(updates=[*told, [3, 1000, "config", {"lr": 1}]])).json()
    assert answer["rejected"] == [refused("the batch's configs, summaries and tags hold more than 300,000 values", order=2)]
    assert set(Run.objects.get(pk=run.pk).config) == {"a0", "a1", "lr"}


def test_bytes_of_configs_are_bounded_together(put: Callable[..., HttpResponse], run: Run) -> None:
    told = [[i, 1000, "config", {f"a{i}": "x" * 260_000}] for i in range(9)]
    answer = put(raw(updates=told)).json()
    assert answer["rejected"] == [refused("the batch's configs and summaries are larger than 2 MiB together", order=8)]
    assert set(Run.objects.get(pk=run.pk).config) == {f"a{i}" for i in range(8)}


def test_points_and_groups_are_bounded(put: Callable[..., HttpResponse]) -> None:
    n = 10_001
    wide = group([f"k{i}" for i in range(100)], steps=bytes(8 * n), times=bytes(8 * n), values=bytes(800 * n))
    answer = put(gzip.compress(raw(groups=[wide]), 1), "gzip")
    assert refusal(answer) == (413, "too_large")
    assert "1,000,000 points" in answer.json()["error"]["message"]
    assert refusal(put(raw(groups=[group()] * 20_001))) == (400, "broken_batch")
    assert refusal(put(raw(groups=[group(list(range(10_001)), values=bytes(80_008))]))) == (400, "broken_batch")


def refused(reason: str, order: int | None = 0, key: str | None = None) -> dict[str, Any]:
    return {"order": order, "key": key, "reason": reason}


def update(kind: Any, data: Any, order: Any = 0, time: Any = 1000) -> bytes:
    return raw(updates=[[order, time, kind, data]])


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return {"a": value}


REFUSED = {
    "lone surrogate in a key": (
        raw(groups=[group([msgspec.Raw(b"\xa3\xed\xa0\x80")])]),
        refused("key is not UTF-8 text", key="\\xa3\\xed\\xa0\\x80"),
    ),
    "key is a number": (raw(groups=[group([7])]), refused("key is not UTF-8 text", key="\\x07")),
    "empty key": (raw(groups=[group([""])]), refused("key has not 1 to 200 characters", key="")),
    "key too long": (raw(groups=[group(["é" * 201])]), refused("key has not 1 to 200 characters", key="é" * 100)),
    "NUL in a key": (raw(groups=[group(["a\0"])]), refused("key holds a control character", key="a\\x00")),
    "key twice": (raw(groups=[group(["a", "a"], values=bytes(16))]), refused("key stands twice in its record", key="a")),
    "time before 1970": (raw(groups=[group(times=struct.pack("<q", -1))]), refused("time is not between 1970 and 9999, in ms")),
    "unknown kind": (update("deploy", {}), refused("kind 'deploy' is not known")),
    "NUL in config": (update("config", {"a": "b\0"}), refused("holds a text with a NUL character")),
    "NUL in a config key": (update("config", {"a\0": 1}), refused("holds a text with a NUL character")),
    "surrogate in config": (update("config", {"a": msgspec.Raw(b"\xa3\xed\xa0\x80")}), refused("update cannot be decoded")),
    "number as key": (update("config", {1: 1}), refused("a map has a key that is not text")),
    "bytes in config": (
        update("config", {"a": b"x"}),
        refused("holds a bytes; only text, numbers, true, false, null, lists and maps are kept"),
    ),
    "nested 40": (update("config", nested(40)), refused("nested deeper than 32")),
    "config is a list": (update("config", [1]), refused("config is not a map")),
    "config too large": (update("config", {"a": "x" * 300_000}), refused("config is larger than 256 KiB")),
    "tags too long": (update("tags", {"add": ["x" * 65]}), refused("a tag is not 1 to 64 characters on one line")),
    "tags of numbers": (update("tags", {"add": [1]}), refused("a tag is not 1 to 64 characters on one line")),
    "strange end": (update("finish", {"state": "lost"}), refused("state is not one of failed, finished, killed")),
    "strange code": (
        update("finish", {"state": "failed", "exit_code": 2**40}),
        refused("exit_code is not a whole number of 32 bits"),
    ),
    "a field of tags": (
        update("tags", {"add": ["a"], "colour": 1}),
        refused("tags has a field “colour”, which wire v1 does not know"),
    ),
    "a field of an end": (
        update("finish", {"state": "failed", "when\n": 1}),
        refused("finish has a field “when\\n”, which wire v1 does not know"),
    ),
    "a field of lost": (update("lost", {"count": 1, 2: 3}), refused("lost has a field “2”, which wire v1 does not know")),
    "a field of an image": (
        update("image", {"key": "a", "step": 0, "png": PIXEL, "alt": ""}),
        refused("update has another form than wire v1: Object contains unknown field `alt`"),
    ),
    "a fifth element": (
        raw(updates=[[0, 1000, "config", {}, []]]),
        refused("update has another form than wire v1: Expected `array` of at most length 4, got 5", order=None),
    ),
    "65 tags in one update": (
        update("tags", {"add": [f"t{i}" for i in range(65)]}),
        refused("tags.add is not a list of at most 64"),
    ),
    "rule without a key": (
        update("metric", {"goal": "minimize"}),
        refused("metric key is not 1 to 200 characters without control characters"),
    ),
    "rule of a long key": (
        update("metric", {"key": "a" * 201}),
        refused("metric key is not 1 to 200 characters without control characters"),
    ),
    "strange goal": (
        update("metric", {"key": "a", "goal": "min"}),
        refused("metric goal is not one of minimize, maximize"),
    ),
    "strange summary": (
        update("metric", {"key": "a", "summary": ["mean"]}),
        refused("metric summary is not one of min, max, last, mean"),
    ),
    "strange axis": (
        update("metric", {"key": "a", "step_metric": ""}),
        refused("metric step_metric is not 1 to 200 characters without control characters"),
    ),
    "a field of a rule": (
        update("metric", {"key": "a", "hidden": True}),
        refused("metric has a field “hidden”, which wire v1 does not know"),
    ),
    "lost below 0": (update("lost", {"count": -1}), refused("count is not a whole number from 0")),
    "time of an update": (update("config", {}, time=2**62), refused("time is not between 1970 and 9999, in ms")),
    "position of an update": (update("config", {}, order=-1), refused("position is not between 0 and 1048575", order=None)),
    "image step 2^63": (
        update("image", {"key": "a", "step": 2**63, "png": PIXEL}),
        refused("image step is not a whole number of 64 bits"),
    ),
    "not a PNG": (update("image", {"key": "a", "step": 0, "png": b"GIF89a"}), refused("image is not a complete PNG")),
    "PNG and more": (
        update("image", {"key": "a", "step": 0, "png": PIXEL + b"<script>"}),
        refused("image is not a complete PNG"),
    ),
    "PNG cut off": (update("image", {"key": "a", "step": 0, "png": PIXEL[:-1]}), refused("image is not a complete PNG")),
}


@pytest.mark.usefixtures("pages_stand")
def test_an_unacceptable_record_is_refused_by_itself(put: Callable[..., HttpResponse], run: Run) -> None:
    answers = [put(body, name=f"w/{seq}") for seq, (body, _) in enumerate(REFUSED.values())]
    assert [answer.status_code for answer in answers] == [202] * len(REFUSED)
    told = {name: answer.json()["rejected"] for name, answer in zip(REFUSED, answers, strict=True)}
    assert told == {name: [reason] for name, (_, reason) in REFUSED.items()}
    assert Run.objects.get(pk=run.pk).rejected_records == len(REFUSED)
    assert put(GOOD, name="w/1000").json() == {"points": 2, "rejected": [], "refused": 0}


@pytest.mark.usefixtures("pages_stand")
def test_odd_config_is_kept(put: Callable[..., HttpResponse], run: Run) -> None:
    config = {"lr": float("inf"), "x": float("nan"), "big": 2**64 - 1, "🦉": "𝔘", "deep": nested(30)["a"], "huge": 1e308}
    assert put(update("config", config)).json()["rejected"] == []
    kept = Run.objects.get(pk=run.pk).config
    assert {**kept, "huge": 0} == {**config, "lr": "Infinity", "x": "NaN", "huge": 0}
    assert float(kept["huge"]) == 1e308


@pytest.mark.usefixtures("pages_stand")
def test_an_image_is_kept_once(put: Callable[..., HttpResponse], run: Run) -> None:
    told = [[i, 1000, "image", {"key": "confusion", "step": i, "png": PIXEL, "caption": "a\0b"}] for i in range(2)]
    assert put(raw(updates=told)).json()["rejected"] == []
    images = list(Image.objects.filter(run=run).order_by("order").values_list("step", "caption", "width", "height"))
    assert images == [(0, "a b", 1, 1), (1, "a b", 1, 1)]
    assert Image.objects.filter(run=run).values("blob").distinct().count() == 1
    assert not Update.objects.filter(run=run).exists()


@pytest.mark.usefixtures("pages_stand")
def test_a_run_with_10_000_keys(put: Callable[..., HttpResponse]) -> None:
    keys = [f"layer/{i}" for i in range(10_000)]
    assert put(gzip.compress(raw(groups=[group(keys, values=bytes(80_000))])), "gzip").json()["points"] == 10_000


def test_no_length_no_body(run: Run, api_of: Callable[[str], Client], log_key: str) -> None:
    answer = api_of(log_key).put(f"/api/v1/runs/{run.uid}/batches/w/0", GOOD, CONTENT_LENGTH="")
    assert refusal(answer) == (411, "length_required")


@pytest.mark.django_db(transaction=True)
def test_a_database_that_went_away_is_a_503_and_nothing_is_lost(put: Callable[..., HttpResponse], run: Run) -> None:
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    answer = put(GOOD)
    assert refusal(answer) == (503, "database_away")
    assert int(answer["Retry-After"]) > 0
    connection.close()
    assert put(GOOD).status_code == 202
