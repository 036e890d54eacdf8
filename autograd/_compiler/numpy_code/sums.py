"""Sums of many products: matrix products, and ragged sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd._compiler.array_program import MatrixProduct, RaggedSums
from autograd._compiler.numpy_code.gather import Gathers, is_transposed
from autograd._compiler.numpy_code.names import matrix_name
from autograd._compiler.numpy_code.scatter import Adjoints
from autograd._compiler.numpy_code.source import Array, Origin, Variable

__all__ = ["ProductCode", "RaggedSumsCode"]


class ProductCode:
    """Writes a matrix product, and the products that its two contributions are."""

    def __init__(self, step: MatrixProduct, gathers: Gathers) -> None:
        self.step, self.gathers, self.source = step, gathers, gathers.source
        sums, terms, _ = step.shape
        self.W, self.weights_active = gathers.weights(step, (sums, terms))
        self.X, self.X_T, self.columns = gathers.columns(step.quantities)
        self.quantities_active = gathers.is_active(step.quantities)
        out = self._matrix(gathers.block(step.block), sums)
        if self.X.origin is Origin.X:
            # matmul reads a part of X where it stands, dot would copy it. And examples by scalars is the
            # faster way round, by half: the block is a view of the result.
            gathers.upright.add(step.block)
            flat = self.source.view(out, ".T", f"{out}_T")
            self._multiply(np.matmul, self.X_T, self.source.transposed(self.W), flat)
        else:
            self._multiply(np.dot, self.W, self.X, out)

    @property
    def is_active(self) -> bool:
        return self.weights_active or self.quantities_active

    def backward(self, adjoints: Adjoints, adjoint: Array) -> None:
        """Write the gradient contributions of the product."""
        d = self._matrix(adjoint, self.step.shape[0])
        if self.weights_active:
            self._to_weights(adjoints, d)
        if self.quantities_active:
            fixed = self.W.origin is Origin.CONSTANT and adjoint.text in adjoints.static
            self._to_quantities(adjoints, d, fixed)

    def _to_weights(self, adjoints: Adjoints, d: Variable) -> None:
        step, source = self.step, self.source
        sums, terms, windows = step.shape
        weights, shape, factors = step.weights, (sums, terms), (d, self.X_T)
        if is_transposed(step):  # X dᵀ, in the order in which the weights lie
            weights, shape, factors = weights.T, (terms, sums), (self.X, source.transposed(d))
        target = adjoints.target(weights, (sums * terms, False))
        into = source.scratch((sums * terms, False)) if target is None else target
        matrix = source.view(into, f".reshape({shape[0]}, {shape[1]})", matrix_name(into.text, shape[0]))
        self._multiply(np.matmul if self.X_T.origin is Origin.X else np.dot, *factors, matrix)
        by_sum = matrix if weights is step.weights else source.transposed(matrix)
        adjoints.clear_others(by_sum, step.block, lambda mask: mask.reshape(sums, windows).any(axis=1))
        if step.signs is not None:
            signs = source.constant(step.signs.astype(source.dtype), "signs")
            self._multiply(np.multiply, matrix, signs, matrix)
        if target is None:
            adjoints.add(weights, into)
            source.release(into)

    def _to_quantities(self, adjoints: Adjoints, d: Variable, fixed: bool) -> None:
        """The contribution to X; computed with the buffers where W and d are the same in every call."""
        step, source = self.step, self.source
        _, terms, windows = step.shape
        shape = terms * windows, self.columns.batched
        once = adjoints.is_only_use(step.quantities)
        target = adjoints.target(step.quantities, shape)
        into = source.scratch(shape) if target is None else target
        matrix = self._matrix(into, terms)
        if fixed and once and target is not None and target.origin is not Origin.GRADIENT:
            adjoints.static.add(target.text)
            lines, source.lines = source.lines, source.setup
            self._multiply(np.dot, source.transposed(self.W), d, matrix)
            source.lines = lines
        else:
            self._multiply(np.dot, source.transposed(self.W), d, matrix)
        if target is None:
            adjoints.add(step.quantities, into)
            source.release(into)

    def _matrix(self, array: Array, rows: int) -> Variable:
        """An array of rows window by window, as a matrix with the windows side by side."""
        windows = self.step.shape[2]
        if windows == 1:
            return array
        columns = f"{windows} * batch" if array.batched else str(windows)
        return self.source.view(array, f".reshape({rows}, {columns})", f"{array}_columns")

    def _multiply(self, function: Any, x: Variable, y: Variable, into: Variable) -> None:
        self.source.write(f"{self.source.function(function)}({x}, {y}, {into})")


class RaggedSumsCode:
    """Writes ragged sums: products side by side, added up sum by sum."""

    def __init__(self, step: RaggedSums, gathers: Gathers) -> None:
        self.step, self.gathers, self.source = step, gathers, gathers.source
        self.shape = len(step.weights), step.block.batched
        self.W, self.weights_active = gathers.weights(step, (len(step.weights), 1))
        self.X = gathers.array(step.quantities)
        self.quantities_active = gathers.is_active(step.quantities)
        block = gathers.block(step.block)
        products = self.source.buffer(self.shape, f"products_{block}")
        self._multiply(self.W, self.X, products)
        self.source.add_up(products.text, self.source.constant(step.starts, "starts"), block)

    @property
    def is_active(self) -> bool:
        return self.weights_active or self.quantities_active

    def backward(self, adjoints: Adjoints, adjoint: Array) -> None:
        """Write the gradient contributions of the terms."""
        step, source = self.step, self.source
        sum_of_term = np.searchsorted(step.starts, np.arange(self.shape[0]), "right") - 1
        spread = source.scratch(self.shape)
        rows = source.constant(sum_of_term, "sum_of_term")
        source.write(f'{adjoint}.take({rows}, 0, {spread}, "clip")')
        product = source.scratch(self.shape)
        if self.weights_active:
            self._multiply(spread, self.X, product)
            adjoints.clear_others(product, step.block, lambda mask: mask[sum_of_term])
            if step.signs is not None:
                signs = source.constant(step.signs.astype(source.dtype).reshape(-1, 1), "signs")
                self._multiply(product, signs, product)
            adjoints.add(step.weights, product)
        if self.quantities_active:
            self._multiply(spread, self.W, product)
            adjoints.add(step.quantities, product)
        source.release(product)
        source.release(spread)

    def _multiply(self, x: Variable, y: Variable, into: Variable) -> None:
        self.source.write(f"{self.source.function(np.multiply)}({x}, {y}, {into})")
