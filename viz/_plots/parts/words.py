"""Texts in a plot: numbers, points, the names of parameters."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable

from viz._mathematics.latex import label
from viz._mathematics.numerals import MINUS, number
from viz._mathematics.shortening import LONGEST_FORMULA, LONGEST_NAME, short_text
from viz._mathematics.typeset import Atom, to_text
from viz._plots.parts.room import mpl

__all__ = ["aligned", "as_text", "coordinates", "short", "typeset_label"]

MOST_DECIMALS, LARGEST = 6, 99_999.5  # of a column of numbers


def short(x: float) -> str:
    """Two decimals, or three digits of a large number: as much as fits into a neuron.

    >>> short(0.974), short(-1.025), short(123.4), short(-0.001)
    ('0.97', '−1.02', '123', '0.00')
    """
    text = f"{x:.2f}" if abs(x) < 9.995 else f"{x:.3g}"
    return "0.00" if text == "-0.00" else text.replace("-", MINUS)


def aligned(column: Iterable[float]) -> Callable[[float], str]:
    """How the numbers of a column are written: signed, all with the same decimals.

    There are two decimals, as many more as three digits of the largest number take, and more until
    numbers read differently that `number` writes differently. Where that takes more than six, or more
    than five digits before the point, each is written by `number`.

    >>> [aligned([0.5, -0.0213])(x) for x in (0.5, -0.0213, 0.0)]
    ['+0.500', '−0.021', '0.000']
    >>> list(map(aligned([0.5, -0.0004]), (0.5, -0.0004))), list(map(aligned([5.0, 1e-9]), (5.0, 1e-9)))
    (['+0.5000', '−0.0004'], ['+5.00', '+1e−09'])
    """
    column = [0.0, *column]
    largest = max(map(abs, column))
    if 0 < largest < LARGEST:
        least = max(2, 2 - math.floor(math.log10(largest)))
        for decimals in range(least, MOST_DECIMALS + 1):
            write = functools.partial(_fixed, decimals=decimals)
            if len({(write(x), number(x)) for x in column}) == len({write(x) for x in column}):
                return write
    return functools.partial(number, signed=True)


def _fixed(x: float, decimals: int) -> str:
    text = f"{x:+.{decimals}f}"
    return text.replace("-", MINUS) if float(text) else text[1:]


def coordinates(point: Iterable[float]) -> str:
    """A point as people write it.

    >>> coordinates((0.5,)), coordinates((1.0, -2.0))
    ('0.50', '(1.00, −2.00)')
    """
    numbers = [number(x) for x in point]
    return numbers[0] if len(numbers) == 1 else f"({', '.join(numbers)})"


def as_text(text: str) -> str:
    r"""A user's name for something, for matplotlib: in one line, and short enough to stand beside others.

    Mathematics between dollar signs is set where matplotlib can set it; else it is the text as it stands,
    which would be an error when the picture is saved.

    >>> as_text("slope $x_1$"), as_text("two\nlines"), as_text("in $"), as_text(r"$\frac{$")
    ('slope $x_1$', 'two lines', 'in \\$', '\\$\\frac{\\$')
    """
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_FORMULA and _is_set(text) else _escaped(text)


def _escaped(text: str) -> str:
    return short_text(text).replace("$", r"\$")


def _is_set(text: str) -> bool:
    """Whether matplotlib reads mathematics in a text, and can set it."""
    if not mpl("cbook").is_math_text(text):
        return False
    try:
        mpl("mathtext").MathTextParser("path").parse(text)
    except ValueError:
        return False
    return True


def typeset_label(source: str) -> str:
    r"""A label for matplotlib: set as mathematics where it is, else the text as it stands.

    >>> typeset_label("w_{12}^{(1)}"), typeset_label("price in $")
    ('$w_{12}^{(1)}$', 'price in \\$')
    """
    symbol = label(source)
    text, formula = to_text(symbol.body), f"${symbol.latex}$"
    is_word = isinstance(symbol.body, Atom) and symbol.body.kind == "word"
    if is_word or len(text) > LONGEST_NAME or not _is_set(formula):  # matplotlib sets less than viz reads
        return _escaped(text)
    return formula
