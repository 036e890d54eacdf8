"""Arrays as text in a page, to the last bit."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["encoded"]

LEVELS = 256  # distinct numbers that a byte can stand for


def encoded(array: NDArray[Any]) -> dict[str, Any]:
    """An array as a dict for JSON, with its bytes in base64, little-endian.

    Whole numbers have the fewest bytes. Other numbers are float32 where that is exact, or else float64; or up
    to 256 distinct ones stand in a palette of float64, and the array has a byte for each number. A number
    that is most of the array, as the paper of images, stands once: a bit for each place says whether another
    is there, and these others follow.

    >>> encoded(np.tile([0.5, 0.25], 6))
    {'palette': 'AAAAAAAA0D8AAAAAAADgPw==', 'uint8': 'AQABAAEAAQABAAEA'}
    >>> list(encoded(np.linspace(0, 1, 300))), list(encoded(np.arange(300.0) / 8))
    (['float64'], ['float32'])
    >>> encoded(np.array([0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]))
    {'size': 8, 'common': 0.0, 'others': 'AQ==', 'rest': {'float32': 'AAAAPw=='}}
    """
    flat = array.ravel()
    if flat.dtype.kind in "iu":
        kind = next(k for k in ("uint8", "uint16", "uint32") if flat.max(initial=0) <= np.iinfo(k).max)
        return {kind: _text(flat, kind)}
    common, count = _commonest(flat)
    if 2 * count <= flat.size:
        return _numbers(flat)
    others = flat != common
    mask = _text(np.packbits(others, bitorder="little"), "uint8")
    return {"size": flat.size, "common": common, "others": mask, "rest": _numbers(flat[others])}


def _commonest(flat: NDArray[Any]) -> tuple[float, int]:
    values, counts = np.unique(flat, return_counts=True)
    return float(values[counts.argmax()]), int(counts.max())


def _numbers(flat: NDArray[Any]) -> dict[str, Any]:
    with np.errstate(over="ignore"):
        kind = "float32" if np.array_equal(flat.astype(np.float32), flat) else "float64"
    palette, codes = np.unique(flat, return_inverse=True)
    if len(palette) <= LEVELS and palette.nbytes + flat.size < flat.size * np.dtype(kind).itemsize:
        return {"palette": _text(palette, "float64"), "uint8": _text(codes, "uint8")}
    return {kind: _text(flat, kind)}


def _text(array: NDArray[Any], kind: str) -> str:
    return base64.b64encode(array.astype(np.dtype(kind).newbyteorder("<")).tobytes()).decode("ascii")
