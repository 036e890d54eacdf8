"""Grey pictures as PNG, without a library."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["png_of"]

EIGHT_BITS, GREY = 8, 0


def png_of(grey: NDArray[np.uint8]) -> bytes:
    """A picture of shape (height, width), from 0, black, to 255, white (PNG 1.2, section 4.1).

    >>> png_of(np.zeros((2, 3), np.uint8))[:4]
    b'\\x89PNG'
    """
    height, width = grey.shape
    unfiltered = np.insert(grey, 0, 0, axis=1).tobytes()  # each row begins with its filter: none
    head = struct.pack(">IIBBBBB", width, height, EIGHT_BITS, GREY, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(*part) for part in ((b"IHDR", head), (b"IDAT", zlib.compress(unfiltered, 9)), (b"IEND", b""))
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
