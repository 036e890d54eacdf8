"""From scalars to arrays: the lines of a tape become few blocks, each computed at once.

Nested additions are flattened into sums of terms. Terms that are products with a quantity that is
the same for all examples, sorted by what they multiply, are rows of a matrix: sums over the same
quantities are one product of matrices. Everything else is grouped by level and operation. A level
is complete before the next begins, so all that a block needs has an address by then.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd._compiler.array_program import ONE, ArrayProgram, Gather, Number, Operand, RowStep
from autograd._compiler.find.addresses import Addresses
from autograd._compiler.find.matrices import UNROLLED, Sums, Terms
from autograd._compiler.find.tape import CONSTANT, LEAF, Tape

__all__ = ["vectorize"]


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
    return _Vectorizer(tape).vectorize()


class _Vectorizer(Addresses):
    def __init__(self, tape: Tape) -> None:
        super().__init__(tape)
        codes = {row.name: i + 2 for i, row in enumerate(tape.rows)}
        self.add, self.sub, self.neg, self.mul = (codes.get(n, -1) for n in ("add", "sub", "neg", "mul"))

    def vectorize(self) -> ArrayProgram:
        tape = self.tape
        products, plain, consts = self.flatten()
        self.bias = np.zeros(self.count)
        with np.errstate(all="ignore"):  # inf where Python's floats make it too
            np.add.at(self.bias, consts.sum, consts.sign * tape.numbers[consts.quantity])
        level = self.levels(products, plain)
        single = self.operations[~self.is_sum[self.operations]]
        maps = single[np.lexsort((self.batched[single], tape.code[single], level[single]))]
        sums = self.operations[self.is_sum[self.operations]]
        sums = sums[np.argsort(level[sums], kind="stable")]
        products = products[np.argsort(level[products.sum], kind="stable")]
        plain = plain[np.argsort(level[plain.sum], kind="stable")]
        last = int(level.max(initial=0))
        of_map, of_sum, of_product, of_plain = (
            np.searchsorted(level[x], np.arange(1, last + 2)).tolist()
            for x in (maps, sums, products.sum, plain.sum)
        )
        for i in range(last):
            if of_map[i] < of_map[i + 1]:
                self.maps(maps[of_map[i] : of_map[i + 1]])
            if of_sum[i] < of_sum[i + 1]:
                self.sums(
                    sums[of_sum[i] : of_sum[i + 1]],
                    products[of_product[i] : of_product[i + 1]],
                    plain[of_plain[i] : of_plain[i + 1]],
                )
        return self.program()

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
        # A sum that one other sum uses is part of it: follow these links to their ends by doubling.
        inside = is_sum & (uses == 1) & (user >= 0)
        whole, sign = np.where(inside, user, np.arange(count)), np.where(inside, sign, 1.0)
        while True:
            further = whole[whole]
            if (further == whole).all():
                break
            sign, whole = sign * sign[whole], further
        where = np.concatenate([sums, two])
        what = np.concatenate([a[sums], b[two]])
        signs = sign[where] * np.concatenate([first[sums], second[two]])
        terms = Terms(whole[where], what, np.full(len(where), -1), signs)[~inside[what]]
        constant = self.constant[terms.quantity]
        terms, consts = terms[~constant], terms[constant]
        factored, products = self.factored(terms, uses)
        self.is_sum = is_sum & ~inside
        gone = inside.copy()
        gone[terms.quantity[factored]] = True
        self.operations = np.flatnonzero((tape.code > CONSTANT) & ~gone)
        return products, terms[~factored], consts

    def factored(self, terms: Terms, uses: Any) -> tuple[Any, Terms]:
        """Which terms are products of a quantity and a factor, and those taken apart."""
        tape = self.tape
        node = terms.quantity
        p, q = tape.args[0][node], tape.args[1][node]
        p_batched, q_batched = self.batched[p], self.batched[q]
        fits = (p_batched != q_batched) | (~p_batched & ~q_batched & ~self.batched[terms.sum])
        factored = (tape.code[node] == self.mul) & (uses[node] == 1) & fits
        # The factor is what stays the same from example to example; or else a number, or else a leaf.
        rank = np.where(self.batched, 3, np.where(tape.code == LEAF, 1, np.where(self.constant, 0, 2)))
        swapped = rank[p] > rank[q]
        factor, quantity = np.where(swapped, q, p), np.where(swapped, p, q)
        products = Terms(terms.sum, quantity, factor, terms.sign)[factored]
        return factored, products

    def levels(self, products: Terms, plain: Terms) -> Any:
        """How many steps must come before each line, plus one; 0 for leaves and constants."""
        single = self.operations[~self.is_sum[self.operations]]
        args = self.tape.args[:, single]
        of, needs = [single] * 3, list(args)
        for terms in (products, plain):
            of += [terms.sum, terms.sum]
            needs += [terms.quantity, terms.factor]
        result, needed = np.concatenate(of), np.concatenate(needs)
        real = (needed >= 0) & (self.tape.code[needed] > CONSTANT)
        result, needed = result[real], needed[real]
        pairs = np.sort(result * self.count + needed)
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]  # not np.unique, which imports for 10 ms
        result, needed = pairs // self.count, pairs % self.count
        level = [0] * self.count
        for line in self.operations.tolist():
            level[line] = 1
        previous, high = -1, 0
        for line, argument in zip(result.tolist(), needed.tolist(), strict=True):
            if line != previous:
                previous, high = line, 1
            if level[argument] >= high:
                level[line] = high = level[argument] + 1
        return np.array(level)

    # -- one level ----------------------------------------------------------------------------

    def maps(self, lines: Any) -> None:
        """The operations of a level that are no sums, by row and by whether they are batched."""
        key = self.tape.code[lines] * 2 + self.batched[lines]
        for group in np.split(lines, np.flatnonzero(np.diff(key)) + 1):
            row = self.tape.rows[self.tape.code[group[0]] - 2]
            args = [self.address[a[group]] for a in self.tape.args[: row.arity]]
            order = np.lexsort(args[::-1])
            members = group[order]
            operands = tuple(self.operand(self.tape.args[i][members], a[order]) for i, a in enumerate(args))
            self.steps.append(RowStep(self.block(members), row, operands))

    def operand(self, lines: Any, addresses: Any) -> Operand:
        if self.constant[lines[0]] and (lines == lines[0]).all():
            return Number(float(self.tape.numbers[lines[0]]))
        return Gather(addresses)

    def sums(self, lines: Any, products: Terms, plain: Terms) -> None:
        many = np.bincount(plain.sum, minlength=1)[plain.sum] > UNROLLED
        if many.any():  # a long sum without factors is a product with ones
            products = Terms(
                *(
                    np.concatenate([getattr(t, n) for t in (products, plain[many])])
                    for n in ("sum", "quantity", "factor", "sign")
                )
            )
            plain = plain[~many]
        address = np.append(self.address, ONE)  # of the factor -1, which is no line
        at, weight = address[products.quantity], address[products.factor]
        order = np.lexsort((weight, at, products.sum))
        products, at, weight = products[order], at[order], weight[order]
        found = Sums(lines, products, at, weight, plain, self.bias, self)
        for batched in (False, True):
            for steps in found.steps(lines[self.batched[lines] == batched].tolist()):
                self.steps += steps
