"""Unpacking what strangers send."""

import gzip

import pytest
import zstandard

from kit.inflate import inflate
from kit.refusal import BrokenBody, TooLarge

DATA = bytes(range(256)) * 400
SIZED = zstandard.ZstdCompressor().compress(DATA)
UNSIZED = zstandard.ZstdCompressor(write_content_size=False).compress(DATA)
MEMBERS = b"".join(gzip.compress(DATA[start : start + 1000], mtime=0) for start in range(0, len(DATA), 1000))


@pytest.mark.parametrize(
    ("codec", "body"),
    [("", DATA), ("gzip", gzip.compress(DATA, mtime=0)), ("gzip", MEMBERS), ("zstd", SIZED), ("zstd", UNSIZED)],
)
def test_the_whole_content_comes_out(codec: str, body: bytes) -> None:
    assert inflate(body, codec, len(DATA)) == DATA
    with pytest.raises(TooLarge):
        inflate(body, codec, len(DATA) - 1)


@pytest.mark.parametrize("end", [0, 1, 5, 20, -1, -8])
@pytest.mark.parametrize(("codec", "body"), [("gzip", gzip.compress(DATA, mtime=0)), ("zstd", SIZED), ("zstd", UNSIZED)])
def test_what_is_cut_off_is_broken(codec: str, body: bytes, end: int) -> None:
    with pytest.raises(BrokenBody):
        inflate(body[:end], codec, len(DATA))


def test_a_damaged_byte_is_noticed() -> None:
    body = bytearray(gzip.compress(DATA, mtime=0))
    body[-5] ^= 1  # of the checksum
    with pytest.raises(BrokenBody):
        inflate(bytes(body), "gzip", len(DATA))
