r"""Entries of matrices: numbers that are rounded alike, symbols, and dots for entries that are left out.

>>> from viz._mathematics.typeset import to_text
>>> [to_text(numeral(x, 2)) for x in (0.5, -0.004, -1.25)], visible(784, 6)
(['0.50', '0.00', '−1.25'], [0, 1, 2, None, 783])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import Tensor, Value
from autograd._graph.node import Node
from autograd._support.entering import is_number
from viz._formulas.names import element_label, name_of
from viz._mathematics.latex import label, parse
from viz._mathematics.signs import MINUS
from viz._mathematics.typeset import Atom, Math, line
from viz._pictures.arrays import Array, numbers
from viz._slides.parts.blocks import Formula, Table

__all__ = [
    "HORIZONTAL",
    "MOST",
    "MOST_DECIMALS",
    "VERTICAL",
    "Entries",
    "as_printed",
    "checks",
    "decimals_of",
    "dots",
    "element",
    "fewest_decimals",
    "grid",
    "labels",
    "numeral",
    "numerals",
    "two_dimensional",
    "visible",
]  # fmt: skip

MOST = 6  # rows or columns of a matrix that are written out
FIRST = 3  # of more
USUAL, MOST_DECIMALS = 3, 6
HALF = 0.5 * (1 + 1e-6)  # a unit; with room for the rounding of floats, as of a 5 after the last place
LARGEST = 1e7  # larger numbers have a power of ten
DIGITS = 2  # of the largest entry, where all are small
HORIZONTAL, VERTICAL, DIAGONAL = (
    Atom("⋯", r"\cdots", "letter"), Atom("⋮", r"\vdots", "letter"), Atom("⋱", r"\ddots", "letter"),
)  # fmt: skip


@dataclass(frozen=True)
class Entries:
    """The entries of a matrix as mathematics, written on demand: of a large one only a few are shown."""

    shape: tuple[int, int]
    at: Callable[[int, int], Math]


# -- numbers ----------------------------------------------------------------------------------


def numeral(x: float, decimals: int) -> Math:
    """A number with so many decimals, and 0 without a sign; of very many decimals, with a power of ten.

    >>> from viz._mathematics.typeset import to_text
    >>> to_text(numeral(-0.0000000123, 9)), to_text(numeral(123456789.0, 0))
    ('−1.23 · 10⁻⁸', '1.23 · 10⁸')
    """
    digits, _, power = _digits(abs(x), decimals).partition("e")
    number: Math = Atom(digits, digits, "number")
    if power:
        number = parse(rf"{digits} \cdot 10^{{{int(power)}}}")
    return line(MINUS, number) if x < 0 and float(digits) else number


def _digits(x: float, decimals: int) -> str:
    if x and (decimals > MOST_DECIMALS or abs(x) >= LARGEST):
        return f"{x:.{DIGITS}e}"
    return f"{x:.{decimals}f}"


def as_printed(array: Array, decimals: int) -> Array:
    """The numbers that `numeral` prints."""
    return np.array([float(_digits(x, decimals)) for x in array.flat]).reshape(array.shape)


def decimals_of(array: Array, most: int = USUAL) -> int:
    """The fewest decimals that show all numbers exactly, or `most`; more where all would be near 0.

    >>> decimals_of(np.array([1.0, 5.0])), decimals_of(np.array([1.16, 0.4])), decimals_of(np.array([1 / 3]))
    (0, 2, 3)
    >>> decimals_of(np.array([0.00012]))
    5
    """
    for decimals in range(most + 1):
        if np.allclose(np.round(array, decimals), array, rtol=1e-9, atol=1e-12):
            return decimals
    largest = float(abs(array).max())
    return max(most, DIGITS - 1 - int(np.floor(np.log10(largest)))) if largest else most


def checks(result: Array, printed: Array, decimals: int) -> bool:
    """Whether results of printed numbers are the printed results, to half a unit of the last place."""
    return bool(np.all(abs(result - printed) <= HALF * 10.0**-decimals))


def fewest_decimals(least: int, agree: Callable[[int], bool]) -> tuple[int, bool]:
    """The fewest decimals of the arguments with which a calculation checks on a calculator.

    Args:
        least: the decimals to begin with.
        agree: whether it does with so many.

    Returns:
        These decimals and True; `least` and False, where six are not enough.
    """
    for decimals in range(least, max(least, MOST_DECIMALS) + 1):
        if agree(decimals):
            return decimals, True
    return least, False


def two_dimensional(array: NDArray[Any], name: str) -> NDArray[Any]:
    """An array as a matrix; of one dimension, as a column."""
    if array.ndim not in (1, 2):
        raise ValueError(f"{name} has shape {array.shape}; a matrix has two dimensions, a column one")
    return array if array.ndim == 2 else array.reshape(-1, 1)


def numerals(array: Array, decimals: int) -> Entries:
    """The entries of a matrix of numbers."""
    return Entries((len(array), array.shape[1]), lambda i, j: numeral(float(array[i, j]), decimals))


# -- symbols ----------------------------------------------------------------------------------


def labels(data: Any, name: str) -> Entries:
    """The entries of an array by their labels; texts are LaTeX, and without a label it is a number.

    >>> labels(Tensor([[1.0, 2.0]], label="W^{(1)}"), "A").at(0, 1).latex
    'w_{01}^{(1)}'
    """
    if isinstance(data, Tensor):
        array = np.asarray(data.data)
        if data.label:
            matrix, tensor, shape = two_dimensional(array, name), data.label, array.shape
            return Entries(matrix.shape, lambda i, j: element(tensor, (i, j)[: len(shape)], shape))
    else:
        array = _entries(data, name)
    matrix = two_dimensional(array, name)
    plain = [float(x.data if isinstance(x, Node) else x) for x in matrix.flat if not isinstance(x, str)]
    decimals = decimals_of(numbers(plain, name)) if plain else 0

    def at(i: int, j: int) -> Math:
        entry = matrix[i, j]
        if isinstance(entry, str):
            return _read(entry, name)
        if isinstance(entry, Node):
            return name_of(entry) or numeral(entry.data, decimals)
        return numeral(float(entry), decimals)

    return Entries((len(matrix), matrix.shape[1]), at)


def _read(text: str, name: str) -> Math:
    try:
        return parse(text)
    except ValueError as error:
        raise ValueError(f"{name}: its entry {text!r} is not LaTeX that is read here: {error}") from None


def element(name: str, index: Sequence[int | str], shape: Sequence[int]) -> Math:
    """The symbol of one number of an array: w₁₂ of W, or weights[1, 2].

    >>> from viz._mathematics.typeset import to_text
    >>> to_text(element("W", (0, "n"), (1,))), to_text(element("weights", (1, 2), (3, 4)))
    ('w₀ₙ', 'weights[1, 2]')
    """
    return label(element_label(name, index, shape))


def _entries(data: Any, name: str) -> NDArray[Any]:
    array = np.asarray(data, dtype=object)
    if any(isinstance(x, (list, tuple)) for x in array.flat):
        raise ValueError(f"{name} has rows of different lengths")
    if not all(isinstance(x, (str, Value)) or is_number(x) for x in array.flat):
        raise TypeError(f"{name} is an array of numbers, Values or texts; given {data!r:.80}")
    if array.size == 0:
        raise ValueError(f"{name} is empty: it has shape {array.shape}")
    return array


# -- matrices ---------------------------------------------------------------------------------


def visible(n: int, most: int) -> list[int | None]:
    """The places that are written out; None for dots.

    >>> visible(3, 6), visible(7, 6)
    ([0, 1, 2], [0, 1, 2, None, 6])
    """
    return [*range(n)] if n <= most else [*range(min(FIRST, most - 1)), None, n - 1]


def grid(entries: Entries, most: int, align: str = "r") -> Table:
    """Entries as a table, with dots beyond so many rows and columns."""
    rows, columns = (visible(n, most) for n in entries.shape)

    def cell(i: int | None, j: int | None) -> Formula:
        return Formula(dots(i is None, j is None) if i is None or j is None else entries.at(i, j))

    return Table(tuple(tuple(cell(i, j) for j in columns) for i in rows), align * len(columns))


def dots(down: bool, across: bool) -> Math:
    """Dots for entries that are left out: of rows, of columns or of both."""
    if down:
        return DIAGONAL if across else VERTICAL
    return HORIZONTAL
