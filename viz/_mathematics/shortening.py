"""Names and formulas of a length that can be read."""

from __future__ import annotations

from collections.abc import Callable

from viz._mathematics.latex import literal
from viz._mathematics.signs import MINUS, PLUS
from viz._mathematics.typeset import Line, Math, Symbol, line, rebuilt, to_text

__all__ = ["LONGEST_FORMULA", "LONGEST_NAME", "in_lines", "readable", "short_text"]

LONGEST_NAME, LONGEST_FORMULA, MOST_LINES = 24, 60, 4


def short_text(text: str, longest: int = LONGEST_NAME) -> str:
    """The text, or its beginning.

    >>> short_text("a long name", 7)
    'a long…'
    """
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def readable(m: Math, longest: int = LONGEST_FORMULA) -> Math:
    """The same mathematics with short names, and cut if it is too long all the same.

    >>> from viz._mathematics.latex import label
    >>> from viz._mathematics.typeset import line
    >>> to_text(readable(line(literal("x" * 200), label("y"))))
    'xxxxxxxxxxxxxxxxxxxxxxx… y'
    """
    m = _short_names(m)
    text = to_text(m)
    return m if len(text) <= longest else literal(short_text(text, longest))


def in_lines(
    head: Math, formula: Math, width: Callable[[Math], float], preferred: float, widest: float
) -> list[Math]:
    """A formula after its head on as few lines as will do, or its beginning where it is too long for that.

    Args:
        head: what stands before it on the first line, such as z =.
        width: how wide something is.
        wanted: how wide a line is where terms can go on the next one.
        widest: how wide a line may be with a single term in it.

    >>> from viz._mathematics.latex import parse
    >>> sum_ = parse("a b + c d - e")
    >>> [to_text(one) for one in in_lines(parse("z ="), sum_, lambda m: len(to_text(m)), 9, 12)]
    ['z = ab +', 'cd − e']
    >>> [to_text(one) for one in in_lines(parse("z ="), sum_, lambda m: len(to_text(m)), 3, 7)]
    ['z = ab + cd − e']
    """
    formula = readable(formula, 2 * LONGEST_FORMULA)
    lines = [line(head, formula)]
    if width(lines[0]) > preferred:
        first, *rest = _terms(formula)
        lines = [line(head, first)]
        for term in rest:
            longer = line(lines[-1], term)
            if width(longer) > preferred:
                lines.append(term)
            else:
                lines[-1] = longer
    if len(lines) <= MOST_LINES and max(map(width, lines)) <= widest:
        return lines
    return [line(head, readable(formula, LONGEST_FORMULA // 2))]


def _terms(formula: Math) -> list[Math]:
    """The terms of a sum, each with the sign that joins it to the next: lines break after it, as in print."""
    items = formula.items if isinstance(formula, Line) else (formula,)
    terms: list[list[Math]] = [[]]
    for i, item in enumerate(items):
        terms[-1].append(item)
        if i and item in (PLUS, MINUS):
            terms.append([])
    return [line(*term) for term in terms if term]


def _short_names(m: Math) -> Math:
    if isinstance(m, Symbol):
        text = to_text(m)
        return m if len(text) <= LONGEST_NAME else literal(short_text(text))
    return rebuilt(m, _short_names)
