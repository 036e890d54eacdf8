"""A recorded graph of Tensors as a program on arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.programs.choices import warn_of_choices
from autograd._compiler.tensors.arguments import Leaves
from autograd._compiler.tensors.functions import Task
from autograd._compiler.tensors.listing import listing
from autograd._compiler.tensors.shapes import resized
from autograd._compiler.tensors.tape import read
from autograd._derivatives.structures import leaves, rebuild
from autograd._graph.concretization import concretized
from autograd._graph.context import SWITCHES, watching
from autograd._graph.node import Node
from autograd._nodes.operands.arrays import check_finite
from autograd._nodes.tensor import Tensor

__all__ = ["TensorProgram"]

Array = NDArray[Any]
Arrays = Sequence[Any] | Mapping[str, Any] | Any

STATE = {"_tape", "_form", "dtype", "inputs", "parameters", "outputs"}
KEPT = 8  # combinations of shapes whose code and buffers are kept


class TensorProgram:
    """A calculation on arrays, made from a recorded graph of Tensors by `compile`.

    It computes the recorded operations, in buffers that are made once for the shapes of its arguments; a leaf
    that is neither an input nor a parameter is a constant, and so are random numbers that were drawn and
    choices that were made while the graph was recorded. Numbers follow NumPy, as Tensors do: nan and infinities
    are results, and NumPy's warnings come as its error state says at the call. Inside `detect_anomaly` the first
    operation or derivative that is not finite is an error.

    Arguments are lists of arrays in the order of the leaves, dicts of arrays by their labels, or for one leaf
    its array alone. Another shape of an input than the recorded one is computed where the record says how: see
    `compile`. Results belong to the caller alone, and several threads may call a program at once.

    ``print(program)`` lists its operations with the shapes of their results.

    Attributes:
        dtype: of its arrays; None where they have several.
        inputs, parameters, outputs: the numbers of arrays.

    >>> from autograd import Tensor, compile
    >>> W, x = Tensor([[1.0, 2.0]], label="W"), Tensor([3.0, 4.0], label="x")
    >>> program = compile((W @ x).sum(), inputs=[x], wrt=[W])
    >>> program([[[1.0, 1.0]]], [[5.0, 6.0]])
    array(11.)
    >>> program({"W": [[1.0, 1.0]]}, {"x": [5.0, 6.0]})
    array(11.)
    >>> program.value_and_grad([[[1.0, 1.0]]], [[5.0, 6.0]])
    (11.0, [array([[5., 6.]])])
    """

    def __init__(
        self, outputs: Any, inputs: Sequence[Tensor], wrt: Sequence[Tensor], dtype: np.dtype[Any] | None
    ) -> None:
        nodes: list[Any] = [node for _, node in leaves(outputs)]
        tape, places = read(nodes, [*wrt, *inputs])
        _warn(places, nodes, wrt)
        self._tape = tape = tape if dtype is None else tape.cast(dtype)
        self._form = rebuild(outputs, iter(range(len(nodes))))
        self.dtype = tape.dtype
        self.inputs, self.parameters, self.outputs = len(inputs), len(wrt), len(nodes)
        self._start()

    def _start(self) -> None:
        lines = self._tape.lines[: self._tape.leaves]
        self._wrt = Leaves("theta", "parameter", lines[: self.parameters])
        self._inputs = Leaves("X", "input", lines[self.parameters :])
        self._shapes = tuple(line.shape for line in lines)
        # By the shapes of all leaves, and by what is computed: the code with its buffers.
        self._tasks: dict[tuple[Any, ...], Task] = {}

    def __getstate__(self) -> dict[str, Any]:  # for copies, and for a pool of processes
        return {name: value for name, value in vars(self).items() if name in STATE}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._start()

    def __repr__(self) -> str:
        counts = ((self.inputs, "input"), (self.parameters, "parameter"), (self.outputs, "output"))
        sizes = ", ".join(f"{n:,} {noun}{'s' * (n != 1)}" for n, noun in counts)
        operations = sum(line.row is not None for line in self._tape.lines)
        dtype = self.dtype or "several dtypes"
        return f"<TensorProgram of {operations} operation{'s' * (operations != 1)} in {dtype}: {sizes}>"

    def __str__(self) -> str:
        return listing(self._tape)

    @property
    def source(self) -> str:
        """The Python that runs for the recorded shapes: NumPy's functions, in buffers that are made once.

        Of the first output and its gradient, where it is one number and there are parameters; else of the
        outputs.

        >>> from autograd import Tensor, compile
        >>> x = Tensor([1.0, 2.0], label="x")
        >>> print(compile((x * x).sum(), [], [x]).source)
        from numpy import add, array, empty, float64, multiply
        <BLANKLINE>
        t1 = empty((2,), float64)
        t2 = empty((), float64)
        add_reduce = add.reduce
        <BLANKLINE>
        def run(x):
            multiply(x, x, t1)
            add_reduce(t1, None, None, t2, False)
            d_x = empty((2,), float64)
            add(x, x, d_x)
            return t2.item(), d_x
        <BLANKLINE>
        """
        first = self._tape.lines[self._tape.outputs[0]]
        differentiates = self.parameters > 0 and first.size == 1
        return self._task(self._shapes, (), differentiates, not differentiates).source

    def __call__(self, theta: Arrays, X: Arrays = None) -> Any:
        """The outputs, in the structure in which they were compiled.

        Args:
            theta: the arrays of the parameters.
            X: the arrays of the inputs; may be left out where there are none.

        Returns:
            An array for each output.

        Raises:
            TypeError, ValueError: for arguments that are no arrays of real numbers, of another number or
                shape; the error names the leaf.
            DomainError: inside `detect_anomaly`, where an operation gives nan or an infinity.
        """
        return rebuild(self._form, iter(self._results(theta, X, False, True)))

    def value_and_grad(self, theta: Arrays, X: Arrays = None) -> tuple[float, list[Array]]:
        """The output, one number, and its gradient.

        Args, raises: as for calling the program; and ValueError when there are several outputs or several
            numbers.

        Returns:
            The number, and the derivative by each parameter, in the order of `wrt` and of its shape.

        >>> from autograd import Tensor, compile
        >>> w, x = Tensor([1.0, 2.0], label="w"), Tensor([1.0, 1.0], label="x")
        >>> compile(((w - x) ** 2).sum(), [x], [w]).value_and_grad([[1.0, 2.0]], [[0.0, 0.0]])
        (5.0, [array([2., 4.])])
        """
        if self.outputs != 1:
            raise ValueError(
                f"value_and_grad is of one output, and there are {self.outputs}: compile their sum, or take "
                "value_grad_and_outputs, which differentiates the first"
            )
        value, *gradient = self._results(theta, X, True, False)
        return value, gradient

    def value_grad_and_outputs(self, theta: Arrays, X: Arrays = None) -> tuple[float, list[Array], Any]:
        """The first output, one number, its gradient, and all outputs, from one pass.

        Args, raises: as for `value_and_grad`.

        Returns:
            The number, the derivative by each parameter, and the result of calling the program.

        >>> from autograd import Tensor, compile
        >>> w = Tensor([1.0, 2.0], label="w")
        >>> compile([(w * w).sum(), w * 3], [], [w]).value_grad_and_outputs([[1.0, 3.0]])
        (10.0, [array([2., 6.])], [array(10.), array([3., 9.])])
        """
        value, *results = self._results(theta, X, True, True)
        gradient = results[: self.parameters]
        return value, gradient, rebuild(self._form, iter(results[self.parameters :]))

    # -- how it runs ----------------------------------------------------------------------------

    def _results(self, theta: Arrays, X: Arrays, differentiates: bool, outputs: bool) -> tuple[Any, ...]:
        arrays = (*self._wrt.arrays(theta), *self._inputs.arrays(X))
        if differentiates:
            self._check_is_number()
        if SWITCHES["watched"] and watching():
            self._check_operations(arrays)
        shapes = tuple([array.shape for array in arrays])
        task = self._tasks.get((shapes, differentiates, outputs))
        if task is None:
            task = self._task(shapes, arrays, differentiates, outputs)
        results = task(arrays)
        if differentiates and SWITCHES["watched"] and watching():
            pairs = zip(self._wrt.lines, results[1:], strict=False)
            for line, derivative in pairs:
                check_finite(derivative, f"the derivative by {line.label or 'a parameter'} is", None)  # type: ignore[arg-type]
        return results

    def _check_is_number(self) -> None:
        first = self._tape.lines[self._tape.outputs[0]]
        if first.size != 1:
            raise ValueError(
                f"the gradient is of one number, and {first.label or 'the output'} has the shape {first.shape}: "
                "compile its sum() or mean()"
            )

    def _check_operations(self, arrays: Sequence[Array]) -> None:
        values: list[Any] = self._tape.run(arrays)
        for line, value in zip(self._tape.lines, values, strict=True):
            if line.row is not None:
                check_finite(
                    value, f"{line.row}, {line.label or 'an operation'} of the program, gave", line.row
                )

    def _task(
        self, shapes: tuple[Any, ...], arrays: Sequence[Array], differentiates: bool, outputs: bool
    ) -> Task:
        key = (shapes, differentiates, outputs)
        if key not in self._tasks:
            tape = self._tape
            if shapes != self._shapes:
                tape = resized(tape, shapes, arrays)
            while len(self._tasks) >= 2 * KEPT:
                self._tasks.pop(next(iter(self._tasks)), None)
            wrt = range(self.parameters)
            self._tasks[key] = Task(tape, wrt if differentiates else None, outputs)
        return self._tasks[key]


def _warn(places: dict[Node, int], outputs: list[Any], wrt: Sequence[Tensor]) -> None:
    looks = [node for node in concretized() if node in places]
    if looks:
        used = {parent for node in places for parent in node._links()}
        ends = {id(node) for node in outputs if not node.is_leaf and node not in used}
        each = "all arguments; where(x > 0, a, b), maximum and relu choose by each number"
        warn_of_choices([node for node in looks if id(node) not in ends], wrt, each)
