"""Promise T16: nasty JSON at every writing endpoint is a 4xx or is stored and readable; every list still answers 200."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.factories.tracking import make_run
from tracking.models import Project

UID = "0123456789abcdef"
NEW = "zzzzzzzzzzzzzzzz"
BROKEN = [
    b"",
    b"null",
    b"[]",
    b"7",
    b'"text"',
    b"{",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"name": NaN}',
    b'{"name": "a", "name": "b"}',
    b'\xef\xbb\xbf{"name": "bom"}',
    '{"name": "wide"}'.encode("utf-16"),
    b'{"name": "\xed\xa0\x80"}',
    b'{"name": "' + b"x" * 2_000_000 + b'"}',
]
VALUES = [
    rb'"\u0000"',
    rb'"\ud800"',
    rb'{"\udfff": 1}',
    rb'{"\u0000": 1}',
    b"9" * 5000,
    b"1e999",
    b"-1e999",
    b"9223372036854775808",
    b"-9223372036854775809",
    b"1_000",
    "١٢".encode(),
    b"true",
    b"null",
    b"1.5",
    b"-0.0",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    b'{"": {"": {"": ""}}}',
    b'"' + b"x" * 300_000 + b'"',
    b'["' + b'","'.join([b"t"] * 5000) + b'"]',
    rb'"\u202e\u0007\ufffe"',
    b'"<script>alert(1)</script>"',
    b'"__proto__"',
]
FIELDS = ["uid", "project", "name", "group", "job_type", "config", "tags", "seed", "notes", "nothing"]


@pytest.fixture
def writer(api_of: Callable[[str], Client], admin_key: str, project: Project, bob: User) -> Client:
    make_run(project, bob, "steady", uid=UID)
    return api_of(admin_key)


@pytest.fixture
def pages_stand(client_of: Callable[[User], Client], writer: Client, alice: User, project: Project) -> Callable[[], None]:
    """Every list and page that shows what was written."""

    def stand() -> None:
        reader = client_of(alice)
        for page in ("/meridian/", "/meridian/digits/runs", f"/meridian/digits/runs/{UID}", "/meridian/digits/frame?key=a"):
            assert reader.get(page).status_code == 200, page
        listed = writer.get("/api/v1/runs")
        assert listed.status_code == 200
        for run in json.loads(listed.content)["runs"]:
            assert writer.get(f"/api/v1/runs/{run['uid']}").status_code == 200
            assert reader.get(run["url"].removeprefix("http://127.0.0.1:8000")).status_code == 200

    return stand


def send(writer: Client, method: str, body: bytes) -> int:
    address = "/api/v1/runs" if method == "POST" else f"/api/v1/runs/{UID}"
    answer = writer.generic(method, address, body, content_type="application/json")
    if answer.status_code >= 400:
        assert set(json.loads(answer.content)) == {"error"}
        assert {"code", "message"} <= set(json.loads(answer.content)["error"])
    return answer.status_code


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_body_that_is_no_object_is_refused(writer: Client, pages_stand: Callable[[], None], method: str) -> None:
    for body in BROKEN:
        empty = method == "PATCH" and body == b""  # nothing said, nothing changed
        assert send(writer, method, body) in ({200} if empty else {400, 413, 422}), body[:40]
    pages_stand()


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_nasty_values_are_refused_or_stored_and_readable(writer: Client, pages_stand: Callable[[], None], method: str) -> None:
    for field in FIELDS:
        for value in VALUES:
            others = b"" if method == "PATCH" else f'"uid": "{NEW}", "project": "digits", '.encode()
            if method == "POST" and field in {"uid", "project"}:
                others = b'"project": "digits", ' if field == "uid" else f'"uid": "{NEW}", '.encode()
            body = b"{" + others + f'"{field}": '.encode() + value + b"}"
            assert send(writer, method, body) in {200, 201, 400, 404, 409, 413, 422}, body[:80]
    pages_stand()


NASTY_WORDS = [
    "%00",
    "%ff",
    "%ed%a0%80",
    "tag%3A",
    "%22",
    "x" * 5000,
    "(" * 500,
    "seed%3A99999999999999999999",
    "-1",
    "a%20or%20b",
    "١",
]
PAGES = {
    "query": ("runs", "frame", "frame.csv"),
    "sort": ("runs",),
    "page": ("runs",),
    f"shown={UID}&since": ("runs",),
    f"shown={UID}&config": ("runs",),
    f"shown={UID}&metric": ("runs",),
    "shown": ("runs",),
    "key": ("frame", f"runs/{UID}/frame", f"runs/{UID}/images"),
    "key=a&group": ("frame",),
    "runs": ("pulse",),
    "have": (f"runs/{UID}",),
}


def test_nasty_words_in_an_address_are_refused_or_mean_nothing(
    writer: Client, client_of: Callable[[User], Client], alice: User
) -> None:
    reader = client_of(alice)
    for nasty in NASTY_WORDS:
        for word in ("query", "cursor", "project"):
            assert writer.get(f"/api/v1/runs?{word}={nasty}").status_code in {200, 400}, (word, nasty)
        for word, pages in PAGES.items():
            for page in pages:
                answer = reader.get(f"/meridian/digits/{page}?{word}={nasty}", headers={"HX-Request": "true"})
                assert answer.status_code in {200, 302, 400, 422}, (page, word, nasty)


def test_nasty_names_of_runs_do_not_exist(writer: Client, client_of: Callable[[User], Client], alice: User) -> None:
    reader = client_of(alice)
    for run in ("%00", "%ff", "..", "x" * 300, UID + "%00", UID.upper()):
        assert writer.get(f"/api/v1/runs/{run}").status_code == 404
        for part in ("", "/frame", "/notes", "/images", "/media/x.png", "/history.csv"):
            assert reader.get(f"/meridian/digits/runs/{run}{part}").status_code == 404
