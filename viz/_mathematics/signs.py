r"""Signs that formulas are joined with, and the derivative as it is written.

>>> from viz._mathematics.latex import label
>>> from viz._mathematics.typeset import line, to_latex, to_text
>>> z, w = label("z"), label("w")
>>> to_text(line(derivative(z, w), EQUALS, ONE)), to_latex(derivative(z, w))
('∂z/∂w = 1', '\\frac{\\partial z}{\\partial w}')
"""

from __future__ import annotations

from viz._mathematics.typeset import (
    PARTIAL,
    Atom,
    Fence,
    Frac,
    Math,
    Script,
    Symbol,
    is_several,
    line,
    to_latex,
)

__all__ = ["COMMA", "ELLIPSIS", "EQUALS", "GIVES", "MINUS", "ONE", "PLUS", "TIMES", "derivative", "integer"]

PLUS, MINUS = Atom("+", "+", "operator"), Atom("−", "-", "operator")
TIMES, EQUALS = Atom("·", r"\cdot", "operator"), Atom("=", "=", "relation")
COMMA, ELLIPSIS = Atom(",", ",", "punctuation"), Atom("…", r"\dots", "letter")
GIVES = Atom("→", r"\to", "relation")


def integer(n: int) -> Atom:
    """A whole number, not negative.

    >>> integer(12).text
    '12'
    """
    return Atom(str(n), str(n), "number")


ONE = integer(1)


def derivative(above: Math, below: Math, use: int = 0) -> Math:
    """∂above/∂below as a fraction; in plain text, with a slash.

    Args:
        use: which of several uses of the quantity it is by, counted from 1; 0 for the only one.

    >>> from viz._mathematics.latex import label
    >>> from viz._mathematics.typeset import to_text
    >>> y, x = label("y"), label("x")
    >>> to_text(derivative(y, x)), to_text(derivative(y, x, 2))
    ('∂y/∂x', '(∂y/∂x)₂')
    >>> to_text(derivative(y, label("a + b")))
    '∂y/∂(a + b)'
    """
    # As a symbol each half is one thing: no parentheses in plain text.
    halves = [line(PARTIAL, Fence("(", m, ")") if is_several(m) else m) for m in (above, below)]
    fraction = Frac(*(Symbol(to_latex(half), half) for half in halves))
    return Script(Fence("(", fraction, ")"), sub=integer(use)) if use else fraction
