"""The array program written out as NumPy calls on buffers that are made once for each size of batch.

Rows of a block lie one after another and examples side by side: shape (rows, examples), or (rows, 1)
where all examples share the numbers. The result is the source of one Python function: a loop over a list
of steps would take as long as a small net's arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram, MatrixProduct, RaggedSums, Step
from autograd._compiler.numpy_code.elementwise import ElementwiseCode
from autograd._compiler.numpy_code.gather import Gathers
from autograd._compiler.numpy_code.names import Names, with_listing
from autograd._compiler.numpy_code.scatter import Adjoints
from autograd._compiler.numpy_code.source import GRADIENT, Array, Origin, Source
from autograd._compiler.numpy_code.sums import ProductCode, RaggedSumsCode

__all__ = ["Generated", "generate_source"]


@dataclass(frozen=True)
class Generated:
    """A program as source, and the arrays and functions that it refers to.

    Attributes:
        program: what was written.
        code: of a module that is run once for each size of batch: it makes the buffers, and the
            functions ``views_of(theta, gradient)`` and ``run(*views, X)``. Names of a module, not of a
            function around ``run``: thousands of those take Python's compiler minutes.
        namespace: what it does not define itself; ``batch`` is to be added.
    """

    program: ArrayProgram
    code: str
    namespace: dict[str, Any]

    @property
    def source(self) -> str:
        """The code with the lines of the listing as comments."""
        return with_listing(self.code, self.program)


def generate_source(
    program: ArrayProgram, gradient: bool, dtype: np.dtype[Any], quick: bool = True
) -> Generated:
    """The source of a program.

    Args:
        program: the program to write.
        gradient: whether to write the backward pass too, from the mean of the first output.
        dtype: of all numbers.
        quick: use each row's quick function.
    """
    return _Writer(program, gradient, dtype, quick).generated()


class _Writer:
    """Writes the steps forward, and their gradient contributions in reverse."""

    def __init__(self, program: ArrayProgram, gradient: bool, dtype: np.dtype[Any], quick: bool) -> None:
        self.program, self.quick = program, quick
        self.source, self.names = Source(dtype), Names(program)
        self.gathers = Gathers(program, self.source, self.names)
        self.adjoints: Adjoints | None = None
        if gradient:
            one_output = quick or len(program.outputs) == 1
            dependencies = {} if one_output else program.dependencies(program.outputs[:1])
            self.adjoints = Adjoints(program, self.gathers, dependencies)

    def generated(self) -> Generated:
        source, program = self.source, self.program
        written = []
        for step in program.steps:
            source.comment(self.names.comment(step.block))
            written.append((step, self._written(step)))
        source.comment(self.names.comment())
        outputs = self.gathers.result(program.outputs)
        columns = outputs.text
        if not outputs.batched:
            spread = f"{{spread}}({columns}, ({outputs.rows}, batch))"
            columns = source.static(spread, "outputs", spread=np.broadcast_to).text
        result = f"0.0, {columns}, 0.0"
        if self.adjoints is not None:
            mean = self._mean(self.gathers.result(program.outputs[:1]), self.adjoints)
            for step, part in reversed(written):
                adjoint = self.adjoints.of(step.block)
                if adjoint is not None and part.is_active:
                    source.comment(f"backward: {self.names.comment(step.block)}")
                    part.backward(self.adjoints, adjoint)
            self.adjoints.end()
            # The sum of squares is not finite if one of them is not. It may overflow where none of them does:
            # in the careful form, which is for that, all of them are looked at.
            whole = source.view(GRADIENT, "", "gradient")
            squares = f"{source.function(np.dot)}({whole}, {whole})" if self.quick else "0.0"
            result = f"{mean}, {columns}, {squares}"
            source.setup.append(f"gradient_of_inputs = {self.adjoints.of_inputs}")
        return Generated(program, source.text(result, self.gathers.allocations()), source.namespace)

    def _written(self, step: Step) -> ElementwiseCode | ProductCode | RaggedSumsCode:
        match step:
            case MatrixProduct():
                return ProductCode(step, self.gathers)
            case RaggedSums():
                return RaggedSumsCode(step, self.gathers)
            case _:
                return ElementwiseCode(step, self.gathers, self.adjoints is not None, self.quick)

    def _mean(self, output: Array, adjoints: Adjoints) -> str:
        """Begin the backward pass, with 1 / batch as the adjoint of each example's output: their mean."""
        source = self.source
        source.lines = source.backward
        source.comment("backward, from the mean of the first output")
        share, columns = ("1 / batch", "batch") if output.batched else ("1", "1")
        seed = source.static(f"{{full}}((1, {columns}), {share}, {{dtype}})", "share", full=np.full)
        mean = f"{source.function(np.dot)}({source.flat(output)}, {source.flat(seed)})"
        adjoints.begin()
        adjoints.static.add(seed.text)
        adjoints.add(self.program.outputs[:1], Array(seed.text, Origin.BUFFER, 1, output.batched))
        return mean
