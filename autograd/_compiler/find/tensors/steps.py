"""From operations on arrays of lines to the steps and blocks of an array program.

Operations of one level and one row are one step, as in `find.vectorize`: a level is complete before the next
begins, so that the operands of a step have addresses when it is made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd._compiler.array_program import (
    ONE,
    ArrayProgram,
    Block,
    Column,
    Gather,
    MatrixProduct,
    Operand,
    RowStep,
    Step,
    Sum,
    Term,
    number_or_column,
)
from autograd._compiler.find.matrices import UNROLLED
from autograd._compiler.find.tape import INPUT, PARAMETER
from autograd._compiler.find.tensors.scalars import Applied, Lines, Product, Scalars
from autograd._compiler.find.tensors.sums import Added, Addend, joined
from autograd._table.intervals import Interval

__all__ = ["program_of"]

Labels = Sequence[tuple[Lines, str]]


def program_of(scalars: Scalars, outputs: Lines, inputs: Lines, wrt: Lines, labels: Labels) -> ArrayProgram:
    """The array program of some lines.

    Args:
        scalars: the lines, and the operations that compute them.
        outputs, inputs, wrt: the lines of the results, of the columns of X, of theta.
        labels: of lines; where a line has several, the last counts.
    """
    steps = _Steps(scalars)
    for level in _levels(scalars, joined(scalars, outputs)):
        for group in level:
            steps.add(group)
    (constants, of_inputs, parameters, *_), address = steps.blocks, steps.address
    names = np.full(scalars.count + 1, None)
    for lines, label in labels:
        names[lines] = label
    return ArrayProgram(
        constants, of_inputs, parameters, steps.constants, steps.blocks, steps.steps,
        address[outputs], address[inputs], address[wrt], names.tolist(),
        {label: lines.shape for lines, label in labels},
    )  # fmt: skip


# -- levels ---------------------------------------------------------------------------------------

Group = list[Any]  # operations that are one step


def _levels(scalars: Scalars, operations: Sequence[Applied | Product | Added]) -> list[list[Group]]:
    """For each level the groups of operations that are one step each."""
    level = np.zeros(scalars.count, int)
    levels: dict[int, dict[Any, Group]] = defaultdict(lambda: defaultdict(list))
    for operation in operations:
        own = 1 + max(int(level[read].max()) for read in operation.args)
        level[operation.lines] = own
        for part in _by_example(scalars, operation):
            levels[own][_kind(scalars, part)].append(part)
    return [list(levels[own].values()) for own in sorted(levels)]


def _by_example(scalars: Scalars, operation: Any) -> Sequence[Any]:
    """An elementwise operation, apart for lines that differ from example to example and for others."""
    batched = scalars.batched(operation.lines)
    if isinstance(operation, Product) or batched.all() or not batched.any():
        return (operation,)
    if isinstance(operation, Applied):
        return operation.only(batched), operation.only(~batched)
    bias = np.broadcast_to(operation.bias, operation.lines.shape)
    return [
        Added(operation.lines[mask], [term.at(mask) for term in operation.terms], bias[mask])
        for mask in (batched, ~batched)
    ]


def _kind(scalars: Scalars, operation: Any) -> Any:
    batched = bool(scalars.batched(operation.lines[:1])[0])
    if isinstance(operation, Applied):
        return operation.row, batched
    if isinstance(operation, Product):
        return operation
    operation.terms.sort(key=lambda term: _order(scalars, term))
    return (*(_order(scalars, term) for term in operation.terms), bool(np.any(operation.bias)), batched)


def _order(scalars: Scalars, term: Addend) -> tuple[bool, bool, float]:
    """Products first, then scalars that differ from example to example."""
    return term.factor is None, not scalars.batched(term.quantity).any(), term.sign


# -- steps ----------------------------------------------------------------------------------------


class _Steps:
    """The steps so far, their blocks, and the address of each line; first the blocks of leaves."""

    def __init__(self, scalars: Scalars) -> None:
        self.scalars, count = scalars, scalars.count
        self.depends, self.numbers = scalars.depends[:count], scalars.numbers[:count]
        self.address = np.full(count, -1)
        self.steps: list[Step] = []
        lines = np.flatnonzero(self.depends == 0)
        # Numbers as bits: 0.0 and -0.0 differ, and nan equals itself.
        bits = np.append(1.0, self.numbers[lines]).view(np.int64)
        _, first, number = np.unique(bits, return_index=True, return_inverse=True)
        order = np.argsort(first)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        self.address[lines] = rank[number[1:]]
        self.constants = bits[first[order]].view(float)
        self.blocks = [Block(ONE, len(order), False, False, np.full(len(order), -1))]
        leaves = self.depends[: scalars.leaves]
        self.block(np.flatnonzero(leaves & INPUT))
        self.block(np.flatnonzero(leaves & INPUT == 0))

    def block(self, lines: Lines) -> Block:
        """The next block, of these lines."""
        block = self.partial(len(lines), lines)
        block.lines = lines
        self.address[lines] = block.addresses
        return block

    def partial(self, size: int, lines: Lines) -> Block:
        """The next block, of intermediate results that depend on the leaves as these lines do together."""
        start = self.blocks[-1].start + self.blocks[-1].size
        batched, active = (bool((self.depends[lines] & bit).any()) for bit in (INPUT, PARAMETER))
        self.blocks.append(Block(start, size, batched, active, np.full(size, -1)))
        return self.blocks[-1]

    def add(self, group: Group) -> None:
        """Add the steps of operations of one kind."""
        first = group[0]
        if isinstance(first, Product):
            weights, quantities = self.address[first.weights], self.address[first.quantities]
            self.steps.append(MatrixProduct(self.block(first.lines), weights, None, quantities))
        elif isinstance(first, Applied):
            args = [np.concatenate(several) for several in zip(*(op.args for op in group), strict=True)]
            order = np.lexsort([self.address[arg] for arg in reversed(args)])
            operands = tuple(
                self.operand(arg[order], domain) for arg, domain in zip(args, first.row.domain, strict=True)
            )
            block = self.block(np.concatenate([op.lines for op in group])[order])
            self.steps.append(RowStep(block, first.row, operands))
        else:
            self.sums(group)

    def sums(self, group: Sequence[Added]) -> None:
        lines = np.concatenate([each.lines for each in group])
        bias = np.concatenate([np.broadcast_to(each.bias, each.lines.shape) for each in group])
        terms = [
            Addend(same[0].sign, None if same[0].factor is None else np.concatenate([t.factor for t in same]),
                   np.concatenate([t.quantity for t in same]))
            for same in zip(*(each.terms for each in group), strict=True)
        ]  # fmt: skip
        order = np.lexsort([self.address[term.quantity] for term in reversed(terms)])
        lines, bias, terms = lines[order], bias[order], [term.at(order) for term in terms]
        plain = [term for term in terms if term.factor is None]
        others = []
        if len(plain) > UNROLLED:  # a long sum without factors is a product with ones
            terms = [term for term in terms if term.factor is not None]
            plain.sort(key=lambda term: int(self.address[term.quantity[0]]))
            signs = np.array([[term.sign for term in plain]])
            parts = (
                np.full(signs.shape, ONE), None if (signs > 0).all() else signs,
                np.stack([self.address[term.quantity] for term in plain]),
            )  # fmt: skip
            if not terms and not bias.any():
                self.steps.append(MatrixProduct(self.block(lines), *parts))
                return
            partial = self.partial(len(lines), np.concatenate([term.quantity for term in plain]))
            self.steps.append(MatrixProduct(partial, *parts))
            others = [Term(None, 1.0, Gather(partial.addresses))]
        others += [
            Term(
                None if term.factor is None else Gather(self.address[term.factor]),
                term.sign,
                Gather(self.address[term.quantity]),
            )
            for term in terms
        ]
        if bias.any():
            others.append(Term(None, 1.0, number_or_column(bias)))
        self.steps.append(Sum(self.block(lines), tuple(others)))

    def operand(self, lines: Lines, domain: Sequence[Interval]) -> Operand:
        if self.depends[lines].any():
            return Gather(self.address[lines])
        operand = number_or_column(self.numbers[lines])
        inside = isinstance(operand, Column) or any(i.low < operand.value < i.high for i in domain)
        # Python's arithmetic on numbers raises where NumPy's on arrays gives nan or an infinity.
        return operand if inside else Column(self.numbers[lines])
