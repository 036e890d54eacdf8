"""The four original MNIST files: their contents, mirrors to fetch them from, a folder for them."""

from __future__ import annotations

import hashlib
import io
import itertools
import math
import os
import queue
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from autograd._support.atomic import written_whole
from nn._training.notebook import progress_bar
from nn.data._idx import content_of

__all__ = ["MIRRORS", "ORIGINALS", "Original", "cache_folder", "fetch"]

# The first is torchvision's, the second TensorFlow's; the page where the files appeared is closed.
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
TIMEOUT = 30  # seconds without an answer or without a byte
SLOWEST = 5_000  # bytes a second, on average from TIMEOUT on: a slower download ends
PACKING = 1_000  # bytes that gzip may add to data that it cannot shorten
CHUNK = 1 << 16  # bytes between two looks of the progress bar


@dataclass(frozen=True)
class Original:
    """The contents of a file: the shape of its array, and the SHA-256 of its bytes without gzip.

    The mirrors packed the same files differently, so the gzipped bytes differ.
    """

    shape: tuple[int, ...]
    sha256: str

    @property
    def size(self) -> int:
        """Of the unpacked file, in bytes."""
        return 4 + 4 * len(self.shape) + math.prod(self.shape)

    def is_in(self, content: bytes) -> bool:
        """Whether unpacked bytes are the original's."""
        return hashlib.sha256(content).hexdigest() == self.sha256


ORIGINALS = {
    "train-images-idx3-ubyte": Original(
        (60_000, 28, 28), "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
    ),
    "train-labels-idx1-ubyte": Original(
        (60_000,), "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
    ),
    "t10k-images-idx3-ubyte": Original(
        (10_000, 28, 28), "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
    ),
    "t10k-labels-idx1-ubyte": Original(
        (10_000,), "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
    ),
}


def cache_folder() -> Path:
    """The folder for MNIST in this user's cache; it need not exist yet."""
    variable, usual = {
        "win32": ("LOCALAPPDATA", "AppData/Local"),
        "darwin": ("XDG_CACHE_HOME", "Library/Caches"),
    }.get(sys.platform, ("XDG_CACHE_HOME", ".cache"))
    chosen = os.environ.get(variable, "")
    # The XDG specification says to ignore a relative path.
    root = Path(chosen) if os.path.isabs(chosen) else Path.home() / usual
    return root / "chainrule" / "mnist"


def fetch(name: str, folder: Path, damaged: Path | None = None) -> Path:
    """Download an original file into a folder: the file's path, once its content is checked.

    The file is there whole or not at all, after an error and after Ctrl-C too. A progress bar
    shows on a terminal. Of each mirror no more is taken than the file is long, and no slow drip waited for.

    Args:
        name: of the file, without .gz.
        folder: where to; made if it is not there.
        damaged: a file in whose place the new one is. It is kept beside it, with ``.damaged`` at its name's
            end: whoever wrote it may want it.

    Raises:
        ConnectionError: when no mirror delivers it; names each mirror and why.
        OSError: when the folder cannot be made or written to.
    """
    packed = f"{name}.gz"
    folder.mkdir(parents=True, exist_ok=True)
    failures = []
    for mirror in MIRRORS:
        try:
            content = _downloaded(mirror + packed, ORIGINALS[name].size + PACKING)
            if not ORIGINALS[name].is_in(content_of(io.BytesIO(content), packed)):
                raise ValueError("delivered other bytes than those of the original")
        except (OSError, HTTPException, ValueError) as error:
            failures.append(f"  {mirror}{packed}: {error}")
            continue
        with written_whole(folder / packed) as temporary:
            temporary.write_bytes(content)
            if damaged is not None:
                _set_aside(damaged)
        return folder / packed
    raise ConnectionError(
        "\n".join([f"{packed} could not be downloaded:", *failures])
        + f"\nTo do without, put these files into {folder} by hand: {', '.join(f'{n}.gz' for n in ORIGINALS)}"
    )


def _set_aside(path: Path) -> None:
    for number in itertools.count():
        aside = path.with_name(f"{path.name}.damaged{f'-{number}' if number else ''}")
        if not aside.exists():
            path.rename(aside)
            return


def _opened(url: str) -> Any:
    """The answer of a server, once its headers are there: within twice `TIMEOUT`, however they drip.

    Each byte starts the time limit of a socket anew, so a thread waits for the headers. That of a server that
    drips is left behind, and ends with the process.
    """
    responses: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def ask() -> None:
        try:
            responses.put(urllib.request.urlopen(url, timeout=TIMEOUT))
        except Exception as error:
            responses.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        response = responses.get(timeout=2 * TIMEOUT)
    except queue.Empty:
        raise ValueError(f"too slow: no whole answer in {2 * TIMEOUT} seconds") from None
    if isinstance(response, Exception):
        raise response
    return response


def _downloaded(url: str, most: int) -> bytes:
    """The bytes at an address.

    Raises:
        OSError, HTTPException: when the download fails.
        ValueError: when it ends early, is longer than `most` bytes, or comes too slowly.
    """
    content = bytearray()
    start = time.monotonic()
    with _opened(url) as response:
        announced = response.headers["Content-Length"]
        total = int(announced) if announced else None
        if total is not None and total > most:
            raise ValueError(f"announced {total:,} bytes, more than the {most:,} that the file can have")
        name = url.rpartition("/")[2]
        # disable=None: a bar on a terminal only, as in nn.fit
        with progress_bar(desc=name, total=total, unit="B", unit_scale=True, leave=False) as bar:
            while chunk := response.read1(CHUNK):  # as much as is there: `read` waits until it has all
                content += chunk
                bar.update(len(chunk))
                if len(content) > most:
                    raise ValueError(f"sent more than the {most:,} bytes that the file can have")
                seconds = time.monotonic() - start
                if seconds > TIMEOUT and len(content) < SLOWEST * seconds:
                    raise ValueError(f"too slow: {len(content):,} bytes in {seconds:.0f} seconds")
    if total is not None and len(content) < total:
        raise ValueError(f"ended after {len(content)} of {total} bytes")
    return bytes(content)
