"""Names and formulas of a length that can be read."""

from __future__ import annotations

from viz.latex import literal
from viz.typeset import Math, Symbol, rebuilt, to_text

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
    if isinstance(m, Symbol):
        text = to_text(m)
        return m if len(text) <= LONGEST_NAME else literal(short_text(text))
    return rebuilt(m, _short_names)
