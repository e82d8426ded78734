"""Whether bytes are a PNG and nothing else (PNG specification, third edition, section 5)."""

import struct
import zlib

from tracking.limits import IMAGE_SIDE

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEAD = struct.Struct(">I4s")


def png_size(body: bytes) -> tuple[int, int] | None:
    """(width, height) in pixels, or None unless the bytes are whole chunks from IHDR to IEND with nothing behind.

    Every chunk's checksum is checked; pixels are not unpacked, so a bomb inside costs us nothing.
    """
    if not body.startswith(_SIGNATURE):
        return None
    position, size, kind = len(_SIGNATURE), None, b""
    while kind != b"IEND":
        if position + 12 > len(body):
            return None
        length, kind = _HEAD.unpack_from(body, position)
        end = position + 12 + length
        if end > len(body) or zlib.crc32(body[position + 4 : end - 4]) != int.from_bytes(body[end - 4 : end], "big"):
            return None
        if size is None:
            size = _size(kind, body[position + 8 : end - 4])
            if size is None:
                return None
        position = end
    return size if position == len(body) else None


def _size(kind: bytes, data: bytes) -> tuple[int, int] | None:
    if kind != b"IHDR" or len(data) != 13:
        return None
    width, height = struct.unpack(">II", data[:8])
    return (width, height) if 0 < width <= IMAGE_SIDE and 0 < height <= IMAGE_SIDE else None
