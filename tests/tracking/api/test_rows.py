"""Rows over HTTP, from people without an SDK."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from tests.factories.answers import refusal
from tracking.models import Run

TIME = 1_700_000_000_000
GOOD = b'{"v": 1, "rows": [[0, 1700000000000, {"loss": 0.5, "acc": "NaN"}]]}'
Put = Callable[..., HttpResponse]


@pytest.fixture
def put_json(put: Put) -> Put:
    def put_json(body: bytes, codec: str = "", name: str = "w/0", kind: str = "application/json") -> HttpResponse:
        return put(body, codec, name, kind=kind)

    return put_json


def rows_of(*rows: Any) -> bytes:
    return json.dumps({"v": 1, "rows": rows}).encode()


@pytest.mark.usefixtures("pages_stand")
def test_the_same_bytes_again_are_answered_byte_for_byte(put_json: Put) -> None:
    body = rows_of([0, TIME, {"loss": 1, "": 2}], ["config", TIME, {"lr": 1}], 7)
    first, again, packed = put_json(body), put_json(body), put_json(gzip.compress(body), "gzip")
    assert (first.status_code, again.status_code, packed.status_code) == (202, 200, 200)
    assert first.content == again.content == packed.content
    assert first.json() == {
        "points": 1,
        "rejected": [
            {"order": 0, "key": "", "reason": "key has not 1 to 200 characters"},
            {"order": 2, "key": None, "reason": "row is not [step, time_ms, {key: number}]: Expected `array`, got `int`"},
        ],
        "refused": 2,
    }


def test_the_kind_may_say_its_charset(put_json: Put) -> None:
    assert put_json(GOOD, kind="Application/JSON; charset=utf-8").json()["points"] == 2


def test_json_without_its_kind_is_told_what_to_do(put_json: Put) -> None:
    answer = put_json(GOOD, kind="application/x-www-form-urlencoded")
    assert refusal(answer) == (415, "unsupported_media_type")
    assert "Content-Type: application/json" in answer.json()["error"]["message"]


BROKEN = {
    "empty": b" ",
    "null": b"null",
    "a list": b"[]",
    "cut off": GOOD[:-2],
    "more behind": GOOD + b"1",
    "NaN": GOOD.replace(b'"NaN"', b"NaN"),
    "Infinity": GOOD.replace(b'"NaN"', b"-Infinity"),
    "1e999": GOOD.replace(b"0.5", b"1e999"),
    "5000 digits": GOOD.replace(b"0.5", b"9" * 5000),
    "a name twice": GOOD.replace(b'"acc"', b'"loss"'),
    "deep": b'{"v": 1, "rows": ' + b"[" * 100_000,
    "nested 40": b'{"v": 1, "rows": [' + b"[" * 40 + b"]" * 40 + b"]}",
    "half a surrogate pair": GOOD.replace(b"acc", rb"\ud800"),
    "NUL": GOOD.replace(b"acc", rb"\u0000"),
    "BOM": b"\xef\xbb\xbf" + GOOD,
    "UTF-16": GOOD.decode().encode("utf-16"),
    "no version": b'{"rows": []}',
    "rows are a map": b'{"v": 1, "rows": {}}',
    "groups of texts": b'{"v": 1, "groups": [[["a"], "", "", "", ""]]}',
    "unknown field": b'{"v": 1, "rows": [], "more": 1}',
    "MessagePack": b"\x82\xa1v\x01\xa4rows\x90",
}


@pytest.mark.usefixtures("pages_stand")
def test_what_is_no_plain_json_breaks_the_batch(put_json: Put, run: Run) -> None:
    answers = {name: refusal(put_json(body)) for name, body in BROKEN.items()}
    assert set(answers.values()) == {(400, "broken_body"), (400, "broken_batch")}
    assert not run.batches.exists()
    assert put_json(GOOD).status_code == 202


def test_json_is_bounded(put_json: Put) -> None:
    long = GOOD + b" " * 1024 * 1024
    assert refusal(put_json(long)) == (413, "too_large")
    assert refusal(put_json(gzip.compress(long), "gzip")) == (413, "too_large")


def test_other_rows_under_the_name_are_told_on_the_run_page(
    put_json: Put, run: Run, client_of: Callable[[User], Client], bob: User
) -> None:
    put_json(GOOD)
    assert refusal(put_json(GOOD.replace(b"0.5", b"0.75"))) == (409, "batch_conflict")
    page = client_of(bob).get(f"/{run.project.team.slug}/{run.project.slug}/runs/{run.uid}").content.decode()
    assert "1 batch came under a known name with other content and was not applied" in page
    assert put_json(GOOD).status_code == 200
