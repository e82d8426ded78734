"""The wire: batches as released SDKs wrote them, read by a reader that shares no code with the SDK."""

import json
import shutil
import struct
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lablore._tail import Batch, Tail
from lablore._wire import encode_batch

from tests.sdk.server import points_of

RECORDED = Path(__file__).parent.parent / "wire" / "v1"
encode = msgspec.msgpack.encode


def batches_in(spool: Path, folder: Path) -> list[Batch]:
    copy = shutil.copy(spool, folder / "0123456789abcdef.spool")
    tail = Tail(copy, ended=True)
    found = []
    while (batch := tail.next_batch()) is not None:
        found.append(batch)
        tail.settle(batch)
    tail.close()
    return found


@pytest.mark.parametrize("spool", sorted(RECORDED.glob("*.spool")), ids=lambda path: path.stem)
def test_a_spool_of_a_released_sdk_gives_the_same_bytes_for_ever(spool: Path, tmp_path: Path) -> None:
    found = {batch.seq: batch.body for batch in batches_in(spool, tmp_path)}
    recorded = {int(path.stem.rsplit("-")[-1]): path.read_bytes() for path in RECORDED.glob(f"{spool.stem}-*.msgpack")}
    assert len(recorded) == 5
    assert found == recorded


def read(body: bytes) -> dict[str, Any]:
    batch = msgspec.msgpack.decode(body)
    points = [
        [order, step, when, key, struct.pack(">d", struct.unpack("<d", raw)[0]).hex()]
        for (order, _), (step, when, key, raw) in sorted(points_of(batch))
    ]
    updates = [
        [order, when, kind, {name: value.hex() if isinstance(value, bytes) else value for name, value in data.items()}]
        for order, when, kind, data in batch["updates"]
    ]
    return {"points": points, "updates": updates}


@pytest.mark.parametrize("path", sorted(RECORDED.glob("recorded-*.msgpack")), ids=lambda path: path.stem)
def test_what_a_recorded_batch_reads_as(path: Path) -> None:
    assert read(path.read_bytes()) == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def test_rows_of_one_key_set_need_no_order() -> None:
    body, points = encode_batch([encode((step, 100 + step, {"a": 0.5, "b": step})) for step in range(3)])
    [[keys, order, steps, times, values]] = msgspec.msgpack.decode(body)["groups"]
    assert (keys, order, points) == (["a", "b"], b"", 6)
    assert struct.unpack("<3q", steps) == (0, 1, 2)
    assert struct.unpack("<3q", times) == (100, 101, 102)
    assert struct.unpack("<6d", values) == (0.5, 0, 0.5, 1, 0.5, 2)


def test_every_record_has_its_place_over_groups_and_updates() -> None:
    records = [(0, 1, {"a": 1}), ("summary", 2, {"s": 1}), (1, 3, {"b": 2}), (2, 4, {"a": 3})]
    body, points = encode_batch([encode(record) for record in records])
    batch = msgspec.msgpack.decode(body)
    assert points == 3
    assert [(keys, struct.unpack(f"<{len(order) // 4}i", order)) for keys, order, *_ in batch["groups"]] == [
        (["a"], (0, 3)),
        (["b"], (2,)),
    ]
    assert batch["updates"] == [[1, 2, "summary", {"s": 1}]]


def test_an_update_of_a_kind_not_known_yet_passes_through() -> None:
    body, _ = encode_batch([encode(("hologram", 5, {"x": [1]}))])
    assert msgspec.msgpack.decode(body) == {"v": 1, "groups": [], "updates": [[0, 5, "hologram", {"x": [1]}]]}
