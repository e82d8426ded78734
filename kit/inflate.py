"""Unpacking what strangers send: never more than the limit in memory, every gzip member, nothing cut off.

A ZstdDecompressor is made for each call: shared between threads it kills the process (docs/decisions/0003).
"""

import zlib
from collections.abc import Iterator

import zstandard

from kit.refusal import BrokenBody, TooLarge

GZIP_MEMBERS = 1_000  # 20 bytes make a member, so their number needs a bound of its own
_GZIP_PIECE = 65_536
# One byte of zstd can stand for 32 kB: pieces this small overshoot the limit by 16 MB at most.
_ZSTD_PIECE = 512
_ZSTD_WINDOW = 32 * 1024 * 1024


def inflate(body: bytes, codec: str, limit: int) -> bytes:
    """The bytes inside `body`; codec "gzip", "zstd" or "" for none.

    Raises TooLarge when they are more than `limit`, BrokenBody when they are damaged, cut off or of another codec.
    """
    if codec == "gzip":
        try:
            return b"".join(_gunzipped(body, limit))
        except zlib.error as error:
            raise BrokenBody("The gzip body is damaged. Send the batch again.") from error
    if codec == "zstd":
        return _unzstd(body, limit)
    if codec:
        raise BrokenBody(f"Content-Encoding {codec[:20]!r} is not understood. Send gzip, zstd or nothing.")
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _gunzipped(body: bytes, limit: int) -> Iterator[bytes]:
    """The contents of all members, piece by piece."""
    room = limit + 1  # never 0, which zlib takes for "no limit"
    member, members = zlib.decompressobj(wbits=31), 1
    for start in range(0, len(body), _GZIP_PIECE):
        rest = body[start : start + _GZIP_PIECE]
        while rest:
            if member.eof:
                member, members = zlib.decompressobj(wbits=31), members + 1
            if members > GZIP_MEMBERS:
                raise BrokenBody(f"This gzip has more than {GZIP_MEMBERS:,} members. Compress the body in one go.")
            piece = member.decompress(rest, room)
            room -= len(piece)
            if room <= 0:
                raise _too_large(limit)
            yield piece
            rest = member.unused_data if member.eof else member.unconsumed_tail
    if not member.eof:
        raise BrokenBody("The gzip body is cut off. Send the whole batch again.")


def _unzstd(body: bytes, limit: int) -> bytes:
    try:
        declared = zstandard.frame_content_size(body)
        if declared > limit:
            raise _too_large(limit)
        unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        if declared >= 0:
            return unpacker.decompress(body, max_output_size=limit, allow_extra_data=False)
        return _unzstd_undeclared(body, limit, unpacker)
    except zstandard.ZstdError as error:
        raise BrokenBody("The zstd body is damaged, cut off, or more than one frame. Send the whole batch again.") from error


def _unzstd_undeclared(body: bytes, limit: int, unpacker: zstandard.ZstdDecompressor) -> bytes:
    """A frame that does not say how much it holds."""
    frame = unpacker.decompressobj()
    pieces: list[bytes] = []
    size = 0
    for start in range(0, len(body), _ZSTD_PIECE):
        if frame.eof:
            break
        pieces.append(frame.decompress(body[start : start + _ZSTD_PIECE]))
        size += len(pieces[-1])
        if size > limit:
            raise _too_large(limit)
    if not frame.eof or frame.unused_data or start + _ZSTD_PIECE < len(body):
        raise zstandard.ZstdError("not exactly one frame")
    return b"".join(pieces)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is more than {limit >> 20} MiB when unpacked. Send smaller batches.", limit=limit)
