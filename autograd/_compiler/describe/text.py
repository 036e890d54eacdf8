"""A program as text: one line for each named block, with its formula and the shapes of its matrices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Protocol, TypeVar

from autograd._compiler.array_program import ArrayProgram, in_order
from autograd._compiler.describe.formulas import (
    Applied,
    Formula,
    Joined,
    Matrix,
    Named,
    Number,
    Numbers,
    Part,
    Ragged,
    Total,
    operands,
)
from autograd._compiler.describe.lines import Lines
from autograd._compiler.describe.row_names import row_name
from autograd._table.rows import CALL, POWER, PRODUCT, SUM

__all__ = ["counted", "formula_text", "line_text", "listing", "result_text", "sizes", "summary"]

T = TypeVar("T")


class Sizes(Protocol):
    """A program, with the numbers of its arguments and results."""

    @property
    def inputs(self) -> int: ...
    @property
    def parameters(self) -> int: ...
    @property
    def outputs(self) -> int: ...


OPERATORS = {
    "add": ("+", SUM),
    "sub": ("-", SUM),
    "mul": ("*", PRODUCT),
    "truediv": ("/", PRODUCT),
    "pow": ("**", POWER),
}
Text = tuple[str, int]  # a formula, and its precedence

# A longer text than a person reads is cut, with a count of the rest.
LINES = 100
TERMS = 50  # of a sum or a list
SHOWN = 20  # lines or terms, of too many
WIDTH = 1000  # characters of a line


def listing(program: ArrayProgram) -> str:
    """The lines of a program with their sizes: W (16 x 784), a (16).

    >>> from autograd import Value, compile, sigmoid
    >>> w = [Value(1.0, label="w_1"), Value(2.0, label="w_2")]
    >>> x = [Value(0.0, label="x_1"), Value(0.0, label="x_2")]
    >>> z = (w[0] * x[0] + w[1] * x[1]).with_label("z")
    >>> print(compile(sigmoid(z), x, w))
    z = w @ x           (1 x 2)
    return sigmoid(z)   (1)
    """
    lines = Lines(program)
    shown, more = _cut(lines.lines, LINES, " lines")
    rows = [*map(line_text, shown), result_text(lines)]
    width = max(len(text) for text, _ in rows)
    texts = [f"{text:{width}}   {size}" for text, size in rows]
    return "\n".join([*texts[:-1], *more, texts[-1]])


def counted(n: int, noun: str) -> str:
    """How many of something.

    >>> counted(1, "step"), counted(1_200, "step")
    ('1 step', '1,200 steps')
    """
    return f"{n:,} {noun}{'s' * (n != 1)}"


def sizes(program: Sizes) -> list[str]:
    """How many inputs, parameters and outputs there are."""
    return [
        counted(program.inputs, "input"),
        counted(program.parameters, "parameter"),
        counted(program.outputs, "output"),
    ]


def summary(program: Sizes, operations: str, dtype: Any, is_native: bool) -> str:
    """The one line that a program is shown by."""
    how = ", native" if is_native else ""
    of = f"{operations} in {dtype or 'several dtypes'}{how}"
    return f"<{type(program).__name__} of {of}: {', '.join(sizes(program))}>"


def line_text(line: Named) -> tuple[str, str]:
    """A line of the listing, and its size."""
    assert line.formula is not None
    return _short(f"{line.name} = {formula_text(line.formula)}"), _size(line.formula, len(line))


def result_text(lines: Lines) -> tuple[str, str]:
    """The last line of the listing, and its size."""
    return _short(f"return {formula_text(lines.outputs)}"), _size(lines.outputs, lines.width)


def formula_text(formula: Formula) -> str:
    return _text(formula)[0]


def _short(text: str) -> str:
    return text if len(text) <= WIDTH else f"{text[:WIDTH]} ... {len(text) - WIDTH:,} more characters"


def _cut(several: Sequence[T], most: int = TERMS, unit: str = "") -> tuple[Sequence[T], list[str]]:
    """The items to show, and if there are too many, a text that counts the others."""
    if len(several) <= most:
        return several, []
    return several[:SHOWN], [f"... {len(several) - SHOWN:,} more{unit}"]


def _listed(several: Sequence[Formula]) -> str:
    shown, more = _cut(several)
    return ", ".join([*map(formula_text, shown), *more])


def _size(formula: Formula, rows: int) -> str:
    """The shapes of the matrices of a line, or how many scalars it has."""
    shown, more = _cut(list(_sizes(formula)))
    return ", ".join([*shown, *more]) or f"({rows})"


def _sizes(formula: Formula) -> Iterator[str]:
    for inner in operands(formula):
        yield from _sizes(inner)
    match formula:
        case Matrix(None, False, _, (1, _, 1)):  # written as a sum
            pass
        case Matrix(shape=(sums, terms, windows)):
            yield f"({sums} x {terms})" + (f" @ ({terms} x {windows})" if windows > 1 else "")
        case Ragged(shape=(sums, terms)):
            yield f"({terms} in {sums} sums)"


def _text(formula: Formula) -> Text:
    match formula:
        case Part(of, rows):
            return of.name + ("" if formula.whole and of.has_own_name else f"[{_rows(rows)}]"), CALL
        case Number(x):
            return f"{x:g}", CALL if x >= 0 else SUM
        case Numbers():
            return "constants", CALL
        case Joined(parts):
            return f"[{_listed(parts)}]", CALL
        case Applied(row, (x, y)) if (name := row_name(row)) in OPERATORS:
            sign, binds = OPERATORS[name]
            return f"{_within(_text(x), binds)} {sign} {_within(_text(y), binds + 1)}", binds
        case Applied(row, (x,)) if str(row) == "_identity":
            return _text(x)
        case Applied(row, args):
            return f"{row_name(row)}({_listed(args)})", CALL
        case Total():
            return _total(formula)
        case Matrix(None, False, quantity, (1, _, 1)):
            return f"sum({_text(quantity)[0]})", CALL
        case Matrix(quantity=quantity):
            return f"{_weights(formula)} @ {_within(_text(quantity), PRODUCT + 1)}", PRODUCT
        case Ragged(quantity=quantity):
            return f"sums({_weights(formula)} * {_within(_text(quantity), PRODUCT + 1)})", CALL


def _weights(formula: Matrix | Ragged) -> str:
    if formula.weights is None:
        return "signs" if formula.signed else "ones"
    text, binds = _text(formula.weights)
    if isinstance(formula, Matrix) and formula.shape[0] > 1:
        if formula.matrix is None and formula.transposed is not None:
            text = f"{formula.transposed.name}.T"
        if re.fullmatch(r"[a-z]\d*(\.T)?", text):
            text = text[0].upper() + text[1:]
    shown = _within((text, binds), PRODUCT)
    return f"(signs * {shown})" if formula.signed else shown


def _total(total: Total) -> Text:
    text = ""
    terms, more = _cut(sorted(total.terms, key=lambda term: -term.sign))
    for term in terms:
        product = _text(term.quantity)
        if term.factor is not None:
            product = f"{_within(_text(term.factor), PRODUCT)} * {_within(product, PRODUCT)}", PRODUCT
        sign = "-" if term.sign < 0 else "+"
        shown = _within(product, PRODUCT if sign == "-" else SUM)
        text += f" {sign} {shown}" if text else f"-{shown}" if sign == "-" else shown
    return " + ".join([text, *more]), SUM


def _within(text: Text, binds: int) -> str:
    return text[0] if text[1] >= binds else f"({text[0]})"


def _rows(rows: Any) -> str:
    if len(rows) == 1:
        return str(int(rows[0]))
    return f"{int(rows[0])}:{int(rows[-1]) + 1}" if in_order(rows) else f"{len(rows)} rows"
