"""IDX files, the form in which MNIST and its relatives are published, gzipped or not.

An IDX file is two zero bytes, the type of its numbers (8: unsigned bytes), the number of
dimensions, each dimension as a big-endian 32-bit number, then the numbers.
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["GZIP", "parsed", "read_idx", "unpacked"]

GZIP = b"\x1f\x8b"  # how a gzipped file begins
UNSIGNED_BYTES = bytes([0, 0, 8])
MOST_DIMENSIONS = 64  # of a NumPy array


def read_idx(path: str | Path) -> NDArray[np.uint8]:
    """The bytes in an IDX file, in their shape; unpacked first if the file is gzipped.

    Reads MNIST's files and those of its relatives, such as Fashion-MNIST; `scaled` makes inputs
    of the images.

    Returns:
        uint8: (n, 28, 28) for MNIST's images, (n,) for its labels. It cannot be written to, since
        it is the file's content; ``.copy()`` can.

    Raises:
        FileNotFoundError: when there is no such file.
        ValueError: for another kind of file, one that is too short or too long, or broken gzip;
            names the file and what is wrong.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "labels-idx1-ubyte"
    ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9]))
    ...     read_idx(path)
    array([7, 0, 9], dtype=uint8)
    """
    return parsed(unpacked(Path(path).read_bytes(), path), path)


def unpacked(content: bytes, source: str | Path) -> bytes:
    """What is in a gzipped file; other bytes as they are. An error names the source."""
    if not content.startswith(GZIP):  # not by the name: a .gz that was already unpacked keeps working
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{source}: damaged gzip ({error})") from None


def parsed(content: bytes, source: str | Path) -> NDArray[np.uint8]:
    """The array in the content of an IDX file. An error names the source."""
    if len(content) < 4:
        raise ValueError(f"{source}: only {len(content)} bytes, too short for an IDX file")
    dimensions = content[3]
    if not content.startswith(UNSIGNED_BYTES) or not 1 <= dimensions <= MOST_DIMENSIONS:
        raise ValueError(
            f"{source}: not an IDX file of bytes: it begins with {content[:4].hex(' ')}, expected "
            f"{UNSIGNED_BYTES.hex(' ')} and the number of dimensions"
        )
    header = 4 + 4 * dimensions
    if len(content) < header:
        raise ValueError(f"{source}: ends inside the header, after {len(content)} of {header} bytes")
    shape = tuple(int.from_bytes(content[i : i + 4], "big") for i in range(4, header, 4))
    size = math.prod(shape)  # not NumPy's: the numbers in a damaged header may overflow 64 bits
    if len(content) - header != size:
        wrong = "truncated" if len(content) - header < size else "too long"
        raise ValueError(
            f"{source}: {wrong}: the header says {' x '.join(map(str, shape))} = {size} bytes of data, "
            f"and there are {len(content) - header}"
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)
