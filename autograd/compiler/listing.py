"""A program as text: one line for each quantity that has a name, with the labels of what it computes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from autograd.compiler.formulas import (
    Applied,
    Formula,
    Joined,
    Matrix,
    Number,
    Numbers,
    Part,
    Ragged,
    Total,
)
from autograd.compiler.lines import Lines
from autograd.compiler.steps import Lifted, in_order
from autograd.primitives import CALL, POWER, PRODUCT, SUM

__all__ = ["listing"]

OPERATORS = {"mul": ("*", PRODUCT), "truediv": ("/", PRODUCT), "pow": ("**", POWER)}
Text = tuple[str, int]  # and how tightly it binds


def listing(lifted: Lifted, labels: Mapping[int, str], outputs: Any) -> str:
    """The steps of a program, and how large they are: W (16 x 784), a (16).

    >>> from autograd import Value, compile, sigmoid
    >>> w = [Value(1.0, label="w_1"), Value(2.0, label="w_2")]
    >>> x = [Value(0.0, label="x_1"), Value(0.0, label="x_2")]
    >>> z = (w[0] * x[0] + w[1] * x[1]).with_label("z")
    >>> print(compile(sigmoid(z), x, w))
    z = w @ x           (1 x 2)
    return sigmoid(z)   (1)
    """
    found = Lines(lifted, labels, outputs)
    said = []
    for line in found.lines:
        assert line.formula is not None
        said.append((f"{line.name} = {_text(line.formula)[0]}", _size(line.formula, len(line))))
    said.append((f"return {_text(found.outputs)[0]}", _size(found.outputs, len(outputs))))
    width = max(len(text) for text, _ in said)
    return "\n".join(f"{text:{width}}   {size}" for text, size in said)


def _size(formula: Formula, rows: int) -> str:
    """The matrices of a line, or how many quantities it gives."""
    return ", ".join(_sizes(formula)) or f"({rows})"


def _sizes(formula: Formula) -> list[str]:
    match formula:
        case Matrix(None, False, quantity, (1, _, 1)):
            return _sizes(quantity)
        case Matrix(weights, _, quantity, (sums, terms, windows)):
            own = f"({sums} x {terms})" + (f" @ ({terms} x {windows})" if windows > 1 else "")
        case Ragged(weights, _, quantity, (sums, terms)):
            own = f"({terms} in {sums} sums)"
        case Applied(_, inner) | Joined(inner):
            return [size for one in inner for size in _sizes(one)]
        case Total(terms):
            both = ((term.factor, term.quantity) for term in terms)
            return [size for pair in both for one in pair if one is not None for size in _sizes(one)]
        case _:
            return []
    return [*([] if weights is None else _sizes(weights)), *_sizes(quantity), own]


def _text(formula: Formula) -> Text:
    match formula:
        case Part(of, rows):
            return of.name + ("" if formula.whole and of.lettered else f"[{_rows(rows)}]"), CALL
        case Number(x):
            return f"{x:g}", CALL if x >= 0 else SUM
        case Numbers():
            return "constants", CALL
        case Joined(parts):
            return f"[{', '.join(_text(part)[0] for part in parts)}]", CALL
        case Applied(row, (x, y)) if str(row) in OPERATORS:
            sign, binds = OPERATORS[str(row)]
            return f"{_within(_text(x), binds)} {sign} {_within(_text(y), binds + 1)}", binds
        case Applied(row, args):
            return f"{row}({', '.join(_text(a)[0] for a in args)})", CALL
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
    if isinstance(formula, Matrix) and formula.shape[0] > 1 and re.fullmatch(r"[a-z]\d*", text):
        text = text[0].upper() + text[1:]
    shown = _within((text, binds), PRODUCT)
    return f"(signs * {shown})" if formula.signed else shown


def _total(total: Total) -> Text:
    text = ""
    for term in sorted(total.terms, key=lambda term: -term.sign):
        said = _text(term.quantity)
        if term.factor is not None:
            said = f"{_within(_text(term.factor), PRODUCT)} * {_within(said, PRODUCT)}", PRODUCT
        sign = "-" if term.sign < 0 else "+"
        shown = _within(said, PRODUCT if sign == "-" else SUM)
        text += f" {sign} {shown}" if text else f"-{shown}" if sign == "-" else shown
    return text, SUM


def _within(text: Text, binds: int) -> str:
    return text[0] if text[1] >= binds else f"({text[0]})"


def _rows(rows: Any) -> str:
    if len(rows) == 1:
        return str(int(rows[0]))
    return f"{int(rows[0])}:{int(rows[-1]) + 1}" if in_order(rows) else f"{len(rows)} rows"
