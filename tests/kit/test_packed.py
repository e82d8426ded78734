"""Answers as zstd for those who take it."""

import pytest
import zstandard
from django.http import HttpResponse
from django.test import RequestFactory

from kit.packed import accepts, packed

BODY = bytes(range(256)) * 40


def answer(accepted: str, body: bytes = BODY) -> HttpResponse:
    return packed(RequestFactory().get("/", headers={"Accept-Encoding": accepted}), HttpResponse(body, headers={"ETag": '"a"'}))


def test_a_reader_of_zstd_gets_it() -> None:
    found = answer("gzip, deflate, br, zstd")
    assert (found["Content-Encoding"], found["Vary"], found["ETag"]) == ("zstd", "Accept-Encoding", 'W/"a"')
    assert int(found["Content-Length"]) == len(found.content) < len(BODY)
    assert zstandard.ZstdDecompressor().decompress(found.content) == BODY


@pytest.mark.parametrize(("accepted", "body"), [("gzip, deflate", BODY), ("", BODY), ("zstd;q=0", BODY), ("zstd", b"short")])
def test_others_get_it_as_it_is(accepted: str, body: bytes) -> None:
    found = answer(accepted, body)
    assert (found.content, found["Vary"], found["ETag"]) == (body, "Accept-Encoding", '"a"')
    assert "Content-Encoding" not in found


@pytest.mark.parametrize(
    ("header", "taken"),
    [("zstd", True), ("gzip,zstd;q=0.5", True), ("ZSTD", True), ("zstd; q=0.0", False), ("xzstd", False), ("*", False)],
)
def test_what_a_header_accepts(header: str, taken: bool) -> None:
    assert accepts(header, "zstd") is taken
