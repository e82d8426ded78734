"""One column of numbers as bytes and back, bit by bit.

pcodec (https://github.com/pcodec/pcodec) at level 4: a trial (docs/decisions/0003) found it three to five times faster than its
default of 8 at a size within a few per cent. Below 32 numbers its header costs more than it saves.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from pcodec import ChunkConfig, standalone

Column = npt.NDArray[Any]

_RAW_BELOW = 32
_CONFIG = ChunkConfig(compression_level=4)


def pack_column(column: Column) -> bytes:
    """A column of int64, float64, float32 or uint32."""
    if len(column) < _RAW_BELOW:
        return column.tobytes()
    return bytes(standalone.simple_compress(np.ascontiguousarray(column), _CONFIG))


def unpack_column(packed: bytes, dtype: str, n: int) -> Column:
    """The column of n numbers; `dtype` as in numpy, little-endian."""
    if n < _RAW_BELOW:
        return np.frombuffer(packed, dtype=dtype)
    column: Column = standalone.simple_decompress(packed)
    return column


def unpack_into(packed: bytes, target: Column) -> None:
    """The same into a column that is there, of as many numbers: a part of a longer one, say."""
    if len(target) < _RAW_BELOW:
        target[:] = np.frombuffer(packed, dtype=target.dtype)
    else:
        standalone.simple_decompress_into(packed, target)
