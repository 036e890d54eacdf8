"""Captions whose arithmetic a calculator confirms: factors and terms with as many digits as the result needs.

Figures are in equations with all of their digits until the equation is whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial

from viz._mathematics.numerals import MINUS, number, rounded
from viz._mathematics.signs import TIMES
from viz._mathematics.typeset import Atom, Fence, Math, parts, rebuilt
from viz._pictures.steps import Equation

__all__ = ["checkable", "exact", "in_parentheses"]

EXACT = "#"  # before a number with all of its digits
FEWEST, MOST = 4, 18  # significant digits of factors and terms


def exact(x: float) -> str:
    """The text of a figure until its digits are chosen."""
    return f"{EXACT}{x!r}"


def in_parentheses(text: str, guard: bool, signed: bool) -> Math:
    """A figure without a plus sign; in parentheses where a negative one, or a power of ten, needs them."""
    shown = Atom(text, text, "number")
    written = number(_value(shown))
    return Fence("(", shown, ")") if guard and (written.startswith(MINUS) or "e" in written) else shown


def checkable(equation: Equation) -> Equation:
    """An equation with the digits of its figures: those before the result give it, to its last digit.

    >>> from viz._mathematics.signs import EQUALS
    >>> from viz._mathematics.typeset import line, to_text
    >>> one, other, result = (in_parentheses(exact(x), False, False) for x in (0.02503, 0.3, 0.02503 * 0.3))
    >>> [to_text(piece) for piece in checkable([line(one, TIMES, other), line(EQUALS, result)])]
    ['0.02503 · 0.30', '= 0.00751']
    """
    *before, last = equation
    results = list(_figures(last))
    numbers = list(_figures(before[-1])) if before else []
    if len(results) != 1 or len(numbers) < 2:
        return [_written(piece, number) for piece in equation]
    values, result = [_value(figure) for figure in numbers], _value(results[0])
    combine = _product if TIMES in parts(before[-1]) else _sum
    writers: list[Callable[[float], str]] = [number]
    writers += [partial(_with_digits, digits=count) for count in range(FEWEST, MOST)]
    write = next((writer for writer in writers if _gives(values, result, combine, writer)), number)
    return [*before[:-1], _written(before[-1], write), _written(last, number)]


def _gives(
    values: Sequence[float],
    result: float,
    combine: Callable[[Sequence[Decimal]], Decimal],
    write: Callable[[float], str],
) -> bool:
    """Whether the printed numbers give the printed result."""
    shown = _decimal(number(result))
    step = Decimal(1).scaleb(int(shown.as_tuple().exponent))
    return abs(combine([_decimal(write(x)) for x in values]) - shown) * 2 < step


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(MINUS, "-").replace("∞", "inf"))


def _product(numbers: Sequence[Decimal]) -> Decimal:
    return math.prod(numbers, start=Decimal(1))


def _sum(numbers: Sequence[Decimal]) -> Decimal:
    return sum(numbers, start=Decimal(0))


def _with_digits(x: float, digits: int) -> str:
    """A number with so many significant digits, or as on a drawing where that shows all of them."""
    text, _, exponent = rounded(abs(x), digits).partition("e")
    if float(number(abs(x)).replace("∞", "inf").replace(MINUS, "-")) == abs(x):
        return number(x)
    power = f"e{MINUS if exponent.startswith('-') else ''}{abs(int(exponent)):02}" if exponent else ""
    return f"{MINUS if x < 0 else ''}{text}{power}"


def _figures(m: Math) -> Iterator[Atom]:
    for part in parts(m):
        if isinstance(part, Atom) and part.text.startswith(EXACT):
            yield part


def _value(figure: Atom) -> float:
    return float(figure.text.removeprefix(EXACT))


def _written(m: Math, write: Callable[[float], str]) -> Math:
    if isinstance(m, Atom) and m in list(_figures(m)):
        text = write(_value(m))
        return Atom(text, text, "number")
    return rebuilt(m, lambda part: _written(part, write))
