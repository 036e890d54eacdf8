"""MNIST as lines of text: a label and 784 grey values in each (deck E)."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from autograd._support.paths import as_path
from nn.data._digits import Digits, scaled
from nn.data._idx import unzipped

__all__ = ["read_csv"]

COLUMNS = 785
BLOCK = 2000  # lines read together; after a mistake only these are searched for it
LONGEST_LINE = 100_000  # characters: 785 numbers take some 3,000
SEPARATORS = {"tabs": "\t", "semicolons": ";", "spaces": " "}  # of other files of digits
ANY_SEPARATOR = re.compile(rf"[,{''.join(SEPARATORS.values())}]")
OTHER_SIGN = re.compile(r"[^0-9,+\s]")  # which no line of whole numbers has
WHOLE_NUMBER = re.compile(r"\s*\+?0*([0-9]{1,9})\s*")

Row = tuple[int, str]  # the number of a line, from 1, and the line


def read_csv(path: str | Path) -> Digits:
    """Digits from a CSV file, gzipped or not: a line is a label, then the 784 grey values 0 to 255.

    A first line of names, such as ``label,1x1,1x2,…``, is left out, and so are empty lines.

    Raises:
        FileNotFoundError: when there is no such file.
        ValueError: for numbers that are not separated by commas; for a line without 785 whole numbers, a
            label above 9 or a grey value above 255; names the file, the line and the mistake. For a
            file without digits or broken gzip.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "digits.csv"
    ...     _ = path.write_text("7" + ",0" * 783 + ",255")
    ...     digits = read_csv(path)
    >>> digits, digits.labels, digits.images[0, -2:]
    (<1 digit>, array([7]), array([0.01, 1.  ], dtype=float32))
    """
    path = as_path(path)
    blocks = []
    try:
        with _opened(path) as lines:
            rows = _rows(lines, path)
            while block := list(islice(rows, BLOCK)):
                blocks.append(_table(block, path))
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{path}: damaged gzip ({error})") from None
    if not blocks:
        raise ValueError(f"{path}: holds no digits; a line is a label and 784 grey values")
    table = np.concatenate(blocks)
    return Digits(scaled(table[:, 1:]), table[:, 0].astype(np.int64))


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    # utf-8-sig: the mark that spreadsheets put at the start is no part of the first number.
    with (
        path.open("rb") as file,
        io.TextIOWrapper(unzipped(file), encoding="utf-8-sig", errors="replace") as text,
    ):
        yield text


def _rows(lines: IO[str], path: Path) -> Iterator[Row]:
    """The lines that hold digits. A heading is a first line without a number in it."""
    heading = True
    # So many characters at a time: a few packed bytes may stand for a line that fills the memory.
    for number, line in enumerate(iter(lambda: lines.readline(LONGEST_LINE), ""), start=1):
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            raise ValueError(
                f"{path}, line {number}: longer than {LONGEST_LINE:,} characters, which a label and 784 grey "
                "values never are"
            )
        if not line.strip():
            continue
        if heading:
            heading = False
            if not any(map(WHOLE_NUMBER.fullmatch, ANY_SEPARATOR.split(line.strip()))):
                continue
        yield number, line


def _table(block: list[Row], path: Path) -> NDArray[np.uint8]:
    lines = [line for _, line in block]
    if any(map(OTHER_SIGN.search, lines)):  # NumPy has read 0.5 as 0, with a warning
        raise ValueError(f"{path}, {next(_faults(block))}")
    try:
        # Not as bytes: before NumPy 2.3 it made 0 of 256.
        table = np.loadtxt(lines, np.int64, delimiter=",", comments=None, ndmin=2)
    except ValueError:
        raise ValueError(f"{path}, {next(_faults(block))}") from None
    if table.shape[1] != COLUMNS or table[:, 0].max() > 9 or table.min() < 0 or table.max() > 255:
        raise ValueError(f"{path}, {next(_faults(block))}")
    return table.astype(np.uint8)


def _otherwise(line: str) -> str:
    """Advice about a line whose numbers are not separated by commas."""
    for name, sign in SEPARATORS.items():
        if len(line.split(sign)) == COLUMNS:
            return (
                f". There are {COLUMNS} separated by {name}: replace these by commas, as "
                f"text.replace({sign!r}, ',') does"
            )
    return ""


def _faults(block: list[Row]) -> Iterator[str]:
    """The mistakes in a block, from its first line on."""
    for number, line in block:
        fields = line.split(",")
        if len(fields) != COLUMNS:
            yield (
                f"line {number}: {len(fields)} columns separated by commas, expected {COLUMNS}: "
                f"a label and 784 grey values{_otherwise(line)}"
            )
        for column, field in enumerate(fields, start=1):
            kind, most = ("label", 9) if column == 1 else ("grey value", 255)
            match = WHOLE_NUMBER.fullmatch(field)
            if not match or int(match[1]) > most:
                entry = f"{kind} {field.strip()[:20]!r}"
                yield f"line {number}, column {column}: {entry} is not a whole number from 0 to {most}"
