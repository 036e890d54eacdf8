"""The MNIST digits, from the files in which they are published (deck E)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nn.data.digits import Digits, scaled
from nn.data.idx import parsed, unpacked
from nn.data.sources import ORIGINALS, cache_folder, fetch

__all__ = ["MNIST", "mnist"]


@dataclass(frozen=True)
class MNIST:
    """The digits to train with, and those to test with where their files are there."""

    train: Digits
    test: Digits | None


def mnist(folder: str | Path | None = None, download: bool = False) -> MNIST:
    """The MNIST digits: 60,000 to train with and 10,000 to test with, from their IDX files.

    Args:
        folder: holds ``train-images-idx3-ubyte`` and ``train-labels-idx1-ubyte``, and may hold
            ``t10k-images-idx3-ubyte`` and ``t10k-labels-idx1-ubyte``; each as it is or with ``.gz``.
            None is a folder of this project in the user's cache.
        download: fetch those of the four files into the folder that are missing or damaged
            (11 MB in all). A whole file that holds something else is never overwritten.

    Every file with as many entries as the original is checked to be the original. One with fewer or
    more, a part of MNIST perhaps, is read as it is.

    Raises:
        FileNotFoundError: names the folder or the file that is missing.
        ValueError: for a file that is not what it should be; names the file and what is wrong.
        ConnectionError: when a file cannot be downloaded; names each mirror and why.

    >>> digits = mnist(download=True)  # doctest: +SKIP
    >>> digits.train, digits.test  # doctest: +SKIP
    (<60000 digits>, <10000 digits>)
    """
    folder = cache_folder() if folder is None else Path(folder)
    if not folder.is_dir() and not download:
        raise FileNotFoundError(
            f"there is no folder {folder}; give one that holds the MNIST files, "
            "or pass download=True to have them fetched into it"
        )
    files = {name: file for name in ORIGINALS if (file := _file(folder, name, download))}
    train = _digits("train", files)
    if train is None:
        raise FileNotFoundError(
            f"{folder} lacks train-images-idx3-ubyte and train-labels-idx1-ubyte (with or without .gz); "
            "download=True fetches them"
        )
    return MNIST(train, _digits("t10k", files))


@dataclass(frozen=True)
class _File:
    path: Path
    array: NDArray[np.uint8]


def _file(folder: Path, name: str, download: bool) -> _File | None:
    """One of the four files, checked; None where it is missing and not to be fetched."""
    path = next((p for p in (folder / name, folder / f"{name}.gz") if p.is_file()), None)
    if path is None:
        return _read(fetch(name, folder), name) if download else None
    try:
        return _read(path, name)
    except _Damaged as error:
        if not download:
            raise ValueError(f"{error}; download=True fetches the file again") from None
    fetched = fetch(name, folder)
    if path != fetched:  # it lay there without .gz, and would be found first again
        path.unlink()
    return _read(fetched, name)


class _Damaged(ValueError):
    """It is no whole IDX file, so there is nothing in it to lose."""


def _read(path: Path, name: str) -> _File:
    try:
        content = unpacked(path.read_bytes(), path)
        array = parsed(content, path)
    except ValueError as error:
        raise _Damaged(str(error)) from None
    original = ORIGINALS[name]
    if array.shape[1:] != original.shape[1:]:
        kind = "images" if len(original.shape) == 3 else "labels"
        raise ValueError(
            f"{path}: not {kind} of MNIST: the file holds an array of shape {array.shape}, "
            f"MNIST's is {original.shape}"
        )
    if len(array) == original.shape[0] and not original.is_in(content):
        raise ValueError(
            f"{path}: has the size of MNIST's file and other contents: it is damaged, or another data set "
            "such as Fashion-MNIST, which nn.data.read_idx reads. To have MNIST, take the file away "
            "and pass download=True"
        )
    return _File(path, array)


def _digits(part: str, files: dict[str, _File]) -> Digits | None:
    names = [f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"]
    found = [files[name] for name in names if name in files]
    if not found:
        return None
    if len(found) == 1:
        missing = next(name for name in names if name not in files)
        raise FileNotFoundError(
            f"{found[0].path} is there, but {missing} is not; the two belong together. "
            "download=True fetches what is missing"
        )
    images, labels = found
    if len(images.array) != len(labels.array):
        raise ValueError(
            f"{images.path} has {len(images.array)} images, but {labels.path} has {len(labels.array)} labels"
        )
    if labels.array.size and labels.array.max() > 9:
        raise ValueError(
            f"{labels.path}: label {labels.array.max()} at position {labels.array.argmax()}; "
            "digits are 0 to 9"
        )
    return Digits(scaled(images.array.reshape(-1, 784)), labels.array.astype(np.int64))
