"""Sums of many products as loops: matrix products, and ragged sums."""

from __future__ import annotations

from collections.abc import Callable

from autograd._compiler.array_program import ONE, MatrixProduct, RaggedSums
from autograd._compiler.loops.statements import (
    COUNT,
    LANES,
    Add,
    Array,
    Assign,
    At,
    Call,
    E,
    Expression,
    Kernel,
    Local,
    Loop,
    Memory,
    Name,
    Statement,
    plus,
    times,
)
from autograd._compiler.loops.steps.adjoints import Adjoints
from autograd._compiler.loops.steps.places import Places, Rows, over_lanes
from autograd._compiler.numpy_code.names import matrix_name

__all__ = ["Product", "Ragged"]

ROW, K, W = Name("i"), Name("k"), Name("window")
WIDE = 32  # terms from which a product is along the rows of examples, vectors of the machine
TRANSPOSED = 8  # terms from which its derivative by the weights is
TERMS = 4  # added at once


class Product:
    """Writes a matrix product, and the products that its two contributions are."""

    def __init__(self, step: MatrixProduct, places: Places) -> None:
        self.step, self.places, self.batched = step, places, step.block.batched
        sums, terms, windows = step.shape
        self.weights = _weights(step, places, (sums, terms))
        self.lanes = (E,) if self.batched else ()
        self.block = block = places.block(step.block)
        self.quantities: Rows | None = None
        self.rows: tuple[Array, int] | None = (
            None  # for each example its quantities in order, from a column on
        )
        if self.batched and windows == 1 and terms >= WIDE and self.weights is not None:
            self.rows = places.consecutive_columns(step.quantities)
            if self.rows is None:
                self.rows = self._transposed(places.forward)
            X, first = self.rows
            arrays = block.array, self.weights, X
            places.forward.append(Kernel("dots", arrays, first, sums, terms, [self._dots()]))
            return
        self.quantities = places.rows(step.quantities)
        total = Array("total", (LANES,) if self.batched else (1,), Memory.LOCAL)
        at = At(total, self.lanes or (0,))
        summed = self._unrolled(K, terms, lambda k: Add(at, self._product(ROW, k)))
        body: list[Statement] = [
            Local(total),
            *summed,
            *self._over_lanes([Assign(block.target(self._row(ROW)), at)]),
        ]
        places.statements(self.batched).append(Loop(ROW, 0, sums, self._over_windows(body)))

    @property
    def is_active(self) -> bool:
        return self.weights_active or self.quantities_active

    @property
    def weights_active(self) -> bool:
        return self.places.is_active(self.step.weights)

    @property
    def quantities_active(self) -> bool:
        return self.places.is_active(self.step.quantities)

    def _over_lanes(self, body: list[Statement]) -> list[Statement]:
        return [Loop(E, 0, LANES, body)] if self.batched else body

    def _over_windows(self, body: list[Statement]) -> list[Statement]:
        windows = self.step.windows
        return [Loop(W, 0, windows, body)] if windows > 1 else body

    def _row(self, i: Expression) -> Expression:
        """The row of a sum, or of a term, in the window."""
        windows = self.step.windows
        return plus(times(i, windows), W) if windows > 1 else i

    def _weight(self, i: Expression, k: Expression) -> Expression | None:
        return None if self.weights is None else At(self.weights, (i, k))

    def _product(self, i: Expression, k: Expression) -> Expression:
        assert self.quantities is not None
        return _times(self._weight(i, k), self.quantities.at(self._row(k)))

    def _unrolled(self, index: Name, size: int, add: Callable[[Expression], Add]) -> list[Statement]:
        """A loop that adds, several terms at a time: a sum of one after the other waits for each addition."""
        if not self.batched or size < 2 * TERMS:
            return [Loop(index, 0, size, self._over_lanes([add(index)]))]
        several = [add(plus(index, j)) for j in range(TERMS)]
        value = several[0].value
        for other in several[1:]:
            value = Call("add", (value, other.value))
        whole = size - size % TERMS
        loops: list[Statement] = [
            Loop(index, 0, whole, self._over_lanes([Add(several[0].target, value)]), TERMS)
        ]
        if whole < size:
            loops.append(Loop(index, whole, size, self._over_lanes([add(index)])))
        return loops

    def _transposed(self, statements: list[Statement]) -> tuple[Array, int]:
        """The quantities example by example, copied."""
        places, terms = self.places, self.step.shape[1]
        quantities = places.rows(self.step.quantities) if self.quantities is None else self.quantities
        name = places.identifier(f"{quantities.array.name}_T")
        array = Array(name, (LANES, terms), Memory.SCRATCH)
        places.arrays.append(array)
        statements.append(over_lanes(K, terms, [Assign(At(array, (E, K)), quantities.at(K))]))
        return array, 0

    def _dots(self) -> Statement:
        """The sums of each example, along its row."""
        assert self.rows is not None
        assert self.weights is not None
        X, first = self.rows
        sums, terms, _ = self.step.shape
        total = Array("total", (1,), Memory.LOCAL)
        product = Call("multiply", (At(self.weights, (ROW, K)), At(X, (E, plus(K, first)))))
        block = self.block
        each: list[Statement] = [
            Local(total),
            Loop(K, 0, terms, [Add(At(total, (0,)), product)]),
            Assign(block.target(ROW), At(total, (0,))),
        ]
        rest: list[Statement] = [Assign(block.target(ROW), block.at(ROW, 0))]
        return Loop(ROW, 0, sums, [Loop(E, 0, COUNT, each), Loop(E, COUNT, LANES, rest)])

    def backward(self, adjoints: Adjoints, adjoint: Rows) -> None:
        """Write the gradient contributions of the product."""
        if self.weights_active:
            self._to_weights(adjoints, adjoint)
        if self.quantities_active:
            self._to_quantities(adjoints, adjoint)

    def _to_weights(self, adjoints: Adjoints, d: Rows) -> None:
        step, places = self.step, self.places
        sums, terms, windows = step.shape
        if self.rows is None and self.batched and windows == 1 and terms >= TRANSPOSED:
            self.rows = self._transposed(adjoints.backward)
        if self.rows is not None:
            X, first = self.rows
            name = matrix_name(f"d_{places.names.of(step.weights)}", sums)
            array = adjoints.direct(step.weights, (sums, terms), name) if step.signs is None else None
            if array is None:
                flat = adjoints.over_examples(step.weights, False, step.signs)
                array = places.view(flat, 0, (sums, terms), flat.name)
            add = Add(At(array, (ROW, K)), _times(d.at(ROW), At(X, (E, plus(K, first)))))
            loop = Loop(ROW, 0, sums, [Loop(E, 0, COUNT, [Loop(K, 0, terms, [add])])])
            arrays, clears = (array, d.array, X), adjoints.clear_in_first_tile(array)
            adjoints.backward.append(Kernel("outer", arrays, first, sums, terms, [loop], clears))
            return
        assert self.quantities is not None
        array = adjoints.over_examples(step.weights, self.batched, step.signs, self.batched)
        value = _times(d.at(self._row(ROW)), self.quantities.at(self._row(K)))
        body = Add(At(array, (plus(times(ROW, terms), K), *self.lanes)), value)
        inner = Loop(K, 0, terms, self._over_windows(self._over_lanes([body])))
        adjoints.statements(self.batched).append(Loop(ROW, 0, sums, [inner]))
        adjoints.flush()

    def _to_quantities(self, adjoints: Adjoints, d: Rows) -> None:
        sums, terms, _ = self.step.shape
        index: Expression = ROW
        (adder,) = adjoints.add(
            [(self.step.quantities, lambda _: _times(self._weight(index, K), d.at(self._row(index))))],
            self.batched,
            in_parts=True,
        )

        def add(i: Expression) -> Add:
            nonlocal index
            index = i
            statement = adder(self._row(K))
            assert isinstance(statement, Add)
            return statement

        statements = adjoints.statements(self.batched)
        for loop in self._unrolled(ROW, sums, add):
            assert isinstance(loop, Loop)
            inner = self._over_windows([Loop(K, 0, terms, loop.body)])
            statements.append(Loop(ROW, loop.start, loop.stop, inner, loop.step))
        adjoints.flush()


