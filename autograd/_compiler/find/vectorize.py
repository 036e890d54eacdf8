"""From scalars to arrays: the lines of a tape become few blocks, each computed by one step.

Nested additions are flattened into sums of terms. A term may be a product of a quantity and a factor that
is the same for all examples: such terms are the entries of matrices, which `matrices` puts together. All
other operations are grouped by level and row of the table. A level is complete before the next begins, so
that the operands of a step have addresses when it is made.
"""

from __future__ import annotations

import functools
from itertools import pairwise
from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram, Gather, Number, Operand, RowStep
from autograd._compiler.find.addresses import Addresses
from autograd._compiler.find.matrices import UNROLLED, LevelSums, Terms
from autograd._compiler.find.tape import CONSTANT, LEAF, Tape

__all__ = ["vectorize", "vectorize_regular"]

# A graph of more than SMALL operations has no structure if its steps were of fewer than FEW operations.
SMALL, FEW = 200, 4


def vectorize_regular(tape: Tape) -> ArrayProgram | None:
    """The array program of a tape; None for a graph without structure, which it would not make faster.

    >>> from autograd import Value, sin
    >>> from autograd._compiler.find.tape import read
    >>> x = y = Value(1.0)
    >>> for _ in range(1000):
    ...     y = sin(y)
    >>> vectorize_regular(read([y], [x], [])) is None
    True
    """
    return _Vectorizer(tape).vectorize(regular=True)


def vectorize(tape: Tape) -> ArrayProgram:
    """Find the array program of a tape.

    >>> from autograd import Value
    >>> from autograd._compiler.find.tape import read
    >>> w, x = [Value(1.0), Value(2.0), Value(3.0), Value(4.0)], [Value(5.0), Value(6.0)]
    >>> sums = [w[0] * x[0] + w[1] * x[1], w[3] * x[1] + w[2] * x[0]]
    >>> (step,) = vectorize(read(sums, x, w)).steps
    >>> type(step).__name__, step.weights.tolist(), step.quantities.ravel().tolist()
    ('MatrixProduct', [[3, 4], [5, 6]], [1, 2])
    """
    program = _Vectorizer(tape).vectorize()
    assert program is not None
    return program


