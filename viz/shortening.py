"""Names and formulas of a length that can be read."""

from __future__ import annotations

from viz.latex import literal
from viz.typeset import Fence, Frac, Line, Math, Root, Script, Symbol, to_text

__all__ = ["LONGEST_FORMULA", "LONGEST_NAME", "readable", "short_text"]

LONGEST_NAME, LONGEST_FORMULA = 24, 60


def short_text(text: str, longest: int = LONGEST_NAME) -> str:
    """The text, or its beginning.

    >>> short_text("a long name", 7)
    'a long…'
    """
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def readable(m: Math, longest: int = LONGEST_FORMULA) -> Math:
    """The same mathematics with short names, and cut if it is too long all the same.

    >>> from viz.latex import label
    >>> from viz.typeset import line
    >>> to_text(readable(line(literal("x" * 200), label("y"))))
    'xxxxxxxxxxxxxxxxxxxxxxx… y'
    """
    m = _short_names(m)
    text = to_text(m)
    return m if len(text) <= longest else literal(short_text(text, longest))


def _short_names(m: Math) -> Math:
    match m:
        case Symbol():
            text = to_text(m)
            return m if len(text) <= LONGEST_NAME else literal(short_text(text))
        case Line(items):
            return Line(tuple(map(_short_names, items)))
        case Script(base, sup, sub):
            return Script(_short_names(base), sup and _short_names(sup), sub and _short_names(sub))
        case Frac(over, under):
            return Frac(_short_names(over), _short_names(under))
        case Root(body):
            return Root(_short_names(body))
        case Fence(left, body, right):
            return Fence(left, _short_names(body), right)
    return m