class Ragged:
    """Writes ragged sums."""

    def __init__(self, step: RaggedSums, places: Places) -> None:
        self.step, self.places, self.batched = step, places, step.block.batched
        self.weights = _weights(step, places, (len(step.weights),))
        self.quantities = places.rows(step.quantities)
        self.lanes = (E,) if self.batched else ()
        self.starts = places.table([*step.starts.tolist(), len(step.weights)], "starts")
        block = places.block(step.block)
        total = Array("total", (LANES,) if self.batched else (1,), Memory.LOCAL)
        at = At(total, self.lanes or (0,))
        body: list[Statement] = [
            Local(total),
            self._terms([Add(at, _times(self._weight(), self.quantities.at(K)))]),
            *self._over_lanes([Assign(block.target(ROW), at)]),
        ]
        places.statements(self.batched).append(Loop(ROW, 0, step.block.size, body))

    @property
    def is_active(self) -> bool:
        return self.places.is_active(self.step.weights) or self.places.is_active(self.step.quantities)

    def _weight(self) -> Expression | None:
        return None if self.weights is None else At(self.weights, (K,))

    def _over_lanes(self, body: list[Statement]) -> list[Statement]:
        return [Loop(E, 0, LANES, body)] if self.batched else body

    def _terms(self, body: list[Statement]) -> Loop:
        return Loop(K, At(self.starts, (ROW,)), At(self.starts, (plus(ROW, 1),)), self._over_lanes(body))

    def backward(self, adjoints: Adjoints, adjoint: Rows) -> None:
        """Write the gradient contributions of the terms."""
        step, places, size = self.step, self.places, self.step.block.size
        statements = adjoints.statements(self.batched)
        if places.is_active(step.weights):
            value = _times(adjoint.at(ROW), self.quantities.at(K))
            array = adjoints.over_examples(step.weights, self.batched, step.signs, self.batched)
            statements.append(Loop(ROW, 0, size, [self._terms([Add(At(array, (K, *self.lanes)), value)])]))
            adjoints.flush()
        if places.is_active(step.quantities):
            value = _times(self._weight(), adjoint.at(ROW))
            (adder,) = adjoints.add([(step.quantities, lambda _: value)], self.batched)
            statements.append(Loop(ROW, 0, size, [self._terms([adder(K)])]))
            adjoints.flush()


