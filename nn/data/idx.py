"""The MNIST digits, from the IDX files of the original (deck E), gzipped or not.

An IDX file is two zero bytes, the type of its numbers (8: unsigned bytes), the number of
dimensions, each dimension as a big-endian 32-bit number, then the numbers.
"""

from __future__ import annotations

import gzip
import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nn.data.digits import Digits, scaled

__all__ = ["MNIST", "mnist", "read_idx"]

UNSIGNED_BYTES = 8
KINDS = {1: "labels", 3: "images"}


@dataclass(frozen=True)
class MNIST:
    """The digits to train with, and those to test with where their files are there."""

    train: Digits
    test: Digits | None


def mnist(folder: str | Path) -> MNIST:
    """The MNIST digits in a folder of IDX files.

    Args:
        folder: holds ``train-images-idx3-ubyte`` and ``train-labels-idx1-ubyte``, and may hold
            ``t10k-images-idx3-ubyte`` and ``t10k-labels-idx1-ubyte``; each as it is or with ``.gz``.

    Raises:
        FileNotFoundError: names the folder or the file that is missing.
        ValueError: for a file that is not what it should be; names the file and what is wrong.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {folder}; give one that holds the MNIST files")
    train = _digits(folder, "train")
    if train is None:
        raise FileNotFoundError(
            f"{folder} lacks train-images-idx3-ubyte and train-labels-idx1-ubyte (with or without .gz)"
        )
    return MNIST(train, _digits(folder, "t10k"))


def _digits(folder: Path, name: str) -> Digits | None:
    paths = [_find(folder, f"{name}-images-idx3-ubyte"), _find(folder, f"{name}-labels-idx1-ubyte")]
    if paths == [None, None]:
        return None
    image_path, label_path = paths
    if image_path is None or label_path is None:
        present = image_path or label_path
        missing = "labels-idx1-ubyte" if label_path is None else "images-idx3-ubyte"
        raise FileNotFoundError(f"{present} is there, but {name}-{missing} is not; the two belong together")
    images, labels = read_idx(image_path, 3), read_idx(label_path, 1)
    if images.shape[1:] != (28, 28):
        raise ValueError(f"{image_path}: the images are {images.shape[1]} x {images.shape[2]}, not 28 x 28")
    if len(images) != len(labels):
        raise ValueError(f"{image_path} has {len(images)} images, but {label_path} has {len(labels)} labels")
    if labels.size and labels.max() > 9:
        raise ValueError(
            f"{label_path}: label {labels.max()} at position {labels.argmax()}; digits are 0 to 9"
        )
    return Digits(scaled(images.reshape(-1, 784)), labels.astype(np.int64))


def _find(folder: Path, name: str) -> Path | None:
    return next((p for p in (folder / name, folder / f"{name}.gz") if p.is_file()), None)


def read_idx(path: str | Path, dimensions: int) -> NDArray[np.uint8]:
    """The bytes of an IDX file, in its shape; unpacked first if the file is gzipped.

    Raises:
        ValueError: for a wrong magic number, a file that is too short or too long, or broken gzip.
    """
    content = _unpacked(Path(path))
    header = 4 + 4 * dimensions
    if len(content) < 4:
        raise ValueError(f"{path}: only {len(content)} bytes, too short for an IDX file")
    expected = bytes([0, 0, UNSIGNED_BYTES, dimensions])
    if content[:4] != expected:
        raise ValueError(
            f"{path}: not an IDX file of {KINDS.get(dimensions, 'bytes')}: it begins with "
            f"{content[:4].hex(' ')}, expected {expected.hex(' ')}"
        )
    if len(content) < header:
        raise ValueError(f"{path}: ends inside the header, after {len(content)} of {header} bytes")
    shape = tuple(int.from_bytes(content[i : i + 4], "big") for i in range(4, header, 4))
    size = math.prod(shape)  # not NumPy's: the numbers in a damaged header may overflow 64 bits
    if len(content) - header != size:
        wrong = "truncated" if len(content) - header < size else "too long"
        raise ValueError(
            f"{path}: {wrong}: the header says {' x '.join(map(str, shape))} = {size} bytes of data, "
            f"and there are {len(content) - header}"
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def _unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    if content[:2] != b"\x1f\x8b":  # by its content: a .gz that was already unpacked keeps working
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path}: damaged gzip ({error}); fetch the file again") from None
