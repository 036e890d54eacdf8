"""What stands in a drawing: numbers, points, the names of parameters."""

from __future__ import annotations

import math
from collections.abc import Iterable

from viz.latex import label
from viz.numerals import MINUS
from viz.plots.theme import mpl
from viz.typeset import Atom, to_text

__all__ = ["decimals", "place", "short", "signed", "typeset_label"]


def short(x: float) -> str:
    """Two decimals, or three digits of a large number, with the minus sign that is one.

    >>> short(0.974), short(-1.025), short(123.4), short(-0.001)
    ('0.97', '−1.02', '123', '0.00')
    """
    text = f"{x:.2f}" if abs(x) < 9.995 else f"{x:.3g}"
    return "0.00" if text == "-0.00" else text.replace("-", MINUS)


def decimals(largest: float) -> int:
    """How many decimals leave the largest of some numbers two digits: from 2 to 8.

    >>> decimals(0.5), decimals(0.0021), decimals(0.0)
    (2, 4, 2)
    """
    return 2 if largest == 0 else min(max(2, 1 - math.floor(math.log10(largest))), 8)


def signed(x: float, places: int) -> str:
    """A number with its sign, so that it is read without colours.

    >>> signed(0.021, 2), signed(-0.08, 2), signed(0.0, 2)
    ('+0.02', '−0.08', '0.00')
    """
    return f"{x:+.{places}f}".replace("-", MINUS) if x else f"{0:.{places}f}"


def place(point: Iterable[float]) -> str:
    """A point as people write it.

    >>> place((0.5,)), place((1.0, -2.0))
    ('0.50', '(1.00, −2.00)')
    """
    each = [short(x) for x in point]
    return each[0] if len(each) == 1 else f"({', '.join(each)})"


def typeset_label(source: str) -> str:
    r"""A label for matplotlib: set as mathematics where it is, else the text as it stands.

    >>> typeset_label("w_{12}^{(1)}"), typeset_label("price in $")
    ('$w_{12}^{(1)}$', 'price in \\$')
    """
    symbol = label(source)
    text = to_text(symbol.body).replace("$", r"\$")
    if isinstance(symbol.body, Atom) and symbol.body.kind == "word":
        return text
    try:
        mpl("mathtext").MathTextParser("path").parse(f"${symbol.latex}$")
    except ValueError:
        return text  # matplotlib sets less of LaTeX than viz reads
    return f"${symbol.latex}$"
