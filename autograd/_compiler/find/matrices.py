"""The sums of one level as steps: rows of a matrix, windows of one matrix, ragged sums, sums of few terms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd._compiler.array_program import (
    ONE,
    Gather,
    MatrixProduct,
    RaggedSums,
    Step,
    Sum,
    Term,
    in_order,
    number_or_column,
)
from autograd._compiler.find.addresses import Addresses

__all__ = ["UNROLLED", "LevelSums", "Terms"]

UNROLLED = 4  # terms of a sum that is added term by term; a longer sum is a row of a matrix
DENSE = 0.25  # of a matrix of sums over different quantities must be terms, not zeros that fill it

# Shared by the sums of one step: sign and batched of each plain term, and whether a number is added.
Kind = tuple[tuple[tuple[float, bool], ...], bool]


@dataclass(frozen=True)
class Terms:
    """Terms of sums, as columns.

    Attributes:
        sum, quantity, factor: lines of the tape; -1 for a term without a factor.
        sign: 1.0 or -1.0.
    """

    sum: Any
    quantity: Any
    factor: Any
    sign: Any

    def __getitem__(self, chosen: Any) -> Terms:
        return Terms(self.sum[chosen], self.quantity[chosen], self.factor[chosen], self.sign[chosen])

    def joined(self, other: Terms) -> Terms:
        columns = zip(vars(self).values(), vars(other).values(), strict=True)
        return Terms(*map(np.concatenate, columns))


class LevelSums:
    """The sums of one level on their way to steps.

    Args:
        lines: of the sums, ascending.
        products: terms with a factor.
        plain: terms without.
        bias: of every line of the tape, the number that is added.
        addresses: of the lines so far.
    """

    def __init__(self, lines: Any, products: Terms, plain: Terms, bias: Any, addresses: Addresses) -> None:
        self.addresses, self.bias, address = addresses, bias, addresses.address
        quantity, weight = address[products.quantity], address[products.factor]
        order = np.lexsort((weight, quantity, products.sum))
        products, self.quantity, self.weight = products[order], quantity[order], weight[order]
        self.sign = products.sign
        starts = np.searchsorted(products.sum, lines).tolist()
        ends = np.searchsorted(products.sum, lines, "right").tolist()
        self.span = {line: slice(s, e) for line, s, e in zip(lines.tolist(), starts, ends, strict=True)}
        batched, address = addresses.batched[plain.quantity], address[plain.quantity]
        order = np.lexsort((address, plain.sign, ~batched, plain.sum))
        columns = (column[order].tolist() for column in (plain.sum, plain.sign, batched, address))
        self.plain: dict[int, list[tuple[float, bool, int]]] = defaultdict(list)
        for line, *term in zip(*columns, strict=True):
            self.plain[line].append(tuple(term))

    def steps(self, lines: list[int]) -> Iterator[list[Step]]:
        """The steps of sums that are all batched, or none.

        Sums over the same quantities are the rows of a matrix. Matrices with the same weights over
        different quantities are one matrix on several windows. Rows that stay alone are ragged sums.
        """
        matrices: dict[Any, list[int]] = defaultdict(list)
        for line in lines:
            quantities = self.quantity[self.span[line]]
            matrices[self.kind(line), len(quantities), quantities.tobytes()].append(line)
        unrolled: dict[Any, list[int]] = defaultdict(list)
        windows: dict[Any, list[list[int]]] = defaultdict(list)
        for (kind, terms, _), rows in matrices.items():
            if terms == 0 or (len(rows) == 1 and terms <= UNROLLED):
                span = self.span[rows[0]]
                unrolled[kind, (self.weight[span] == ONE).tobytes(), self.sign[span].tobytes()] += rows
                continue
            rows.sort(key=lambda line: self.weight[self.span[line]].tolist())
            weights, signs = (
                b"".join(column[self.span[line]].tobytes() for line in rows)
                for column in (self.weight, self.sign)
            )
            windows[kind, terms, len(rows), weights, signs].append(rows)
        for (kind, _, _), rows in unrolled.items():
            if len(rows) == 1 and self.is_row(rows[0]):
                yield self.product([rows], kind)
            else:
                yield [self.unrolled(rows, kind)]
        alone: dict[Kind, list[int]] = defaultdict(list)
        for (kind, _, sums, _, _), several in windows.items():
            if len(several) == sums == 1:
                alone[kind] += several[0]
            else:
                yield self.product(several, kind)
        for kind, rows in alone.items():
            yield self.product([rows], kind) if len(rows) == 1 else self.ragged(rows, kind)

    def kind(self, line: int) -> Kind:
        plain = tuple((sign, batched) for sign, batched, _ in self.plain.get(line, ()))
        return plain, bool(self.bias[line] != 0)

    def is_row(self, line: int) -> bool:
        """Whether a sum is one row of a matrix as it lies: W a of a layer of one neuron."""
        span = self.span[line]
        quantities, weights = self.quantity[span], self.weight[span]
        return len(weights) > 1 and in_order(quantities) and in_order(weights)

    def with_plain(self, lines: Any, kind: Kind, step: Callable[..., Step], *parts: Any) -> list[Step]:
        """A step of products, and where the sums have other terms, a second one that adds them."""
        if kind == ((), False):
            return [step(self.addresses.block(lines), *parts)]
        partial, block = self.addresses.partial(lines), self.addresses.block(lines)
        first = Term(None, 1.0, Gather(partial.addresses))
        return [step(partial, *parts), Sum(block, (first, *self.plain_terms(lines.tolist(), kind)))]

    def plain_terms(self, lines: list[int], kind: Kind) -> Iterator[Term]:
        signs, biased = kind
        for i, (sign, _) in enumerate(signs):
            yield Term(None, sign, Gather(np.array([self.plain[line][i][2] for line in lines])))
        if biased:
            yield Term(None, 1.0, number_or_column(self.bias[lines]))

    def unrolled(self, lines: list[int], kind: Kind) -> Step:
        """Sums of few terms each over its own quantities: the first terms of all, the second of all, ..."""
        span = self.span[lines[0]]
        places = np.array([self.span[line].start for line in lines])[:, np.newaxis]
        places = places + np.arange(span.stop - span.start)
        firsts = self.quantity[places[:, 0]] if places.size else [self.plain[line][0][2] for line in lines]
        order = np.argsort(firsts, kind="stable")
        places, lines = places[order].T, [lines[i] for i in order.tolist()]
        products = (
            Term(
                None if self.weight[column[0]] == ONE else Gather(self.weight[column]),
                float(self.sign[column[0]]),
                Gather(self.quantity[column]),
            )
            for column in places
        )
        return Sum(self.addresses.block(np.array(lines)), (*products, *self.plain_terms(lines, kind)))

    def product(self, windows: list[list[int]], kind: Kind) -> list[Step]:
        """Sums over the same quantities, in one window or in several with the same weights."""
        windows.sort(key=lambda rows: self.quantity[self.span[rows[0]]].tolist())
        quantities = np.stack([self.quantity[self.span[rows[0]]] for rows in windows], axis=1)
        weights, signs = (
            np.stack([column[self.span[line]] for line in windows[0]]) for column in (self.weight, self.sign)
        )
        parts = weights, None if (signs > 0).all() else signs, quantities
        return self.with_plain(np.array(windows).T.ravel(), kind, MatrixProduct, *parts)

    def ragged(self, lines: list[int], kind: Kind) -> list[Step]:
        """Sums over different quantities: a matrix filled up with zeros, or ragged sums if it were sparse."""
        lines.sort(key=lambda line: self.weight[self.span[line]].tolist())
        spans = [self.span[line] for line in lines]
        places = np.concatenate([np.arange(span.start, span.stop) for span in spans])
        sizes = np.array([span.stop - span.start for span in spans])
        quantities, column = np.unique(self.quantity[places], return_inverse=True)
        weights, sign = self.weight[places], self.sign[places]
        row = np.repeat(np.arange(len(lines)), sizes)
        repeated = len(np.unique(row * len(quantities) + column)) < len(row)
        if repeated or len(places) < DENSE * len(lines) * len(quantities):
            signs, starts = None if (sign > 0).all() else sign, np.cumsum(sizes) - sizes
            ragged = weights, signs, self.quantity[places], starts
            return self.with_plain(np.array(lines), kind, RaggedSums, *ragged)
        matrix = np.full((len(lines), len(quantities)), ONE)
        signs = np.zeros(matrix.shape)
        matrix[row, column], signs[row, column] = weights, sign
        parts = matrix, signs, quantities[:, np.newaxis]
        return self.with_plain(np.array(lines), kind, MatrixProduct, *parts)
