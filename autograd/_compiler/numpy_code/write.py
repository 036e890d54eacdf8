"""The array program written out as NumPy calls on buffers that are made once for each size of batch.

Rows of a block lie one after another and examples side by side: shape (rows, examples), or
(rows, 1) for what is the same for all examples. What comes out is the source of one Python
function: a loop over a list of steps would take as long as a small net's arithmetic.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd._compiler.array_program import (
    ArrayProgram,
    Block,
    Column,
    Gather,
    MatrixProduct,
    Number,
    Operand,
    RaggedSums,
    RowStep,
    Step,
    Sum,
)
from autograd._compiler.numpy_code.calls import Work, gains_of, shape_of, shared
from autograd._compiler.numpy_code.scatter import Adjoints
from autograd._compiler.numpy_code.source import Array
from autograd._compiler.row_calls import Kernel, Symbol
from autograd._table.rows import Row

__all__ = ["Replay", "written"]


@dataclass(frozen=True)
class Replay:
    """A program as source, and the arrays it refers to.

    Attributes:
        source: of a module that is run once for each size of batch: it makes the buffers, and the
            functions ``views_of(theta, gradient)`` and ``run(*views, X)``. Names of a module, not of a
            function around ``run``: thousands of those take Python's compiler minutes.
        names: the arrays and functions of its text; ``batch`` is to be added.
    """

    source: str
    names: dict[str, Any]


def written(program: ArrayProgram, gradient: bool, dtype: Any, quick: bool = True) -> Replay:
    """The source of a program.

    Args:
        program: what to compute.
        gradient: whether to write the backward pass too, from the mean of the first output.
        dtype: of all numbers.
        quick: use each row's quick function.
    """
    return _Writer(program, gradient, dtype, quick).replay()


class _Writer(Adjoints):
    def __init__(self, program: ArrayProgram, gradient: bool, dtype: Any, quick: bool) -> None:
        super().__init__(program, dtype)
        self.gradient, self.quick = gradient, quick
        self.upright: set[Block] = set()  # stored example by example
        self.static: set[str] = set()  # adjoints that do not change from run to run
        self.backward: list[Any] = []  # a function for each step, called in reverse
        self.reached = {} if quick or len(program.outputs) == 1 else program.dependencies(program.outputs[:1])

    def replay(self) -> Replay:
        program = self.program
        for step in program.steps:
            for addresses in step.reads():
                for piece in self.program.pieces(addresses):
                    self.uses[piece.block] += 1
        for piece in self.program.pieces(self.program.outputs):
            self.uses[piece.block] += 1
        for step in program.steps:
            self.step(step)
        blocks = []
        for block in program.blocks[3:]:
            columns = "batch" if block.batched else "1"
            shape = (
                f"({columns}, {block.size}), dtype).T"
                if block in self.upright
                else f"({block.size}, {columns}), dtype)"
            )
            blocks.append(f"b{block.start} = empty({shape}")
        self.made[:0] = blocks
        found = self.kept(self.program.outputs)
        if self.gradient:
            self.sweep(self.kept(self.program.outputs[:1]))
        return Replay(self.source(found), {**self.names, "dtype": self.dtype})

    def kept(self, addresses: Any) -> Array:
        """Quantities in a buffer of their own number; of a leaf as it was given, a copy."""
        found = self.array(addresses)
        if found.name[0] not in "wx" and found.rows == len(addresses):
            return found
        copied = Array(self.buffer((len(addresses), found.batched)), len(addresses), found.batched)
        self.say(f"{copied.name}[:] = {found.name}")
        return copied

    def step(self, step: Step) -> None:
        match step:
            case RowStep() | Sum():
                self.map(step)
            case MatrixProduct():
                self.product(step)
            case RaggedSums():
                self.segments(step)

    def sweep(self, output: Array) -> None:
        """The backward pass."""
        self.lines = self.back
        parameters, inputs = self.program.parameters, self.program.inputs
        self.adjoint[parameters] = self.view("gradient.reshape(-1, 1)")
        if inputs.active:
            self.made.append(f"d{inputs.start} = zeros(({inputs.size}, batch), dtype)")
            self.adjoint[inputs] = f"d{inputs.start}"
        share, columns = ("1 / batch", "batch") if output.batched else ("1", "1")
        seed = self.view(f"full((1, {columns}), {share}, dtype)")
        self.mean = f"dot({self.view(f'{output.name}.reshape(-1)')}, {self.view(f'{seed}.reshape(-1)')})"
        self.static.add(seed)
        self.give(self.program.outputs[:1], Array(seed, 1, output.batched))
        for back in reversed(self.backward):
            back()
        reached = self._reached.get(parameters, np.zeros(parameters.size, bool))
        if not reached.all():
            self.say(f"{self.adjoint[parameters]}[{self.index(np.flatnonzero(~reached))}] = 0")

    def source(self, output: Array) -> str:
        lines = (*self.ahead, *self.back)
        used = {int(i) for line in lines for i in re.findall(r"\bx(\d+)\b", line)}
        columns = output.name
        if not output.batched:
            columns = self.view(f"np.broadcast_to({columns}, ({output.rows}, batch))")
        result = f"0.0, {columns}, 0.0"
        if self.gradient:
            # The sum of squares is not finite if one of them is not. It may overflow where none of them does:
            # in the careful form, which is for that, all of them are looked at.
            whole = self.view("gradient")
            result = f"{self.mean}, {columns}, {f'dot({whole}, {whole})' if self.quick else '0.0'}"
            self.made.append(f"gradient_of_inputs = {self.adjoint.get(self.program.inputs, 'None')}")
        views = {f"{letter}{i}": text for letter in "wp" for i, text in enumerate(self.given[letter])}
        text = [
            *self.made,
            "def views_of(theta, gradient):",
            f"    return ({''.join(f'{view}, ' for view in views.values())})",
            f"def run({''.join(f'{name}, ' for name in views)}X):",
            *(f"    x{i} = {expression}" for i, expression in enumerate(self.given["x"]) if i in used),
            *(f"    {line}" for line in lines),
            f"    return {result}",
        ]
        return "\n".join([*text, ""])

    # -- maps ---------------------------------------------------------------------------------

    def map(self, step: RowStep | Sum) -> None:
        kernel = Kernel(self.dtype, self.quick)
        arrays: dict[Symbol, Array] = {}
        of: dict[Symbol, Any] = {}

        def operand(of_step: Operand) -> Any:
            match of_step:
                case Number(value):
                    return value
                case Column(numbers):
                    column = self.constant(numbers.astype(self.dtype).reshape(-1, 1))
                    array = Array(column, len(numbers), False)
                case Gather(addresses):
                    array = self.array(addresses)
            symbol = kernel.symbol(array.name)
            arrays[symbol] = array
            if isinstance(of_step, Gather) and any(p.block.active for p in self.program.pieces(addresses)):
                of[symbol] = addresses
            return symbol

        applied: list[tuple[Row, list[Any], Any]] = []

        def apply(row: Row, *args: Any) -> Any:
            out = kernel.applied(row, args)
            applied.append((row, list(args), out))
            return out

        out = step.evaluate(operand, apply)
        gains: dict[Symbol, Any] = {}
        g = kernel.symbol("g")
        if self.gradient and of:
            gains = gains_of(kernel, applied, out, g, of)
        block = step.block
        whole = Array(f"b{block.start}", block.size, block.batched)
        if not isinstance(out, Symbol) or out in arrays:  # a step that does nothing: x + 0
            source = arrays[out].name if isinstance(out, Symbol) else self.number(out)
            self.say(f"{whole.name}[:] = {source}")
            if isinstance(out, Symbol):
                arrays.setdefault(out, whole)
        needed = shared(out, gains.values())
        work = Work(self, arrays, needed)
        if isinstance(out, Symbol):
            work.compute([(out, whole)])
        if not gains:
            return

        def back() -> None:
            adjoint = self.taken(block)
            if adjoint is None:
                return
            arrays[g] = adjoint
            wanted = dict(gains)
            if adjoint.name in self.static:
                wanted = {a: self.hoisted(kernel, g, full, arrays) for a, full in gains.items()}
            times = Counter(wanted.values())
            targets = []
            for symbol, gain in wanted.items():
                if gain is not None:
                    # What is known already, such as the adjoint itself, need not be written anywhere. And
                    # what several arguments gain not into one's adjoint: others may add to that before all
                    # of them have it.
                    free = gain not in arrays and times[gain] == 1
                    into = self.target(of[symbol], shape_of(gain, arrays)) if free else None
                    targets.append((gain, into, of[symbol]))
            fresh = dict.fromkeys(gain for gain, _, _ in targets if gain not in arrays)
            work.compute([(gain, into) for gain, into, _ in targets])
            for gain in fresh:
                self.without_others(arrays[gain].name, block)
            for gain, into, addresses in targets:
                if into is None:
                    self.give(addresses, arrays[gain])
                elif arrays[gain] != into:
                    self.say(f"{into.name}[:] = {arrays[gain].name}")
            work.done()

        self.backward.append(back)

    def taken(self, block: Block) -> Array | None:
        return None if self.reached and block not in self.reached else super().taken(block)

    def without_others(self, gain: str, block: Block, of: Callable[[Any], Any] = lambda mine: mine) -> None:
        """Clear the gains of what the first output was not made from: 0 times an infinite derivative is none.

        Only in the careful form, which is for when something was not finite.

        Args:
            gain: an array.
            block: what the gains come from.
            of: turns what of the block is reached into what of the array is.
        """
        mine = self.reached.get(block)
        if mine is not None and not (kept := of(mine)).all():
            self.say(f"{gain}[{self.index(np.flatnonzero(~kept))}] = 0")

    def hoisted(self, kernel: Kernel, g: Symbol, gain: Any, arrays: dict[Symbol, Array]) -> Any:
        """(c g) x for g (c x), where the adjoint g is the same for every batch of this size, c a number.

        One call less, since c g is computed with the buffers.
        """
        if not isinstance(gain, Symbol) or gain.call is not np.multiply or gain.args[0] is not g:
            return gain
        inner = gain.args[1]
        if not isinstance(inner, Symbol) or inner.call is not np.multiply:
            return gain
        number, x = inner.args
        if not isinstance(number, float):
            return gain
        name = self.view(f"{arrays[g].name} * {self.number(number)}")
        scaled = kernel.symbol(name)
        arrays[scaled] = Array(name, *arrays[g].shape)
        return kernel.called(np.multiply, (scaled, x))

    # -- products -----------------------------------------------------------------------------

    def product(self, step: MatrixProduct) -> None:
        sums, terms = step.weights.shape
        windows = step.quantities.shape[1]
        W, weights_move = self.weights(step, (sums, terms))
        X, X_T, source = self.columns(step.quantities)
        block = step.block
        columns = f"{windows} * batch" if block.batched else str(windows)
        out = f"b{block.start}"
        if windows > 1:
            out = self.view(f"{out}.reshape({sums}, {columns})")
        if X[0] == "x":
            # matmul reads a part of X where it stands, dot would copy it. And examples by quantities
            # is the quicker way round, by half: the result is a view of it.
            self.upright.add(block)
            flat = self.view(f"{out}.T")
            self.say(f"matmul({X_T}, {self.transposed(W)}, {flat})")
        else:
            self.say(f"dot({W}, {X}, {out})")
        X_moves = any(p.block.active for p in self.program.pieces(step.quantities))
        if not self.gradient or not (weights_move or X_moves):
            return

        def back() -> None:
            adjoint = self.taken(block)
            if adjoint is None:
                return
            d = adjoint.name
            if windows > 1:
                d = self.view(f"{d}.reshape({sums}, {columns})")
            if weights_move:
                shape = (sums * terms, False)
                into = self.target(step.weights, shape)
                found = self.scratch(shape) if into is None else into
                matrix = self.view(f"{found.name}.reshape({sums}, {terms})")
                self.say(f"{'matmul' if X_T[0] == 'x' else 'dot'}({d}, {X_T}, {matrix})")
                self.without_others(matrix, block, lambda mine: mine.reshape(sums, windows).any(axis=1))
                if step.signs is not None:
                    k = self.constant(step.signs.astype(self.dtype))
                    self.say(f"{self.function(np.multiply)}({matrix}, {k}, {matrix})")
                if into is None:
                    self.give(step.weights, found)
                    self.release(found)
            if X_moves:
                shape = (terms * windows, source.batched)
                once = self.single_use(step.quantities)
                into = self.target(step.quantities, shape)
                found = self.scratch(shape) if into is None else into
                matrix = found.name
                if windows > 1:
                    matrix = self.view(f"{matrix}.reshape({terms}, {columns})")
                line = f"dot({self.transposed(W)}, {d}, {matrix})"
                fixed = W[0] == "k" and adjoint.name in self.static
                if once and into is not None and into.name[0] != "p" and fixed:
                    self.made.append(line)  # the same for every batch of this size
                    self.static.add(into.name)
                else:
                    self.say(line)
                if into is None:
                    self.give(step.quantities, found)
                    self.release(found)

        self.backward.append(back)

    def segments(self, step: RaggedSums) -> None:
        W, weights_move = self.weights(step, (len(step.weights), 1))
        X = self.array(step.quantities)
        block, count = step.block, len(step.weights)
        multiply = self.function(np.multiply)
        starts = self.constant(step.starts)
        products = self.buffer((count, block.batched))
        self.say(f"{multiply}({W}, {X.name}, {products})")
        self.say(f"add_up({products}, {starts}, 0, None, b{block.start})")
        X_moves = any(p.block.active for p in self.program.pieces(step.quantities))
        if not self.gradient or not (weights_move or X_moves):
            return
        sum_of_term = np.searchsorted(step.starts, np.arange(count), "right") - 1

        def back() -> None:
            adjoint = self.taken(block)
            if adjoint is None:
                return
            spread = self.scratch((count, block.batched))
            self.say(f'{adjoint.name}.take({self.constant(sum_of_term)}, 0, {spread.name}, "clip")')
            product = self.scratch((count, block.batched))
            if weights_move:
                self.say(f"{multiply}({spread.name}, {X.name}, {product.name})")
                self.without_others(product.name, block, lambda mine: mine[sum_of_term])
                if step.signs is not None:
                    k = self.constant(step.signs.astype(self.dtype).reshape(-1, 1))
                    self.say(f"{multiply}({product.name}, {k}, {product.name})")
                self.give(step.weights, product)
            if X_moves:
                self.say(f"{multiply}({spread.name}, {W}, {product.name})")
                self.give(step.quantities, product)
            self.release(product)
            self.release(spread)

        self.backward.append(back)
