"""Images: any array as PNG, written with zlib alone."""

import os
import zlib
from pathlib import Path
from struct import pack
from typing import Any

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LARGEST = 4 << 20
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}  # channels -> PNG colour type: grey, grey+alpha, RGB, RGBA


class Image:
    """A picture for `run.log({"samples": lablore.Image(array)})`.

    `data` is one of

    * an array or tensor of shape (height, width) or (height, width, channels), or channels first as torch has it; 1 to 4
      channels: grey, grey + alpha, RGB, RGBA. Integers are 0..255 and clipped. Floats are 0..1, or 0..255 when any is
      above 1. Booleans are black and white.
    * PNG bytes, or the path of a PNG file
    * a PIL image

    The picture is read when this is called, so the array may change afterwards. At most 4 MiB as PNG. It never raises:
    what cannot be an image is said once when it is logged.
    """

    def __init__(self, data: Any, caption: str | None = None) -> None:
        self.caption = caption
        self.png = b""
        self.problem = ""
        try:
            self.png = _png_of(data)
            if len(self.png) > LARGEST:
                self.problem = f"an image of more than {LARGEST >> 20} MiB as PNG"
        except Exception as error:  # foreign array classes raise anything
            self.problem = f"an image that cannot be read ({type(error).__name__}: {error})"


def _png_of(data: Any) -> bytes:
    if isinstance(data, str | os.PathLike):
        path = Path(data)
        if path.stat().st_size > 8 * LARGEST:
            raise ValueError("the file is too large")
        data = path.read_bytes()
    if isinstance(data, bytes | bytearray):
        if not data.startswith(SIGNATURE):
            raise ValueError("only PNG files are taken")
        return bytes(data)
    if callable(getattr(data, "convert", None)) and hasattr(data, "getbands"):
        return _from_pil(data)
    return encode_png(*_pixels(data))


def _from_pil(picture: Any) -> bytes:
    mode = picture.mode if picture.mode in {"L", "LA", "RGB", "RGBA"} else "RGBA"
    width, height = picture.size
    return encode_png(picture.convert(mode).tobytes(), height, width, len(mode))


def _pixels(array: Any) -> tuple[bytes, int, int, int]:
    """(bytes row by row, height, width, channels) of an array of any library that speaks NumPy's protocol."""
    for step in ("detach", "cpu", "numpy"):  # torch tensors, also on a GPU
        array = getattr(array, step)() if hasattr(array, step) else array
    if not hasattr(array, "astype"):
        raise TypeError(f"{type(array).__name__} is no array")
    shape = tuple(int(n) for n in array.shape)
    if len(shape) == 3 and shape[2] not in _COLOUR_TYPES and shape[0] in (1, 3, 4):
        array = array.transpose(1, 2, 0)
        shape = (shape[1], shape[2], shape[0])
    if len(shape) == 2:
        shape = (*shape, 1)
    if len(shape) != 3 or shape[2] not in _COLOUR_TYPES or 0 in shape:
        raise ValueError(f"shape {shape}")
    return _bytes_of(array), shape[0], shape[1], shape[2]


def _bytes_of(array: Any) -> bytes:
    kind = array.dtype.kind
    if kind == "b":
        array = array.astype("uint8") * 255
    elif kind == "f":
        array = array.astype("float64")
        array = array.copy()
        array[array != array] = 0.0  # NaN is black
        scale = 255.0 if float(array.max()) <= 1.0 else 1.0
        array = (array.clip(0.0, 255.0 / scale) * scale).round()
    elif kind not in "iu":
        raise TypeError(f"numbers of kind {array.dtype}")
    return bytes(array.clip(0, 255).astype("uint8").tobytes())


def encode_png(pixels: bytes, height: int, width: int, channels: int) -> bytes:
    """`pixels` (uint8, row by row, `channels` a pixel) as a PNG file (W3C PNG, third edition: 8 bits, filter 0)."""
    stride = width * channels
    rows = b"".join(b"\0" + pixels[at : at + stride] for at in range(0, height * stride, stride))
    head = pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[channels], 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 6)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))
