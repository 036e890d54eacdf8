"""Names and formulas of a length that can be read."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from viz._mathematics.indices import summed
from viz._mathematics.latex import literal
from viz._mathematics.signs import ELLIPSIS, MINUS, PLUS
from viz._mathematics.typeset import (
    SIGMA,
    Atom,
    Fence,
    Frac,
    Hole,
    Line,
    Math,
    Root,
    Script,
    Symbol,
    leading,
    line,
    parts,
    rebuilt,
    to_text,
)  # fmt: skip

__all__ = ["LONGEST_FORMULA", "LONGEST_NAME", "in_lines", "readable", "short_text", "size", "typeset_length"]

LONGEST_NAME, LONGEST_FORMULA, MOST_LINES = 24, 60, 4
MOST_TERMS = 3  # of a sum that has to be shortened

SMALL = 0.72  # a raised or lowered sign beside one on the line
# The widths of signs in the size of their letters.
WIDTHS = {
    "letter": 0.62, "number": 0.54, "word": 0.56, "function": 0.56, "prime": 0.3, "punctuation": 0.5,
    "operator": 1.1, "relation": 1.3,
}  # fmt: skip


def short_text(text: str, longest: int = LONGEST_NAME) -> str:
    """The text, or its beginning.

    >>> short_text("a long name", 7)
    'a long…'
    """
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _text_length(m: Math) -> float:
    return len(to_text(m))


def typeset_length(m: Math) -> float:
    """How long a formula is when it is typeset, in signs: of a fraction only the longer half counts."""
    return size(m)[0] / WIDTHS["word"]


def readable(
    m: Math, longest: float = LONGEST_FORMULA, length: Callable[[Math], float] = _text_length
) -> Math:
    """The same mathematics with short names; a long sum with Σ or as its ends, and cut if need be.

    >>> from viz._mathematics.latex import label, parse
    >>> from viz._mathematics.typeset import line
    >>> to_text(readable(line(literal("x" * 200), label("y"))))
    'xxxxxxxxxxxxxxxxxxxxxxx… y'
    >>> sum_ = parse(r"\\frac{a_0}{a_0 + a_1 + a_2 + a_3 - a_4}")
    >>> to_text(readable(sum_, 20)), to_text(readable(parse("a b + c d + e f"), 9))
    ('a₀/(a₀ + … − a₄)', 'ab + …')
    >>> to_text(readable(parse("(a_0 - y_0)^2 + (a_1 - y_1)^2 + (a_2 - y_2)^2"), 20))
    'Σⱼ (aⱼ − yⱼ)²'
    """
    m = _short_names(m)
    if length(m) <= longest:
        return m
    if isinstance(m, Symbol) or (isinstance(m, Atom) and m.kind == "word"):
        return literal(short_text(to_text(m), int(longest)))
    m = _with_ends(m)
    if length(m) <= longest:
        return m
    items = list(m.items) if isinstance(m, Line) else []
    while items and length(line(*items, ELLIPSIS)) > longest:
        items.pop()
    while any(item in (PLUS, MINUS) for item in items[1:]) and items[-1] not in (PLUS, MINUS):
        items.pop()  # a sum is cut between its terms
    return line(*items, ELLIPSIS)


def _with_ends(m: Math) -> Math:
    """Each sum with Σ, where three terms or more differ in an index alone; of more than three the ends."""
    m = rebuilt(m, _with_ends)
    match m:
        case Line((sign, Fence("(", Line() as body, _))) if sign == MINUS and leading(body) == SIGMA:
            return line(sign, body)
    terms = _terms(m)
    if (whole := _with_sigma(terms)) is not None:
        return whole
    if len(terms) <= MOST_TERMS:
        return m
    last = terms[-2].items[-1] if isinstance(terms[-2], Line) else terms[-2]
    return line(terms[0], ELLIPSIS, last, terms[-1])


def _with_sigma(terms: list[Math]) -> Math | None:
    """A sum whose terms differ in an index alone, but for the last one or two: Σⱼ w₀ⱼ aⱼ + b."""
    bare = [line(*term.items[:-1]) if isinstance(term, Line) else term for term in terms[:-1]]
    for count in range(len(terms), max(len(terms) - 3, 2), -1):
        added = all(isinstance(term, Line) and term.items[-1] == PLUS for term in terms[: count - 1])
        whole = summed([*bare, terms[-1]][:count]) if added else None
        others = (_lettered(term) for term in terms[count:])
        if whole is not None and all(map(_lettered(whole).isdisjoint, others)):  # Σⱼ aⱼ - a₄ says less
            joining = terms[count - 1].items[-1:] if count < len(terms) else ()  # type: ignore[union-attr]
            return line(whole, *joining, *terms[count:])
    return None


def _lettered(m: Math) -> set[Math]:
    """The letters with an index."""
    return {part.base for part in parts(m) if isinstance(part, Script) and part.sub is not None}


def in_lines(
    head: Math, formula: Math, width: Callable[[Math], float], preferred: float, widest: float
) -> list[Math]:
    """A formula after its head on as few lines as will do, or its beginning where it is too long for that.

    Args:
        head: the beginning of the first line, such as z =.
        width: measures mathematics.
        preferred: the width of a line at which further terms go on the next one.
        widest: the most for a line with a single term in it.

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


def size(m: Math) -> tuple[float, float]:
    """About the width and height of mathematics, in the size of its letters.

    >>> from viz._mathematics.latex import label
    >>> size(label("w"))
    (0.62, 1.2)
    """
    match m:
        case Atom(text, _, kind):
            wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
            signs = sum(not unicodedata.combining(c) for c in text)
            count = 1 if kind in ("operator", "relation") and not text.isalpha() else signs
            return count * WIDTHS[kind] + wide * 0.6, 1.2
        case Hole():
            return 0.6, 1.2
        case Symbol(_, body):
            return size(body)
        case Line(items):
            sizes = [size(item) for item in items]
            return sum(w for w, _ in sizes), max((h for _, h in sizes), default=1.2)
        case Script(base, sup, sub):
            width, height = size(base)
            scripts = [size(s) for s in (sup, sub) if s is not None]
            widest = max(w for w, _ in scripts)
            return width + SMALL * widest + 0.05, height + 0.25 * len(scripts)
        case Frac(over, under):
            (above, high), (below, low) = size(over), size(under)
            return max(above, below) + 0.3, high + low + 0.2
        case Root(body):
            width, height = size(body)
            return width + 0.9, height + 0.2
        case Fence(_, body, _):
            width, height = size(body)
            return width + 0.8, height
