"""Additions as sums of terms: nested ones are joined, and a product with a fixed factor is a term."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd._compiler.array_program import in_order
from autograd._compiler.find.tensors.scalars import Applied, Lines, Operation, Product, Scalars
from autograd._graph.primitive import lookup

__all__ = ["Added", "Addend", "joined"]


@dataclass(frozen=True, eq=False)
class Addend:
    """A term, in all sums of an operation: sign * factor * quantity; no factor is 1."""

    sign: float
    factor: Lines | None
    quantity: Lines

    def at(self, places: Any, sign: float = 1.0) -> Addend:
        factor = None if self.factor is None else self.factor[places]
        return Addend(sign * self.sign, factor, self.quantity[places])


@dataclass(eq=False)
class Added:
    """Sums of the same number of terms, side by side, and of numbers."""

    lines: Lines
    terms: list[Addend] = field(default_factory=list)
    bias: Any = 0.0

    @property
    def args(self) -> tuple[Lines, ...]:
        return tuple(a for t in self.terms for a in (t.quantity, t.factor) if a is not None)


def joined(scalars: Scalars, outputs: Lines) -> list[Applied | Product | Added]:
    """The operations that the outputs need: additions as sums, without those that are terms of one."""
    operations = _needed(scalars, outputs)
    return list(_Sums(scalars, operations, outputs).joined())


def _needed(scalars: Scalars, outputs: Lines) -> list[Operation]:
    """The operations that the outputs are computed from, for the lines that they need."""
    live = np.zeros(scalars.count, bool)
    live[outputs] = True
    needed: list[Operation] = []
    for operation in reversed(scalars.operations):
        mask = live[operation.lines]
        if not mask.any():
            continue
        part = operation.only(mask)
        if isinstance(part, Product) and not scalars.batched(part.quantities).any():
            part = operation  # its lines count as different from example to example if any of them is
        needed.append(part)
        for read in part.args:
            live[read] = True
    return needed[::-1]


class _Sums:
    def __init__(self, scalars: Scalars, operations: Sequence[Operation], outputs: Lines) -> None:
        self.scalars, self.operations = scalars, operations
        # The operation of each line, and its place there.
        self.source, self.place = np.full(scalars.count, -1), np.zeros(scalars.count, int)
        for i, operation in enumerate(operations):
            self.source[operation.lines], self.place[operation.lines] = i, np.arange(len(operation.lines))
        reads = [read.ravel() for operation in operations for read in operation.args]
        self.uses = np.bincount(np.concatenate([outputs, *reads]), minlength=scalars.count)
        self.signs = {
            lookup("add"): (1.0, 1.0), lookup("sub"): (1.0, -1.0), lookup("neg"): (-1.0,),
        }  # fmt: skip
        self.mul = lookup("mul")

    def joined(self) -> Iterator[Applied | Product | Added]:
        results: list[Applied | Product | Added | None] = []
        for operation in self.operations:
            result: Applied | Product | Added = operation
            if isinstance(operation, Product):
                result = self.weighted(operation, results)
            elif operation.row in self.signs:
                result = Added(operation.lines)
                for sign, arg in zip(self.signs[operation.row], operation.args, strict=True):
                    self.add(result, sign, arg, results)
            results.append(result)
        return (result for result in results if result is not None)

    def add(self, total: Added, sign: float, arg: Lines, results: list[Any]) -> None:
        """Add an argument, which may itself be a sum or a product that nothing else uses."""
        if not self.scalars.depends[arg].any():
            with np.errstate(all="ignore"):  # infinite where Python's floats are
                total.bias = total.bias + sign * self.scalars.numbers[arg]
            return
        inner = self.only_use(arg)
        part = None if inner < 0 else results[inner]
        if isinstance(part, Added):
            places = self.place[arg]
            if sign > 0 and not total.terms and (len(places) == 1 or in_order(places)):
                total.terms = part.terms  # of a long chain of additions, without copies
            else:
                total.terms += [term.at(places, sign) for term in part.terms]
            with np.errstate(all="ignore"):
                total.bias = total.bias + sign * np.broadcast_to(part.bias, part.lines.shape)[places]
            results[inner] = None
        elif part is not None and (split := self.factored(part, arg, total.lines)) is not None:
            total.terms.append(Addend(sign, *split))
            results[inner] = None
        else:
            total.terms.append(Addend(sign, None, arg))

    def weighted(self, product: Product, results: list[Any]) -> Product:
        """A sum of products that nothing else uses, with their factors as its weights."""
        weights = product.weights
        if (
            len(weights) > 1
            or self.scalars.depends[weights].any()
            or (self.scalars.numbers[weights] != 1).any()
        ):
            return product
        flat = product.quantities.ravel()
        inner = self.only_use(flat)
        split = None if inner < 0 else self.factored(results[inner], flat, product.lines)
        if split is None:
            return product
        factor, quantity = (lines.reshape(product.quantities.shape) for lines in split)
        if (factor != factor[:, :1]).any():
            return product
        results[inner] = None
        return Product(product.lines, factor[:, :1].T, quantity)

    def only_use(self, lines: Lines) -> int:
        """The operation of which these are all lines, each used here alone; -1 if there is none."""
        source = self.source[lines]
        i = int(source[0])
        if i < 0 or len(lines) != len(self.operations[i].lines):
            return -1
        return i if (source == i).all() and (self.uses[lines] == 1).all() else -1

    def factored(self, part: Any, lines: Lines, total: Lines) -> tuple[Lines, Lines] | None:
        """Factor and quantity of products; None for another operation, or where both differ by example."""
        if not isinstance(part, Applied) or part.row is not self.mul:
            return None
        p, q = (arg[self.place[lines]] for arg in part.args)
        scalars = self.scalars
        factor, quantity = (p, q) if scalars.rank(p) <= scalars.rank(q) else (q, p)
        if scalars.batched(factor).any():
            return None
        alike = scalars.batched(quantity).all() or not scalars.batched(total).any()
        return (factor, quantity) if alike else None
