"""The sums of one level on their way to steps: which are rows of one matrix, and which stand alone."""

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

__all__ = ["UNROLLED", "Sums", "Terms"]

UNROLLED = 4  # terms that are added one by one where they lie here and there; more are a row of a matrix
DENSE = 0.25  # a matrix of sums over different quantities may have so many zeros


@dataclass(frozen=True)
class Terms:
    """Terms of sums: which sum, its quantity, what that is multiplied by (-1 for 1), the sign."""

    sum: Any
    quantity: Any
    factor: Any
    sign: Any

    def __getitem__(self, chosen: Any) -> Terms:
        return Terms(self.sum[chosen], self.quantity[chosen], self.factor[chosen], self.sign[chosen])


class Sums:
    """The sums of one level on their way to steps."""

    def __init__(
        self, lines: Any, products: Terms, at: Any, weight: Any, plain: Terms, bias: Any, places: Addresses
    ) -> None:
        self.places, self.bias, self.at, self.weight, self.sign = places, bias, at, weight, products.sign
        starts = np.searchsorted(products.sum, lines).tolist()
        ends = np.searchsorted(products.sum, lines, "right").tolist()
        self.span = {line: (s, e) for line, s, e in zip(lines.tolist(), starts, ends, strict=True)}
        rest = places.address[plain.quantity]
        order = np.lexsort((rest, plain.sign, ~places.batched[plain.quantity], plain.sum))
        self.plain: dict[int, list[tuple[float, bool, int]]] = defaultdict(list)
        for line, sign, batched, where in zip(
            plain.sum[order].tolist(),
            plain.sign[order].tolist(),
            places.batched[plain.quantity[order]].tolist(),
            rest[order].tolist(),
            strict=True,
        ):
            self.plain[line].append((sign, batched, where))

    def steps(self, lines: list[int]) -> Iterator[list[Step]]:
        """The steps of sums that are all batched, or none."""
        windows: dict[Any, list[int]] = defaultdict(list)
        at = self.at
        for line in lines:
            start, end = self.span[line]
            kind = tuple((sign, batched) for sign, batched, _ in self.plain.get(line, ()))
            biased = self.bias[line] != 0
            windows[kind, biased, end - start, at[start:end].tobytes()].append(line)
        small: dict[Any, list[int]] = defaultdict(list)
        alike: dict[Any, list[list[int]]] = defaultdict(list)
        for (kind, biased, terms, _), found in windows.items():
            if terms == 0 or (len(found) == 1 and terms <= UNROLLED):
                start, end = self.span[found[0]]
                ones = tuple((self.weight[start:end] == ONE).tolist())
                small[kind, biased, ones, self.sign[start:end].tobytes()] += found
                continue
            found.sort(key=lambda line: self.weight[self.span[line][0] : self.span[line][1]].tolist())
            weights = b"".join(self.of(self.weight, line).tobytes() for line in found)
            signs = b"".join(self.of(self.sign, line).tobytes() for line in found)
            alike[kind, biased, terms, len(found), weights, signs].append(found)
        for (kind, biased, _, _), found in small.items():
            if len(found) == 1 and self.is_row(found[0]):
                start, end = self.span[found[0]]
                yield self.product([found], kind, biased, end - start)
            else:
                yield [self.added(found, kind, biased)]
        alone: dict[Any, list[int]] = defaultdict(list)
        for (kind, biased, terms, sums, _, _), several in alike.items():
            if len(several) == sums == 1:
                alone[kind, biased] += several[0]
            else:
                yield self.product(several, kind, biased, terms)
        for (kind, biased), found in alone.items():
            if len(found) == 1:
                start, end = self.span[found[0]]
                yield self.product([found], kind, biased, end - start)
            else:
                yield self.ragged(found, kind, biased)

    def is_row(self, line: int) -> bool:
        """Whether a sum is the only row of a matrix as it lies, W a of a layer of one neuron."""
        at, weight = self.of(self.at, line), self.of(self.weight, line)
        return len(at) > 1 and in_order(at) and in_order(weight)

    def of(self, column: Any, line: int) -> Any:
        start, end = self.span[line]
        return column[start:end]

    def finished(
        self, lines: Any, kind: Any, biased: bool, step: Callable[..., Step], *parts: Any
    ) -> list[Step]:
        """A step of products, and if there are other terms, the step that adds them."""
        if not kind and not biased:
            return [step(self.places.block(lines), *parts)]
        partial, whole = self.places.partial(lines), self.places.block(lines)
        first = Term(None, 1.0, Gather(partial.addresses))
        terms = (first, *self.rest(lines.tolist(), kind, biased))
        return [step(partial, *parts), Sum(whole, terms)]

    def rest(self, lines: list[int], kind: Any, biased: bool) -> Iterator[Term]:
        for i, (sign, _) in enumerate(kind):
            yield Term(None, sign, Gather(np.array([self.plain[line][i][2] for line in lines])))
        if biased:
            yield Term(None, 1.0, number_or_column(self.bias[lines]))

    def added(self, lines: list[int], kind: Any, biased: bool) -> Step:
        """Sums of few terms, each its own: added term by term, all sums at once."""
        spans = np.array([self.span[line] for line in lines])
        width = int(spans[0, 1] - spans[0, 0])
        places = spans[:, :1] + np.arange(width)
        at = self.at[places]
        firsts = at[:, 0] if width else np.array([self.plain[line][0][2] for line in lines])
        order = np.argsort(firsts, kind="stable")
        places, at = places[order], at[order]
        lines = [lines[i] for i in order.tolist()]
        weight, sign = self.weight[places], self.sign[places]
        terms = tuple(
            Term(None if weight[0, i] == ONE else Gather(weight[:, i]), float(sign[0, i]), Gather(at[:, i]))
            for i in range(width)
        )
        rest = self.rest(lines, kind, biased)
        return Sum(self.places.block(np.array(lines)), (*terms, *rest))

    def product(self, windows: list[list[int]], kind: Any, biased: bool, terms: int) -> list[Step]:
        """Sums over the same quantities, in one window or in several with the same weights."""
        windows.sort(key=lambda found: self.of(self.at, found[0]).tolist())
        quantities = np.stack([self.of(self.at, found[0]) for found in windows], axis=1)
        weights = np.stack([self.of(self.weight, line) for line in windows[0]])
        signs = np.stack([self.of(self.sign, line) for line in windows[0]])
        lines = np.array(windows).T.ravel()
        assert quantities.shape[0] == terms
        return self.finished(
            lines, kind, biased, MatrixProduct, weights, None if (signs > 0).all() else signs, quantities
        )

    def ragged(self, lines: list[int], kind: Any, biased: bool) -> list[Step]:
        """Sums over different quantities: a matrix with zeros; piece by piece, if those were most of it."""
        lines.sort(key=lambda line: self.of(self.weight, line).tolist())
        spans = [self.span[line] for line in lines]
        places = np.concatenate([np.arange(start, end) for start, end in spans])
        sizes = np.array([end - start for start, end in spans])
        quantities, column = np.unique(self.at[places], return_inverse=True)
        weights, sign = self.weight[places], self.sign[places]
        row = np.repeat(np.arange(len(lines)), sizes)
        twice = len(np.unique(row * len(quantities) + column)) < len(row)
        if twice or len(places) < DENSE * len(lines) * len(quantities):
            starts = np.cumsum(sizes) - sizes
            signs = None if (sign > 0).all() else sign
            parts = (weights, signs, self.at[places], starts)
            return self.finished(np.array(lines), kind, biased, RaggedSums, *parts)
        matrix = np.full((len(lines), len(quantities)), ONE)
        signs = np.zeros(matrix.shape)
        matrix[row, column], signs[row, column] = weights, sign
        return self.finished(
            np.array(lines), kind, biased, MatrixProduct, matrix, signs, quantities[:, np.newaxis]
        )