def _times(x: Expression | None, y: Expression) -> Expression:
    return y if x is None else Call("multiply", (x, y))


def _weights(step: MatrixProduct | RaggedSums, places: Places, shape: tuple[int, ...]) -> Array | None:
    """The weights as an array, their signs included; None where all are 1."""
    weights, signs, program = step.weights, step.signs, places.program
    pieces = program.pieces(weights)
    if all(piece.block is program.constants for piece in pieces):
        if (weights == ONE).all() and signs is None:
            return None
        numbers = program.numbers[pieces[0].rows] * (1 if signs is None else signs.ravel())
        table = places.numbers(numbers, "weights")
        return Array(table.name, shape, table.memory, values=table.values)
    rows = places.rows(weights)
    consecutive = rows.array.memory is Memory.THETA and rows.array.name != "theta"
    if signs is None and consecutive:
        name = places.names.of(weights)
        low = rows.array.offset
        return places.view(places.theta, low, shape, matrix_name(name, shape[0]) if len(shape) > 1 else name)
    name = places.identifier(
        f"signed_{rows.array.name}" if signs is not None else f"{rows.array.name}_weights"
    )
    array = places.scratch(name, weights.size, False)
    i = Name("i")
    value: Expression = rows.at(i)
    if signs is not None:
        value = Call("multiply", (At(places.numbers(signs.ravel(), "signs"), (i,)), value))
    places.prepare.append(over_lanes(i, weights.size, [Assign(At(array, (i,)), value)], False))
    return places.view(array, 0, shape, name)
