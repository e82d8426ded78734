"""The spool file on disk.

    8 bytes  b"LLSPOOL1"
    frames   uint32 LE length n > 0 | uint32 LE CRC-32 of the payload | n bytes of MessagePack

The first payload is a map, the header: what the run is and who writes. Every other one is an array:

    [step, time_ms, {key: number}]      one `log` call
    [kind, time_ms, {…}]                an update, as on the wire (config, summary, tags, image, finish, lost)
    ["cut", time_ms, seq]               all since the last cut is batch `seq` of this writer

Cuts stand in the file itself, so what a batch holds depends on the file alone: whoever sends it again, later, after a
crash or from a copy on another machine, sends the same bytes. A frame that is short or whose sum is wrong ends the
file: what stands before it is the recovered prefix.
"""

import zlib
from struct import Struct

import msgspec

MAGIC = b"LLSPOOL1"
LARGEST_FRAME = 64 << 20
_HEAD = Struct("<II")
HEAD_SIZE = _HEAD.size
_encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder().decode


def sealed(payload: bytes) -> bytes:
    """`payload` with its length and sum in front: what is written in one piece."""
    return _HEAD.pack(len(payload), zlib.crc32(payload)) + payload


def frame(record: object) -> bytes:
    """`record` (lists, maps, text, bytes, numbers) as a sealed frame. Raises TypeError or OverflowError on anything else."""
    return sealed(_encode(record))


def split_frames(block: bytes) -> tuple[list[bytes], int]:
    """The payloads of the whole frames at the start of `block`, and how many bytes they take.

    Stops at the first frame that is incomplete, empty (zeros after a power cut), oversized or damaged.
    """
    payloads: list[bytes] = []
    at = 0
    while at + HEAD_SIZE <= len(block):
        length, total = _HEAD.unpack_from(block, at)
        end = at + HEAD_SIZE + length
        if not 0 < length <= LARGEST_FRAME or end > len(block):
            break
        payload = block[at + HEAD_SIZE : end]
        if zlib.crc32(payload) != total:
            break
        payloads.append(payload)
        at = end
    return payloads, at


def frame_size(block: bytes) -> int:
    """Bytes the first frame of `block` wants in all; 0 when its head is incomplete or makes no sense."""
    if len(block) < HEAD_SIZE:
        return 0
    length = int(_HEAD.unpack_from(block)[0])
    return length + HEAD_SIZE if 0 < length <= LARGEST_FRAME else 0
