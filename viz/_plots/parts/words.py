"""Texts in a plot: numbers, points, the names of parameters."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd._support.entering import is_number
from viz._mathematics.latex import label
from viz._mathematics.numerals import MINUS, fixed, number
from viz._mathematics.shortening import LONGEST_FORMULA, LONGEST_NAME, short_text
from viz._mathematics.typeset import Atom, to_text
from viz._plots.parts.room import mpl

__all__ = [  # noqa: RUF022 - in reading order
    "short", "decimal", "plain_number", "aligned", "with_decimals", "coordinates", "times", "call",
    "as_text", "names", "is_set", "a_name", "typeset_label",
]  # fmt: skip

MOST_DECIMALS, LARGEST = 6, 99_999.5  # of a column of numbers
ROUNDING = 1e-6  # of a number that has no more than its three decimals; of float32 too


def short(x: float) -> str:
    """Two decimals, or three digits of a large number: as much as fits into a neuron.

    >>> short(0.974), short(-1.025), short(123.4), short(-0.001)
    ('0.97', '−1.02', '123', '0.00')
    """
    return fixed(x, 2) if abs(x) < 9.995 else f"{x:.3g}".replace("-", MINUS)


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
            write = with_decimals(decimals)
            if len({(write(x), number(x)) for x in column}) == len({write(x) for x in column}):
                return write
    return functools.partial(number, signed=True)


def with_decimals(decimals: int) -> Callable[[float], str]:
    """How numbers are written with their sign and so many decimals.

    >>> with_decimals(2)(-0.0834), with_decimals(2)(0.001)
    ('−0.08', '0.00')
    """
    return functools.partial(fixed, decimals=decimals, signed=True)


def coordinates(point: Iterable[float], widths: Sequence[float] | None = None) -> str:
    """A point as people write it.

    Args:
        point: its coordinates.
        widths: of the range of each: a coordinate is rounded to a thousandth of it, or to two decimals.

    >>> coordinates((0.5,)), coordinates((1.0, -2.0)), coordinates((-5.38e-06, 0.1184), (2.0, 2.0))
    ('0.50', '(1.00, −2.00)', '(0.00, 0.12)')
    """
    entries = list(point)
    texts = [number(x) for x in entries] if widths is None else list(map(_rounded, entries, widths))
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


def _rounded(x: float, width: float) -> str:
    """
    >>> _rounded(1.13088, 3.0), _rounded(0.00213, 0.04), _rounded(-1e-9, 1.0), _rounded(3e7, 1e8)
    ('1.13', '0.0021', '0.00', '3e07')
    """
    decimals = max(2, 2 - math.floor(math.log10(width))) if width > 0 else MOST_DECIMALS + 1
    if decimals > MOST_DECIMALS or abs(x) >= LARGEST:
        return number(x)
    return fixed(x, decimals)


def decimal(x: float) -> str:
    """A number as a worked example writes it: as many of three decimals as it has.

    A rounded number keeps its three: −0.700 is not quite −0.7.

    >>> decimal(0.9), decimal(-0.25261438), decimal(0.1 + 0.2), decimal(2.0), decimal(-0.0001), decimal(0.0)
    ('0.9', '−0.253', '0.3', '2', '−0.0001', '0')
    >>> decimal(-0.69996), decimal(1.6800153)
    ('−0.700', '1.680')
    """
    if abs(x) >= LARGEST or 0 < abs(x) < 0.0005:
        return number(x)
    text = fixed(x, 3)
    return text.rstrip("0").rstrip(".") if math.isclose(round(x, 3), x, rel_tol=ROUNDING) else text


def plain_number(x: float) -> str:
    """A number that names something, as a label or a desired output does.

    >>> plain_number(3.0), plain_number(-1.0), plain_number(-0.0)
    ('3', '−1', '0')
    """
    return f"{x + 0.0:g}".replace("-", MINUS)


def times(counts: Iterable[Iterable[int]]) -> str:
    """A sum of products as it is worked out on a slide.

    >>> times([(784, 16), (16, 10)])
    '784 × 16 + 16 × 10'
    """
    return " + ".join(" × ".join(f"{n:,}" for n in product) for product in counts)


def call(function: str, arguments: Iterable[str]) -> str:
    """A function of its arguments, for an axis; all are texts for matplotlib.

    >>> call("$C$", ["$w$"]), call("cost", ["$x$", "$y$"])
    ('$C(w)$', 'cost$(x, y)$')
    """
    inside = ", ".join(argument.replace("$", "") for argument in arguments)
    return f"{function[:-1]}({inside})$" if function.endswith("$") else f"{function}$({inside})$"


def as_text(text: str) -> str:
    r"""A user's name for something, for matplotlib: in one line, and short enough to stand beside others.

    Mathematics between dollar signs is set where matplotlib can set it; else it is the text as it stands,
    which would be an error when the picture is saved.

    >>> as_text("slope $x_1$"), as_text("two\nlines"), as_text("in $"), as_text(r"$\frac{$")
    ('slope $x_1$', 'two lines', 'in \\$', '\\$\\frac{\\$')
    """
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_FORMULA and is_set(text) else _escaped(text)


def _escaped(text: str) -> str:
    return short_text(text).replace("$", r"\$")


def names(texts: Iterable[Any] | None, expected: int, name: str, kind: str) -> list[str] | None:
    """A short text for each thing, such as the labels of outputs, for matplotlib; None if there are none.

    >>> names([3.0, "four"], 2, "labels", "outputs")
    ['3', 'four']
    """
    if texts is None:
        return None
    entries = list(texts) if isinstance(texts, Iterable) and not isinstance(texts, str) else [texts]
    wrong = [x for x in entries if not (isinstance(x, str) or is_number(x))]
    if wrong or isinstance(texts, str) or not isinstance(texts, Iterable):
        raise TypeError(
            f"{name} has a number or a text for each of the {expected} {kind}; given {texts!r:.80}"
        )
    if len(entries) != expected:
        raise ValueError(f"{name} has {len(entries)} entries for {expected} {kind}")
    return [as_text(x) if isinstance(x, str) else plain_number(x) for x in entries]


def is_set(text: str) -> bool:
    """Whether matplotlib reads mathematics in a text, and can set it."""
    if not mpl("cbook").is_math_text(text):
        return False
    try:
        mpl("mathtext").MathTextParser("path").parse(text)
    except ValueError:
        return False
    return True


def a_name(name: Any, argument: str) -> str:
    """A name from a user, for matplotlib: set as a label is.

    >>> a_name("C", "name")
    '$C$'
    """
    if not isinstance(name, str) or not name.strip():
        raise TypeError(f"{argument} is a text, such as 'C'; given {name!r:.80}")
    return typeset_label(name)


def typeset_label(source: str) -> str:
    r"""A label for matplotlib: set as mathematics where it is, else the text as it stands.

    >>> typeset_label("w_{12}^{(1)}"), typeset_label("price in $")
    ('$w_{12}^{(1)}$', 'price in \\$')
    """
    symbol = label(source)
    text, formula = to_text(symbol.body), f"${symbol.latex}$"
    is_word = isinstance(symbol.body, Atom) and symbol.body.kind == "word"
    if is_word or len(text) > LONGEST_NAME or not is_set(formula):  # matplotlib sets less than viz reads
        return _escaped(text)
    return formula
