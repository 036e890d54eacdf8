"""The MNIST digits, from the files in which they are published (deck E)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograd._support.paths import as_path
from nn.data._digits import Digits, scaled
from nn.data._idx import content_of, parsed
from nn.data._sources import ORIGINALS, cache_folder, fetch

__all__ = ["MNIST", "mnist"]

INSIDE = ("MNIST/raw", "MNIST", "mnist/raw", "mnist", "raw")  # where the files may be in a folder


@dataclass(frozen=True)
class MNIST:
    """The digits of `mnist`.

    Attributes:
        train: the digits to train with, 60,000 in the original files.
        test: the digits to test with, 10,000 in the original files; None without their files.

    >>> from nn.data import strokes
    >>> MNIST(train=strokes(20, rng=0), test=None)
    MNIST(train=<20 digits>, test=None)
    """

    train: Digits
    test: Digits | None


def mnist(folder: str | Path | None = None, download: bool = False) -> MNIST:
    """The MNIST digits: 60,000 to train with and 10,000 to test with, from their IDX files.

    Args:
        folder: holds ``train-images-idx3-ubyte`` and ``train-labels-idx1-ubyte``, and may hold
            ``t10k-images-idx3-ubyte`` and ``t10k-labels-idx1-ubyte``; each as it is or with ``.gz``, with
            a dot (``train-images.idx3-ubyte``), or in a folder of its own name, as from Kaggle. They may
            also lie in its ``MNIST/raw``, as torchvision has them, ``MNIST`` or ``raw``, or in the only one
            of its folders that has any. None is a folder of this project in the user's cache.
        download: fetch those of the four files that are missing or damaged to where the others are
            (11 MB in all). A whole file that holds something else is never overwritten, a damaged
            one is kept with ``.damaged`` at the end of its name.

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
    folder = cache_folder() if folder is None else as_path(folder)
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; give the folder that it is in, {folder.parent}")
    if not folder.is_dir() and not download:
        raise FileNotFoundError(
            f"there is no folder {folder}; give one that holds the MNIST files, "
            "or pass download=True to have them fetched into it"
        )
    folder = _with_files(folder)
    files = {name: file for name in ORIGINALS if (file := _file(folder, name, download))}
    train = _digits("train", files)
    if train is None:
        raise FileNotFoundError(
            f"{folder} lacks train-images-idx3-ubyte and train-labels-idx1-ubyte (with or without .gz, and "
            f"so do {', '.join(map(str, INSIDE))} in it); download=True fetches them"
        )
    return MNIST(train, _digits("t10k", files))


@dataclass(frozen=True)
class _File:
    path: Path
    array: NDArray[np.uint8]


def _file(folder: Path, name: str, download: bool) -> _File | None:
    """One of the four files, checked; None where it is missing and not to be fetched."""
    path = _place(folder, name)
    if path is None:
        return _read(fetch(name, folder), name) if download else None
    try:
        return _read(path, name)
    except _Damaged as error:
        if not download:
            raise ValueError(f"{error}; download=True fetches the file again") from None
    return _read(fetch(name, folder, damaged=path), name)


def _place(folder: Path, name: str) -> Path | None:
    """The path of a file, under one of its names or in a folder of that name; None without it."""
    names = [f"{stem}{end}" for stem in (name, name.replace("-idx", ".idx")) for end in ("", ".gz")]
    places = [*(folder / a for a in names), *(folder / a / b for a in names for b in names)]
    return next((place for place in places if place.is_file()), None)


def _with_files(folder: Path) -> Path:
    """The folder, or the one in it where the files are.

    Raises:
        ValueError: when there are several such.
    """

    def has_any(inside: Path) -> bool:
        return any(_place(inside, name) is not None for name in ORIGINALS)

    for inside in (folder, *(folder / inner for inner in INSIDE)):
        if has_any(inside):
            return inside
    if not folder.is_dir():
        return folder
    several = [inside for inside in sorted(folder.iterdir()) if inside.is_dir() and has_any(inside)]
    if len(several) > 1:
        raise ValueError(
            f"several folders have files named as MNIST's: give one of {', '.join(map(str, several))}"
        )
    return several[0] if several else folder


class _Damaged(ValueError):
    """It is no whole IDX file."""


def _read(path: Path, name: str) -> _File:
    try:
        with path.open("rb") as file:
            content = content_of(file, path)
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
    present = [files[name] for name in names if name in files]
    if not present:
        return None
    if len(present) == 1:
        missing = next(name for name in names if name not in files)
        raise FileNotFoundError(
            f"{present[0].path} is there, but {missing} is not; the two belong together. "
            "download=True fetches what is missing"
        )
    images, labels = present
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
