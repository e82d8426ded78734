"""An answer as zstd where its reader takes that. GZipMiddleware packs for the others, at twenty times the cost."""

import re

import zstandard
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

_WORTH = 500  # bytes; below them a header says as much
_LEVEL = 3


def packed(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The same answer, its body zstd where the request accepts it. Packed bytes are others, so an ETag becomes a weak one.

    For data that nobody else can put words into: what a stranger writes beside a secret, packing tells him about (BREACH).
    """
    patch_vary_headers(answer, ["Accept-Encoding"])
    if len(answer.content) < _WORTH or not accepts(request.headers.get("Accept-Encoding", ""), "zstd"):
        return answer
    # A compressor of its own: none is shared between threads (docs/decisions/0003).
    answer.content = zstandard.ZstdCompressor(level=_LEVEL).compress(answer.content)
    answer.headers["Content-Encoding"] = "zstd"
    answer.headers["Content-Length"] = str(len(answer.content))
    if answer.headers.get("ETag", "").startswith('"'):
        answer.headers["ETag"] = f"W/{answer.headers['ETag']}"
    return answer


def accepts(header: str, coding: str) -> bool:
    """Whether an Accept-Encoding names `coding`, and not to refuse it with q=0."""
    for part in header.lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() == coding:
            return re.fullmatch(r"\s*q=0(\.0*)?\s*", quality) is None
    return False
