"""Text is compressed for who asks; what is packed, or large numbers, is not."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from kit.compression import CompressionMiddleware

TEXT = "the same words again, " * 50


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [("text/html", "gzip"), ("application/json", "gzip"), ("application/msgpack", ""), ("application/vnd.apache.parquet", "")],
)
def test_what_is_compressed(content_type: str, encoding: str) -> None:
    request = RequestFactory().get("/", headers={"accept-encoding": "gzip"})
    answer = CompressionMiddleware(lambda _request: HttpResponse(TEXT, content_type=content_type))(request)
    assert answer.headers.get("Content-Encoding", "") == encoding
    assert (answer.content == TEXT.encode()) is not bool(encoding)
