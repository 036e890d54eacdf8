"""A recorded graph of Tensors as a program on arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
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
from autograd._graph.node import DomainError, Node
from autograd._nodes.operands.arrays import check_finite
from autograd._nodes.tensor import Tensor

__all__ = ["TensorProgram"]

Array = NDArray[Any]
Arrays = Sequence[Any] | Mapping[str, Any] | Any

STATE = {"_tape", "_form", "dtype", "inputs", "parameters", "outputs"}
KEPT = 12  # combinations of shapes and results whose code and buffers are kept


class Mode(Enum):
    """What a call computes."""

    OUTPUTS = "the outputs"
    GRADIENT = "the first output, a number, and its gradient"
    ALL = "the first output, its gradient, and all outputs"


class TensorProgram:
    """A calculation on arrays, made from a recorded graph of Tensors by `compile`.

    It computes the recorded operations, in buffers that are made once for the shapes of its arguments; a leaf
    that is neither an input nor a parameter is a constant. So are random numbers that were drawn while the graph
    was recorded, as by dropout, and the results of comparisons: a warning tells of these. Side effects of the
    recording, such as running averages, are not repeated. Numbers follow NumPy, as Tensors do: nan and infinities
    are results, and NumPy's warnings come as its error state says at the call. Inside `detect_anomaly` the first
    operation or derivative that is not finite is an error.

    Arguments are lists of arrays in the order of the leaves, dicts of arrays by their labels, or for one leaf
    its array alone; theta of several parameters may also be one vector with the numbers of all, one after the
    other, and then the gradient is such a vector, which one call of an optimizer moves. Another shape of an input than the recorded one is computed where the record says how: see
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
        # The code with its buffers, for the recorded shapes and for others.
        self._recorded: dict[tuple[Mode, bool], Task] = {}
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
        mode = Mode.GRADIENT if self.parameters and first.size == 1 else Mode.OUTPUTS
        zeros = [np.broadcast_to(np.zeros(()), shape) for shape in self._shapes]
        return self._task(mode, False, zeros[: self.parameters], zeros[self.parameters :]).source

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
        return rebuild(self._form, iter(self._results(theta, X, Mode.OUTPUTS)))

    def value_and_grad(self, theta: Arrays, X: Arrays = None) -> tuple[float, Any]:
        """The output, one number, and its gradient.

        Args, raises: as for calling the program; and ValueError when there are several outputs or several
            numbers.

        Returns:
            The number, and a list of the derivatives by each parameter, in the order of `wrt`; where theta is
            one vector, the derivatives in one vector.

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
        value, *gradient = self._results(theta, X, Mode.GRADIENT)
        return value, self._gradient(theta, gradient)

    def value_grad_and_outputs(self, theta: Arrays, X: Arrays = None) -> tuple[float, Any, Any]:
        """The first output, one number, its gradient, and all outputs, from one pass.

        Args, raises: as for `value_and_grad`.

        Returns:
            The number, the derivatives, and the result of calling the program.

        >>> from autograd import Tensor, compile
        >>> w = Tensor([1.0, 2.0], label="w")
        >>> compile([(w * w).sum(), w * 3], [], [w]).value_grad_and_outputs([[1.0, 3.0]])
        (10.0, [array([2., 6.])], [array(10.), array([3., 9.])])
        """
        value, *results = self._results(theta, X, Mode.ALL)
        gradient, outputs = results[: -self.outputs], results[-self.outputs :]
        return value, self._gradient(theta, gradient), rebuild(self._form, iter(outputs))

    def _gradient(self, theta: Any, gradient: list[Array]) -> Any:
        return gradient[0] if self._wrt.is_vector(theta) else gradient

    # -- how it runs ----------------------------------------------------------------------------

    def _results(self, theta: Arrays, X: Arrays, mode: Mode) -> Any:
        """The number and the derivatives, if the mode says so, and the outputs."""
        if mode is not Mode.OUTPUTS and self._wrt.is_vector(theta):
            parameters: Sequence[Array] = (self._wrt.vector(theta),)
            fit, in_vector = True, True
        else:
            fit, in_vector = self._wrt.fit(theta), False
            parameters = theta if fit else self._wrt.arrays(theta)
        if self._inputs.fit(X):
            inputs = X or ()
        else:
            fit, inputs = False, self._inputs.arrays(X)
        if SWITCHES["watched"] and watching():
            return self._watched_results(theta, parameters, inputs, mode)
        task = self._recorded.get((mode, in_vector)) if fit else None
        return (task or self._task(mode, in_vector, parameters, inputs))((*parameters, *inputs))

    def _check_is_number(self) -> None:
        first = self._tape.lines[self._tape.outputs[0]]
        if first.size != 1:
            raise ValueError(
                f"the gradient is of one number, and {first.label or 'the output'} has the shape {first.shape}: "
                "compile its sum() or mean()"
            )

    def _watched_results(self, theta: Any, parameters: Any, inputs: Any, mode: Mode) -> Any:
        """The results inside `detect_anomaly`, after a look at each operation."""
        in_vector = parameters is not theta and self._wrt.is_vector(theta)
        arrays = (*(self._wrt.arrays(theta) if in_vector else parameters), *inputs)
        values = self._tape.run(arrays)
        for line, value in zip(self._tape.lines, values, strict=True):
            if line.row is not None:
                of = f", {line.label}," if line.label else ""
                check_finite(value, f"{line.row}{of} of the program gave", line.row)
        results = self._task(mode, in_vector, parameters, inputs)((*parameters, *inputs))
        for derivative in results[1 : len(results) - self.outputs * (mode is Mode.ALL)]:
            if mode is not Mode.OUTPUTS and not np.isfinite(derivative).all():
                raise DomainError("a derivative of the program is not finite, though the result is")
        return results

    def _task(self, mode: Mode, in_vector: bool, parameters: Any, inputs: Any) -> Task:
        """The code for the shapes of some arguments, with its buffers."""
        if mode is not Mode.OUTPUTS:
            self._check_is_number()
        of_wrt = self._shapes[: self.parameters] if in_vector else tuple(map(np.shape, parameters))
        shapes = (*of_wrt, *map(np.shape, inputs))
        key = (shapes, mode, in_vector)
        if (task := self._tasks.get(key)) is not None:
            return task
        arrays = (*(() if in_vector else parameters), *inputs)
        if in_vector:
            arrays = (*self._wrt.parts(parameters[0]), *inputs)
        tape = self._tape if shapes == self._shapes else resized(self._tape, shapes, arrays)
        wrt = None if mode is Mode.OUTPUTS else range(self.parameters)
        task = Task(tape, wrt, mode is not Mode.GRADIENT, in_vector)
        if shapes == self._shapes:
            self._recorded[mode, in_vector] = task
        else:
            while len(self._tasks) >= KEPT:
                self._tasks.pop(next(iter(self._tasks)), None)
            self._tasks[key] = task
        return task


def _warn(places: dict[Node, int], outputs: list[Any], wrt: Sequence[Tensor]) -> None:
    looks = [node for node in concretized() if node in places]
    if looks:
        used = {parent for node in places for parent in node._links()}
        ends = {id(node) for node in outputs if not node.is_leaf and node not in used}
        each = "all arguments; maximum, minimum, relu and where(relu(x), a, b) choose by each number"
        warn_of_choices([node for node in looks if id(node) not in ends], wrt, each)