class _Vectorizer(Addresses):
    def __init__(self, tape: Tape) -> None:
        super().__init__(tape)
        codes = {row.name: i + 2 for i, row in enumerate(tape.rows)}
        self.add, self.sub, self.neg, self.mul = (codes.get(n, -1) for n in ("add", "sub", "neg", "mul"))

    def vectorize(self, regular: bool = False) -> ArrayProgram | None:
        """The program; None where it has to be regular, and is not."""
        products, plain, constants = self.flatten()
        self.bias = np.zeros(self.count)
        with np.errstate(all="ignore"):  # infinite where Python's floats are
            np.add.at(self.bias, constants.sum, constants.sign * self.tape.numbers[constants.quantity])
        level = self.levels(products, plain)
        is_sum = self.is_sum[self.operations]
        if regular and self.is_irregular(level):
            return None
        sums, others = self.operations[is_sum], self.operations[~is_sum]
        others = others[np.lexsort((self.batched[others], self.tape.code[others]))]
        split = functools.partial(_split, last=int(level.max(initial=0)))
        for group, *of_sums in zip(
            split(others, level[others]),
            split(sums, level[sums]),
            split(products, level[products.sum]),
            split(plain, level[plain.sum]),
            strict=True,
        ):
            if len(group):
                self.row_steps(group)
            if len(of_sums[0]):
                self.sums(*of_sums)
        return self.program()

    def is_irregular(self, level: Any) -> bool:
        """Whether the operations of one row on one level, which are a step, are few."""
        operations = int((self.tape.code > CONSTANT).sum())
        if operations <= SMALL:
            return False
        lines = self.operations
        code = np.where(self.is_sum[lines], self.add, self.tape.code[lines])
        steps = np.sort((level[lines] * (len(self.tape.rows) + 2) + code) * 2 + self.batched[lines])
        return operations < FEW * (1 + int(np.count_nonzero(np.diff(steps))))

    # -- sums ---------------------------------------------------------------------------------

    def flatten(self) -> tuple[Terms, Terms, Terms]:
        """The terms of all sums: products with a factor, other quantities, constants."""
        tape, count = self.tape, self.count
        a, b, _ = tape.args
        uses = np.bincount(tape.args[tape.args >= 0], minlength=count)
        np.add.at(uses, tape.outputs, 1)
        is_sum = (tape.code == self.add) | (tape.code == self.sub) | (tape.code == self.neg)
        sums = np.flatnonzero(is_sum)
        first = np.where(tape.code == self.neg, -1.0, 1.0)
        second = np.where(tape.code == self.sub, -1.0, 1.0)
        two = sums[b[sums] >= 0]
        user, sign = np.full(count, -1), np.ones(count)
        user[a[sums]], sign[a[sums]] = sums, first[sums]
        user[b[two]], sign[b[two]] = two, second[two]
        # A sum with one use, by another sum, is part of it: pointer doubling finds the sum at the end.
        inside = is_sum & (uses == 1) & (user >= 0)
        whole, sign = np.where(inside, user, np.arange(count)), np.where(inside, sign, 1.0)
        while True:
            further = whole[whole]
            if (further == whole).all():
                break
            sign, whole = sign * sign[whole], further
        where = np.concatenate([sums, two])
        quantity = np.concatenate([a[sums], b[two]])
        signs = sign[where] * np.concatenate([first[sums], second[two]])
        terms = Terms(whole[where], quantity, np.full(len(where), -1), signs)[~inside[quantity]]
        constant = self.constant[terms.quantity]
        terms, constants = terms[~constant], terms[constant]
        factored, products = self.factored(terms, uses)
        self.is_sum = is_sum & ~inside
        absorbed = inside.copy()
        absorbed[terms.quantity[factored]] = True
        self.operations = np.flatnonzero((tape.code > CONSTANT) & ~absorbed)
        return products, terms[~factored], constants

    def factored(self, terms: Terms, uses: Any) -> tuple[Any, Terms]:
        """A mask of the terms that are products, and these terms with quantity and factor apart."""
        tape = self.tape
        node = terms.quantity
        p, q = tape.args[0][node], tape.args[1][node]
        p_batched, q_batched = self.batched[p], self.batched[q]
        fits = (p_batched != q_batched) | (~p_batched & ~q_batched & ~self.batched[terms.sum])
        factored = (tape.code[node] == self.mul) & (uses[node] == 1) & fits
        # The factor is not batched; of two such, a number rather than a leaf, a leaf rather than a result.
        rank = np.where(self.batched, 3, np.where(tape.code == LEAF, 1, np.where(self.constant, 0, 2)))
        swapped = rank[p] > rank[q]
        factor, quantity = np.where(swapped, q, p), np.where(swapped, p, q)
        return factored, Terms(terms.sum, quantity, factor, terms.sign)[factored]

    def levels(self, products: Terms, plain: Terms) -> Any:
        """The level of each line: 1 + the highest of its operands, 0 for leaves and constants."""
        others = self.operations[~self.is_sum[self.operations]]
        lines, operands = [others] * 3, list(self.tape.args[:, others])
        for terms in (products, plain):
            lines += [terms.sum, terms.sum]
            operands += [terms.quantity, terms.factor]
        line, operand = np.concatenate(lines), np.concatenate(operands)
        computed = (operand >= 0) & (self.tape.code[operand] > CONSTANT)
        pairs = np.sort(line[computed] * self.count + operand[computed])
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]  # not np.unique, which imports for 10 ms
        level = [0] * self.count
        for i in self.operations.tolist():
            level[i] = 1
        previous, high = -1, 0
        for i, j in zip((pairs // self.count).tolist(), (pairs % self.count).tolist(), strict=True):
            if i != previous:
                previous, high = i, 1
            if level[j] >= high:
                level[i] = high = level[j] + 1
        return np.array(level)

    # -- one level ----------------------------------------------------------------------------

    def row_steps(self, lines: Any) -> None:
        """Add the steps of operations other than sums, sorted by row of the table and by batched."""
        key = self.tape.code[lines] * 2 + self.batched[lines]
        for group in np.split(lines, np.flatnonzero(np.diff(key)) + 1):
            row = self.tape.rows[self.tape.code[group[0]] - 2]
            args = self.tape.args[: row.arity, group]
            order = np.lexsort(self.address[args[::-1]])
            operands = tuple(self.operand(arg) for arg in args[:, order])
            self.steps.append(RowStep(self.block(group[order]), row, operands))

    def operand(self, lines: Any) -> Operand:
        if self.constant[lines[0]] and (lines == lines[0]).all():
            return Number(float(self.tape.numbers[lines[0]]))
        return Gather(self.address[lines])

    def sums(self, lines: Any, products: Terms, plain: Terms) -> None:
        """Add the steps of sums."""
        many = np.bincount(plain.sum, minlength=1)[plain.sum] > UNROLLED
        if many.any():  # a long sum without factors is a product with ones
            products, plain = products.joined(plain[many]), plain[~many]
        level = LevelSums(lines, products, plain, self.bias, self)
        for batched in (False, True):
            for steps in level.steps(lines[self.batched[lines] == batched].tolist()):
                self.steps += steps


def _split(entries: Any, level: Any, last: int) -> list[Any]:
    """The entries of each level from 1 on."""
    order = np.argsort(level, kind="stable")
    entries, cuts = entries[order], np.searchsorted(level[order], np.arange(1, last + 2)).tolist()
    return [entries[start:end] for start, end in pairwise(cuts)]
