r"""Formulas that differ in an index alone, as one formula with a letter for the index.

>>> from viz._mathematics.latex import parse
>>> from viz._mathematics.typeset import to_text
>>> to_text(summed([parse("w_{00} a_0"), parse("w_{01} a_1"), parse("w_{02} a_2")]))
'Σⱼ w₀ⱼaⱼ'
>>> summed([parse("w_0 a_0"), parse("w_1 a_2")]) is None
True
"""

from __future__ import annotations

from collections.abc import Sequence

from viz._mathematics.typeset import (
    SIGMA,
    Atom,
    Fence,
    Frac,
    Line,
    Math,
    Root,
    Script,
    Symbol,
    line,
    parts,
    to_latex,
)  # fmt: skip

__all__ = ["LETTERS", "free_letters", "indexed", "summed"]

LETTERS = "jkilmn"


class _Different(Exception):
    """Formulas that differ in more than the index."""


def free_letters(formulas: Sequence[Math]) -> list[str]:
    """The letters for indices that are not in the formulas."""
    used = {part.text for m in formulas for part in parts(m) if isinstance(part, Atom)}
    return [letter for letter in LETTERS if letter not in used]


def summed(terms: Sequence[Math]) -> Math | None:
    """The sum of terms that differ in an index alone, with Σ; None for any others."""
    letters = free_letters(terms)
    body = indexed(terms, letters[0]) if letters else None
    return None if body is None else line(Script(SIGMA, sub=_index(letters[0])), body)


def indexed(formulas: Sequence[Math], letter: str) -> Math | None:
    """The formula that becomes each of the others with one index in the place of a letter, if there is one.

    >>> from viz._mathematics.latex import parse
    >>> to_latex(indexed([parse("a_0^{(1)} - y_0"), parse("a_1^{(1)} - y_1")], "j"))
    'a_j^{(1)} - y_j'
    """
    for values in _candidates(formulas):
        if len(set(values)) == len(formulas):
            try:
                return _merged(tuple(formulas), values, letter)
            except _Different:
                continue
    return None


def _index(letter: str) -> Atom:
    return Atom(letter, letter, "letter")


def _candidates(formulas: Sequence[Math]) -> list[tuple[str, ...]]:
    """The tuples of indices in which formulas may differ: the first lowered signs that do."""
    lowered = [[p.sub for p in parts(m) if isinstance(p, Script) and p.sub is not None] for m in formulas]
    for subs in zip(*lowered, strict=False):
        signs = [[part.text for part in parts(m) if isinstance(part, Atom)] for m in subs]
        for texts in zip(*signs, strict=False):
            if len(set(texts)) > 1:
                single = [t for t in zip(*texts, strict=False) if len(set(t)) > 1]
                return [texts, *single[:1]] if len(set(map(len, texts))) == 1 else [texts]
    return []


def _merged(formulas: tuple[Math, ...], values: tuple[str, ...], letter: str, lowered: bool = False) -> Math:
    first = formulas[0]
    if all(m == first for m in formulas):
        return first
    if any(type(m) is not type(first) for m in formulas):
        raise _Different

    def merge(of: Sequence[Math | None], low: bool = lowered) -> Math:
        if any(m is None for m in of):
            raise _Different
        return _merged(tuple(m for m in of if m is not None), values, letter, low)

    def merge_optional(of: Sequence[Math | None], low: bool = lowered) -> Math | None:
        return None if all(m is None for m in of) else merge(of, low)

    several: tuple[object, ...] = formulas
    match several:
        case (Atom(), *_) if lowered:
            return _merged_index([m.text for m in formulas if isinstance(m, Atom)], values, letter)
        case (Symbol(), *_):
            body = merge([m.body for m in formulas if isinstance(m, Symbol)])
            return Symbol(to_latex(body), body)
        case (Line(items), *_):
            lines = [m.items for m in formulas if isinstance(m, Line)]
            if any(len(items) != len(others) for others in lines):
                raise _Different
            return line(*(merge(column) for column in zip(*lines, strict=True)))
        case (Script(), *_):
            scripts = [m for m in formulas if isinstance(m, Script)]
            sup, sub = (
                merge_optional([m.sup for m in scripts]),
                merge_optional([m.sub for m in scripts], True),
            )
            return Script(merge([m.base for m in scripts]), sup, sub)
        case (Frac(), *_):
            fractions = [m for m in formulas if isinstance(m, Frac)]
            return Frac(merge([m.over for m in fractions]), merge([m.under for m in fractions]))
        case (Root(), *_):
            return Root(merge([m.body for m in formulas if isinstance(m, Root)]))
        case (Fence(left, _, right), *_):
            fences = [m for m in formulas if isinstance(m, Fence)]
            if any((m.left, m.right) != (left, right) for m in fences):
                raise _Different
            return Fence(left, merge([m.body for m in fences]), right)
    raise _Different


def _merged_index(texts: Sequence[str], values: tuple[str, ...], letter: str) -> Math:
    """An index as the letter, or one of the digits side by side, as in w₀₀ and w₁₀."""
    if tuple(texts) == values:
        return _index(letter)
    if len(set(map(len, texts))) != 1:
        raise _Different
    signs: list[Math] = []
    for column in zip(*texts, strict=True):
        if column != values and len(set(column)) > 1:
            raise _Different
        signs.append(_index(letter) if column == values else Atom(column[0], column[0], "number"))
    return line(*signs)
