"""IDX files, the form in which MNIST and its relatives are published, gzipped or not.

An IDX file is two zero bytes, the type of its numbers (8: unsigned bytes), the number of
dimensions, each dimension as a big-endian 32-bit number, then the numbers.
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from autograd._support.paths import as_path

__all__ = ["content_of", "parsed", "read_idx", "unzipped"]

UNSIGNED_BYTES = bytes([0, 0, 8])
MOST_DIMENSIONS = 64  # of a NumPy array
PIECE = 1 << 20  # bytes read together


def read_idx(path: str | Path) -> NDArray[np.uint8]:
    """The bytes in an IDX file, in their shape; unpacked first if the file is gzipped.

    Reads MNIST's files and those of its relatives, such as Fashion-MNIST; `scaled` makes inputs
    of the images.

    Returns:
        uint8: (n, 28, 28) for MNIST's images, (n,) for its labels. It cannot be written to, since
        it is the file's content; ``.copy()`` can.

    As many bytes are read, or unpacked, as its header says.

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
    path = as_path(path)
    with path.open("rb") as file:
        return parsed(content_of(file, path), path)


def unzipped(file: IO[bytes]) -> IO[bytes]:
    """A file, unpacked if its first bytes are those of gzip: an unpacked file may still be called .gz."""
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return cast(IO[bytes], gzip.GzipFile(fileobj=file)) if packed else file


def content_of(file: IO[bytes], source: str | Path) -> bytes:
    """The content of an IDX file, unpacked, as far as its header says and one byte more if it is longer.

    Raises:
        ValueError: for broken gzip, or a file that is nothing of the kind; names the source.
    """
    file = unzipped(file)
    content = bytearray()

    def read_to(end: int) -> bool:
        """In pieces, so that a header that says too much fills no memory."""
        while len(content) < end and (piece := file.read(min(end - len(content), PIECE))):
            content.extend(piece)
        return len(content) >= end

    try:
        if read_to(4) and read_to(4 + 4 * _dimensions(content, source)):
            read_to(len(content) + math.prod(_shape(content)) + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{source}: damaged gzip ({error})") from None
    return bytes(content)


def parsed(content: bytes, source: str | Path) -> NDArray[np.uint8]:
    """The array in the content of an IDX file. An error names the source."""
    if len(content) < 4:
        raise ValueError(f"{source}: only {len(content)} bytes, too short for an IDX file")
    header = 4 + 4 * _dimensions(content, source)
    if len(content) < header:
        raise ValueError(f"{source}: ends inside the header, after {len(content)} of {header} bytes")
    shape = _shape(content)
    size = math.prod(shape)  # not NumPy's: the numbers in a damaged header may overflow 64 bits
    available = len(content) - header
    if available != size:
        wrong, ends = ("truncated", str(available)) if available < size else ("too long", "more")
        raise ValueError(
            f"{source}: {wrong}: the header says {' x '.join(map(str, shape))} = {size} bytes of data, "
            f"and there are {ends}"
        )
    try:
        return np.frombuffer(content, np.uint8, offset=header).reshape(shape)
    except ValueError:  # without elements, and yet beyond what NumPy counts to
        lengths = " x ".join(map(str, shape))
        raise ValueError(f"{source}: the header says {lengths}, more than an array can have") from None


def _dimensions(content: bytes | bytearray, source: str | Path) -> int:
    dimensions = content[3]
    if not content.startswith(UNSIGNED_BYTES) or not 1 <= dimensions <= MOST_DIMENSIONS:
        raise ValueError(
            f"{source}: not an IDX file of bytes: it begins with {content[:4].hex(' ')}, expected "
            f"{UNSIGNED_BYTES.hex(' ')} and the number of dimensions"
        )
    return dimensions


def _shape(content: bytes | bytearray) -> tuple[int, ...]:
    """The shape of the array, from a complete header."""
    return tuple(int.from_bytes(content[i : i + 4], "big") for i in range(4, 4 + 4 * content[3], 4))
