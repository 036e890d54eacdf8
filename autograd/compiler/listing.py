"""A program as text: one line for each step that has a name, with the labels of what it computes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograd.compiler.steps import Block, Lifted, Map, Product, Segments, Step, Term, addresses_of, in_order
from autograd.primitives import CALL, POWER, PRODUCT, SUM

__all__ = ["Line", "lines", "listing"]

OPERATORS = {"mul": ("*", PRODUCT), "truediv": ("/", PRODUCT), "pow": ("**", POWER)}
Text = tuple[str, int]  # and how tightly it binds

Line = tuple[Block | None, str, str, str]  # a block, its name, what it is, and the sizes that say how large


def listing(lifted: Lifted, labels: Mapping[int, str], outputs: Any) -> str:
    """The steps of a program, and how large they are: W (16 x 784), a (16).

    >>> from autograd import Value, compile, sigmoid
    >>> w = [Value(1.0, label="w_1"), Value(2.0, label="w_2")]
    >>> x = [Value(0.0, label="x_1"), Value(0.0, label="x_2")]
    >>> z = (w[0] * x[0] + w[1] * x[1]).with_label("z")
    >>> print(compile(sigmoid(z), x, w))
    z = w[0] * x[0] + w[1] * x[1]   (1)
    return sigmoid(z)               (1)
    """
    said = [
        (f"{name} = {text}" if name else f"return {text}", size)
        for _, name, text, size in lines(lifted, labels, outputs)
    ]
    width = max(len(text) for text, _ in said)
    return "\n".join(f"{text:{width}}   {size}" for text, size in said)


def lines(lifted: Lifted, labels: Mapping[int, str], outputs: Any) -> list[Line]:
    """Each block that has a name, and at last the outputs: what stands on the lines of `listing`.

    What has no label and is used once stands where it is used.
    """
    return list(_Names(lifted, labels, outputs).lines())


class _Names:
    def __init__(self, lifted: Lifted, labels: Mapping[int, str], outputs: Any) -> None:
        self.lifted, self.outputs = lifted, outputs
        self.labels = [labels.get(line) for block in lifted.blocks for line in block.lines.tolist()]
        leaves = range(lifted.constants.start)
        self.family: dict[str, list[int]] = {}  # leaves of one letter and layer
        for i in leaves:
            if letter := _short(self.labels[i]):
                self.family.setdefault(letter, []).append(i)
        self.name: dict[Block, str] = {}
        self.inside: dict[Block, Text] = {}  # what stands where it is used
        self.sizes: list[str] = []
        self.uses: dict[Block, int] = {}
        for addresses in (outputs, *(a for step in lifted.steps for a in addresses_of(step))):
            pieces = list(lifted.pieces(addresses))
            for piece in pieces:
                once = len(pieces) == 1 and self.is_whole(piece.block, piece.rows)
                self.uses[piece.block] = self.uses.get(piece.block, 0) + (1 if once else 2)

    def lines(self) -> Iterator[Line]:
        taken: set[str] = set()
        for step in self.lifted.steps:
            block = step.block
            text = self.text(step)
            name = self.common(block.start + np.arange(block.size))
            if name is None and self.uses.get(block) == 1:
                self.inside[block] = text
                continue
            if name is None or name in taken:
                name = next(n for i in range(1, len(taken) + 2) if (n := f"v{i}") not in taken)
            taken.add(name)
            self.name[block] = name
            yield block, name, text[0], self.size(block.size)
        yield None, "", self.of(self.outputs)[0], self.size(len(self.outputs))

    def size(self, rows: int) -> str:
        """The matrices of a line, or how many quantities it gives."""
        found, self.sizes = self.sizes, []
        return ", ".join(found) if found else f"({rows})"

    def is_whole(self, block: Block, rows: Any) -> bool:
        return len(rows) == block.size and in_order(rows)

    def common(self, addresses: Any) -> str | None:
        """What the labels of some quantities have in common: a letter and a layer."""
        found = {_short(self.labels[i]) for i in addresses.ravel().tolist() if i >= 0}
        return found.pop() if len(found) == 1 else None

    def of(self, addresses: Any, matrix: bool = False) -> Text:
        """Quantities by their names."""
        flat = addresses.ravel()
        flat = flat[:1] if (flat == flat[0]).all() else flat  # one for all
        said: list[Text] = []
        for piece in sorted(self.lifted.pieces(flat), key=lambda piece: int(piece.places[0])):
            block, rows = piece.block, piece.rows
            if block is self.lifted.constants:
                said.append(_numbers(self.lifted.numbers[rows]))
            elif block in self.inside:
                said.append(self.inside[block])
            elif block in self.name:
                part = "" if self.is_whole(block, rows) else f"[{_rows(rows)}]"
                said.append((self.name[block] + part, CALL))
            else:
                said.append((self.leaves(block, rows), CALL))
        if (flat < 0).any():
            said.append(("1", CALL))
        joined = said[0] if len(said) == 1 else (f"[{', '.join(text for text, _ in said)}]", CALL)
        if matrix and re.fullmatch(r"[a-z]\d*", joined[0]):
            return joined[0][0].upper() + joined[0][1:], CALL
        return joined

    def leaves(self, block: Block, rows: Any) -> str:
        """Leaves by their letter, and their places among those of that letter; or in theta, in X."""
        name = self.common(rows + block.start)
        if name is None:
            return f"{'theta' if block is self.lifted.parameters else 'X'}[{_rows(rows)}]"
        family = np.searchsorted(self.family[name], rows + block.start)
        whole = len(rows) == len(self.family[name]) and in_order(family)
        return name if whole else f"{name}[{_rows(family)}]"

    def text(self, step: Step) -> Text:
        """What a step does."""
        match step:
            case Map(row=None):
                return self.sum(step.terms)
            case Map():
                args = [_number(a) if isinstance(a, float) else self.of(a) for a in step.args]
                if str(step.row) in OPERATORS:
                    sign, binds = OPERATORS[str(step.row)]
                    x, y = _within(args[0], binds), _within(args[1], binds + 1)
                    return f"{x} {sign} {y}", binds
                return f"{step.row}({', '.join(text for text, _ in args)})", CALL
            case Product():
                (sums, terms), windows = step.weights.shape, step.quantities.shape[1]
                what = self.of(step.quantities)
                if (step.weights < 0).all() and step.signs is None and sums == windows == 1:
                    return f"sum({what[0]})", CALL
                weights = self.weights(step)
                self.sizes.append(
                    f"({sums} x {terms})" + (f" @ ({terms} x {windows})" if windows > 1 else "")
                )
                return f"{weights} @ {_within(what, PRODUCT + 1)}", PRODUCT
            case Segments():
                quantities = _within(self.of(step.quantities), PRODUCT + 1)
                self.sizes.append(f"({len(step.weights)} in {step.block.size} sums)")
                return f"sums({self.weights(step)} * {quantities})", CALL

    def weights(self, step: Product | Segments) -> str:
        if (step.weights < 0).all():
            return "ones" if step.signs is None else "signs"
        text = self.of(step.weights, matrix=step.weights.ndim == 2 and len(step.weights) > 1)
        return _within(text, PRODUCT) if step.signs is None else f"(signs * {_within(text, PRODUCT)})"

    def sum(self, terms: tuple[Term, ...]) -> Text:
        text = ""
        for term in sorted(terms, key=lambda term: -term.sign):
            quantity = term.quantity
            said = _numbers(quantity) if quantity.dtype.kind == "f" else self.of(quantity)
            if term.factor is not None:
                said = f"{_within(self.of(term.factor), PRODUCT)} * {_within(said, PRODUCT)}", PRODUCT
            sign = "-" if term.sign < 0 else "+"
            shown = _within(said, PRODUCT if sign == "-" else SUM)
            text += f" {sign} {shown}" if text else f"-{shown}" if sign == "-" else shown
        return text, SUM


def _within(text: Text, binds: int) -> str:
    return text[0] if text[1] >= binds else f"({text[0]})"


def _number(x: float) -> Text:
    return f"{x:g}", CALL if x >= 0 else SUM


def _numbers(x: Any) -> Text:
    return _number(float(x[0])) if (x == x[0]).all() else ("constants", CALL)


def _short(label: str | None) -> str | None:
    r"""A label without its indices: `w_{jk}^{(1)}` is w1.

    >>> _short(r"w_{12}^{(1)}"), _short("y_3"), _short(None)
    ('w1', 'y', None)
    """
    if not label:
        return None
    layer = re.search(r"\^\{?\(?(\w+)\)?\}?", label)
    letter = re.match(r"[^\W\d_]+", label)
    return f"{letter[0]}{layer[1] if layer else ''}" if letter else None


def _rows(rows: Any) -> str:
    if len(rows) == 1:
        return str(int(rows[0]))
    return f"{int(rows[0])}:{int(rows[-1]) + 1}" if in_order(rows) else f"{len(rows)} rows"
