r"""Matrices with their entries in brackets, and calculations with them written out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Value
from autograd._support.checks import count, is_whole, number_of
from viz._formulas.expressions import build
from viz._formulas.names import name_of
from viz._formulas.setting import as_factor, typeset
from viz._layout.scene import SLIDE
from viz._layout.themes import LIGHT, Theme
from viz._mathematics.latex import label, parse
from viz._mathematics.signs import EQUALS, PLUS, TIMES
from viz._mathematics.typeset import Math, line, to_latex, trailing
from viz._pictures.arrays import Array, numbers
from viz._slides.parts.blocks import Block, Fenced, Formula, Row, Table, Words
from viz._slides.parts.entries import (
    HORIZONTAL,
    MOST,
    MOST_DECIMALS,
    Entries,
    as_printed,
    checks,
    decimals_of,
    dots,
    element,
    fewest_decimals,
    grid,
    labels,
    numeral,
    numerals,
    two_dimensional,
    visible,
)  # fmt: skip
from viz._slides.parts.lines import to_text
from viz._slides.slide import Size, Slide

__all__ = ["EQUALS_SIGN", "NOT_EXACT", "equation", "matrix", "product", "stacked"]

EQUALS_SIGN = Formula(EQUALS)
NOT_EXACT = "computed with the numbers before rounding"
LONGEST_LINE = 115  # signs of a row of sums
OPENING, CLOSING = {"(": ")", "[": "]"}, (")", "]")


def matrix(
    A: Any,
    *,
    shape: Any = None,
    symbols: bool = False,
    decimals: int | None = None,
    most: int = MOST,
    theme: Theme = LIGHT,
    size: Size = SLIDE,
) -> Slide:
    r"""Write a matrix, or a column, with its entries in brackets.

    Args:
        A: numbers, an array, a `Tensor`, an array of Values, texts of LaTeX, or all of these nested in lists;
            of one dimension it is a column, as a and b of a layer. Or the name of a matrix, for its symbols.
        shape: of a matrix that is given by its name: how many rows and columns, or the letter of the last
            index of each.
        symbols: whether to write the labels of Values and of a Tensor's entries, in place of their numbers.
        decimals: of all numbers; by default as many as they have, and three at most.
        most: the most rows and columns; of more the first three and the last are written, and dots.
        theme, size: the colours, and the slide in pixels.

    Raises:
        TypeError: for entries of another kind.
        ValueError: for rows of different lengths, an array of more than two dimensions, and numbers that are
            not finite.

    Source: lecture section 1, a⁽¹⁾ = σ(W a⁽⁰⁾ + b), and section 5.

    >>> print(matrix([[0.9, 0.3, 0.4], [0.2, 0.8, 0.2], [0.1, 0.5, 0.6]]))
    ⎡0.9  0.3  0.4⎤
    ⎢0.2  0.8  0.2⎥
    ⎣0.1  0.5  0.6⎦
    >>> print(matrix("W", shape=("k", "n")))
    ⎡w₀₀  w₀₁  ⋯  w₀ₙ⎤
    ⎢w₁₀  w₁₁  ⋯  w₁ₙ⎥
    ⎢ ⋮    ⋮   ⋱   ⋮ ⎥
    ⎣wₖ₀  wₖ₁  ⋯  wₖₙ⎦
    """
    most = count(most, "most", 2)
    if isinstance(A, str):
        table = _named(A, shape, most)
    elif symbols or _has_texts(A):
        table = grid(labels(A, "A"), most, "c")
    else:
        table = grid(_numbers(A, "A", decimals), most)
    return Slide(Fenced("[", table, "]"), title="A matrix", size=size, theme=theme)


def equation(*parts: Any, theme: Theme = LIGHT, size: Size = SLIDE) -> Slide:
    r"""Write mathematics with matrices in it.

    Args:
        parts: from left to right: LaTeX; arrays and Tensors, written as by `matrix`; numbers and Values;
            other slides. The texts ``"("`` and ``")"`` by themselves are parentheses as high as the parts
            between them, and so are ``"["`` and ``"]"``. ``"\n"`` begins a new line.
        theme, size: as of `matrix`.

    Raises:
        ValueError: for LaTeX that is not read here, and for parentheses without their other half.
        TypeError: for a part of another kind.

    Source: lecture section 1.

    >>> W, a, b = matrix("W", shape=(2, 2)), matrix("a^{(0)}", shape=2), matrix("b", shape=2)
    >>> print(equation(r"a^{(1)} = \sigma", "(", W, a, "+", b, ")"))
    a⁽¹⁾ = σ⎛⎡w₀₀  w₀₁⎤⎡a₀⁽⁰⁾⎤ + ⎡b₀⎤⎞
            ⎝⎣w₁₀  w₁₁⎦⎣a₁⁽⁰⁾⎦   ⎣b₁⎦⎠
    """
    lines: list[list[Block | str]] = [[]]
    for part in parts:
        if isinstance(part, str) and part == "\n":
            lines.append([])
        else:
            lines[-1].append(part if isinstance(part, str) and part in (*OPENING, *CLOSING) else _part(part))
    rows = [Row(tuple(_grouped(items))) for items in lines if items]
    if not rows:
        raise ValueError("an equation has at least one part")
    return Slide(stacked(rows), title="An equation", size=size, theme=theme)


def _part(part: Any) -> Block:
    match part:
        case Slide():
            return part.block
        case str():
            return _formula(part)
        case Value() if (symbol := name_of(part)) is not None:
            return Formula(symbol)
    if isinstance(part, Value) or number_of(part) is not None:
        number = numbers(part, "a part of an equation")
        return Formula(numeral(float(number), decimals_of(number)))
    entries = labels(part, "a part") if _has_texts(part) else _numbers(part, "a part of an equation")
    return Fenced("[", grid(entries, MOST), "]")


def _formula(text: str) -> Block:
    try:
        parse(text)
    except ValueError as error:
        if not text.strip() or {*text} & {*"\\^_{}()[]"}:  # not words
            raise ValueError(
                f"the part {text!r} of an equation is not read: {error}. Parentheses around matrices are "
                'parts of their own: "(", W, a, ")"'
            ) from None
    return Formula(label(text))


def _grouped(items: Sequence[Block | str]) -> list[Block]:
    """The parts of a line, each pair of parentheses around its contents."""
    groups: list[tuple[str, list[Block]]] = [("", [])]
    for item in items:
        if not isinstance(item, str):
            groups[-1][1].append(item)
        elif item in OPENING:
            groups.append((item, []))
        else:
            opening, inner = groups.pop()
            if OPENING.get(opening) != item or not inner:
                raise ValueError(
                    f"{item!r} in an equation closes nothing: before it go its opening and a part"
                )
            groups[-1][1].append(Fenced(opening, Row(tuple(inner)), item))
    if len(groups) > 1:
        opening = groups[-1][0]
        raise ValueError(
            f"{opening!r} in an equation is not closed: after it go a part and {OPENING[opening]!r}"
        )
    return groups[0][1]


def product(
    A: Any,
    B: Any,
    *,
    names: tuple[str, str] | None = None,
    symbols: bool = False,
    most: int | None = None,
    theme: Theme = LIGHT,
    size: Size = SLIDE,
) -> Slide:
    r"""Work out the product of two matrices, or of a matrix and a column: its factors, its sums, its numbers.

    The numbers have as many decimals as make each printed sum right on a calculator; where six are not
    enough, the slide says so.

    Args:
        A, B: matrices, as for `matrix`; of one dimension, columns.
        names: of the two, as in ``("W", "I")``, to be written before them.
        symbols: whether to write labels, as in `matrix`; then there are no results in numbers.
        most: the most rows, columns and terms of a sum before dots; if None, as many as can be read from
            afar.
        theme, size: the colours, and the slide in pixels.

    Raises:
        TypeError, ValueError: as for `matrix`, and for shapes that have no product.

    Source: lecture section 5.

    >>> print(product([[1, 2], [3, 4]], [[5, 6], [7, 8]]))
    ⎡1  2⎤⎡5  6⎤ = ⎡1 · 5 + 2 · 7  1 · 6 + 2 · 8⎤ = ⎡19  22⎤
    ⎣3  4⎦⎣7  8⎦   ⎣3 · 5 + 4 · 7  3 · 6 + 4 · 8⎦   ⎣43  50⎦
    """
    below: list[Block] = []
    after: Entries | None = None
    if symbols or _has_texts(A) or _has_texts(B):
        left, right = labels(A, "A"), labels(B, "B")
        _check_shapes(left.shape, right.shape)
    else:
        left, right, after, exact = _worked(
            *(two_dimensional(numbers(m, n), n) for m, n in ((A, "A"), (B, "B")))
        )
        below = [] if exact else [Words(NOT_EXACT)]
    shown = _legible(left, right) if most is None else count(most, "most", 2)
    head = () if names is None else (Formula(line(*map(label, _two_names(names)))), EQUALS_SIGN)
    factors = Row((*head, _in_brackets(left, shown), _in_brackets(right, shown)))
    steps: list[Block] = [factors, Fenced("[", _sums(left, right, shown), "]")]
    if after is not None:
        steps.append(_in_brackets(after, shown))
    in_one_line = Row(tuple(block for step in steps for block in (EQUALS_SIGN, step))[1:])
    in_lines = [Row((EQUALS_SIGN, step)) if i else step for i, step in enumerate(steps)]
    return Slide(
        stacked([in_one_line, *below]),
        stacked([*in_lines, *below]),
        title="A product of matrices, worked out",
        size=size,
        theme=theme,
    )


def _worked(A: Array, B: Array) -> tuple[Entries, Entries, Entries, bool]:
    """Both factors, the product, and whether it checks on a calculator."""
    _check_shapes(A.shape, B.shape)
    product = A @ B
    digits = decimals_of(product)
    printed = as_printed(product, digits)

    def agree(decimals: int) -> bool:
        left, right = (as_printed(m, decimals_of(m, decimals)) for m in (A, B))
        return checks(left @ right, printed, digits)

    decimals, exact = fewest_decimals(max(decimals_of(A), decimals_of(B)), agree)
    left, right = (numerals(m, decimals_of(m, decimals)) for m in (A, B))
    return left, right, numerals(product, digits), exact


def _legible(left: Entries, right: Entries) -> int:
    """How many rows and columns to write out, so that the sums can be read from afar."""
    for most in range(MOST, 2, -1):
        if len(to_text(_sums(left, right, most)).split("\n")[0]) <= LONGEST_LINE:
            return most
    return 2


def _sums(left: Entries, right: Entries, most: int) -> Table:
    """The product with each entry as the sum that it is."""
    sums = Entries((left.shape[0], right.shape[1]), lambda i, j: _sum(left, right, i, j, most))
    return grid(sums, most, "c")


def _two_names(names: Any) -> tuple[str, str]:
    if not isinstance(names, (tuple, list)) or len(names) != 2 or not all(isinstance(n, str) for n in names):
        raise TypeError(f'names is a pair of texts, such as ("W", "I"), not {names!r:.80}')
    return names[0], names[1]


def _check_shapes(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    if left[1] != right[0]:
        raise ValueError(
            f"A of shape {left} and B of shape {right} have no product: A has {left[1]} columns, and B "
            f"{right[0]} rows"
        )


def _sum(left: Entries, right: Entries, i: int, j: int, most: int) -> Math:
    """An entry of a product as the sum of its products."""
    terms: list[Math] = []
    for k in visible(left.shape[1], most):
        terms += [PLUS, HORIZONTAL if k is None else _times(left.at(i, k), right.at(k, j), k == 0)]
    return line(*terms[1:])


def _times(a: Math, b: Math, first: bool) -> Math:
    """A product of two entries: of numbers with a dot, of symbols as the formula of any product."""
    if _is_number(a) and _is_number(b):
        return line(as_factor(a, first), TIMES, as_factor(b, first=False))
    first_entry, second_entry = (Value(1.0, label=to_latex(m)) for m in (a, b))
    return typeset(build(first_entry * second_entry, name_of))


def _is_number(m: Math) -> bool:
    last = trailing(m)
    return last is not None and last.kind == "number"


# -- brackets ---------------------------------------------------------------------------------


def stacked(blocks: Sequence[Block]) -> Block:
    """Blocks under one another."""
    return blocks[0] if len(blocks) == 1 else Table(tuple((block,) for block in blocks), "l", leading=0.6)


def _in_brackets(entries: Entries, most: int) -> Fenced:
    return Fenced("[", grid(entries, most), "]")


def _numbers(A: Any, name: str, decimals: int | None = None) -> Entries:
    array = two_dimensional(numbers(A, name), name)
    return numerals(
        array, decimals_of(array) if decimals is None else count(decimals, "decimals", 0, MOST_DECIMALS)
    )


def _has_texts(A: Any) -> bool:
    if isinstance(A, np.ndarray):
        return A.dtype.kind == "U" or (A.dtype == object and any(isinstance(x, str) for x in A.flat))
    return isinstance(A, str) or (isinstance(A, (list, tuple)) and any(map(_has_texts, A)))


def _named(name: str, shape: Any, most: int) -> Table:
    """The symbols of a matrix, or of a column, of that name."""
    sides = (shape,) if isinstance(shape, (int, str)) else shape
    if not isinstance(sides, (tuple, list)) or len(sides) not in (1, 2) or not all(map(_is_side, sides)):
        raise ValueError(
            "a matrix given by its name has a shape of one or two sides, each a whole number from 1 or the "
            f'letter of its last index, such as shape=("k", "n") or shape=(16, 784), not {shape!r:.80}'
        )
    numbered = tuple(int(side) for side in sides if is_whole(side)) or (1,)
    rows, *columns = ([0, 1, None, side] if isinstance(side, str) else visible(side, most) for side in sides)

    def cell(*index: int | str | None) -> Formula:
        known = [i for i in index if i is not None]
        if len(known) < len(index):
            return Formula(dots(index[0] is None, None in index[1:]))
        return Formula(element(name, known, numbered))

    if not columns:
        return Table(tuple((cell(i),) for i in rows), "c")
    return Table(tuple(tuple(cell(i, j) for j in columns[0]) for i in rows), "c" * len(columns[0]))


def _is_side(side: Any) -> bool:
    return side.isalpha() and len(side) == 1 if isinstance(side, str) else is_whole(side) and bool(side >= 1)
