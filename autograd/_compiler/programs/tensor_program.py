"""A recorded graph of Tensors as a program on arrays."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import copy
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.describe.markup import Listed
from autograd._compiler.describe.text import counted, summary
from autograd._compiler.find.tensors.tape import Tape, read
from autograd._compiler.loops.native.calls import Calls
from autograd._compiler.loops.native.libraries import warn_of_compiler
from autograd._compiler.programs.choices import warn_of_choices
from autograd._compiler.programs.program import Program
from autograd._compiler.programs.tensors.arguments import Leaves
from autograd._compiler.programs.tensors.exports import PortableTensors, scalars_of
from autograd._compiler.programs.tensors.native import NativeTask, repays
from autograd._compiler.tensors.functions import Task
from autograd._compiler.tensors.listing import listing
from autograd._compiler.tensors.shapes import resized
from autograd._compiler.tensors.walk import Walk, task_of
from autograd._derivatives.structures import leaves, rebuild
from autograd._graph.concretization import concretized
from autograd._graph.context import SWITCHES, watching
from autograd._graph.node import DomainError, Node
from autograd._nodes.operands.arrays import check_finite
from autograd._nodes.tensor import Tensor
from autograd._support.callers import numpys_warnings

__all__ = ["TensorProgram", "tensor_program"]

Array = NDArray[Any]
Run = Task | Walk | NativeTask
Arrays = Sequence[Any] | Mapping[str, Any] | Any

STATE = {"_tape", "_form", "_is_native", "dtype", "inputs", "parameters", "outputs"}
KEPT = 12  # combinations of shapes and results whose code and buffers are kept


class Mode(IntEnum):
    """The results of a call."""

    OUTPUTS = 0
    GRADIENT = 1  # the first output, a number, and its gradient
    ALL = 2  # the number, the gradient and the outputs


class TensorProgram(PortableTensors, Listed):
    """A calculation on arrays, made from a recorded graph of Tensors by `compile`.

    It computes the recorded operations, in buffers that are made once for the shapes of its arguments; a leaf
    that is neither an input nor a parameter is a constant. So are random numbers that were drawn while the
    graph was recorded, as by dropout, and the results of comparisons: a warning tells of these. Side
    effects of the recording, such as running averages, are not repeated. Numbers follow NumPy, as Tensors
    do: nan and infinities are results, and NumPy's warnings come as its error state says at the call.
    Inside `detect_anomaly` the first operation or derivative that is not finite is an error.

    Arguments are lists of arrays in the order of the leaves, dicts of arrays by their labels, or for one leaf
    its array alone; theta of several parameters may also be one vector with the numbers of all, one after the
    other, and then the gradient is such a vector, which one call of an optimizer moves. Another shape of an
    input than the recorded one is computed where the record says how: see `compile`. Results belong to the
    caller alone, and several threads may call a program at once.

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

    def __init__(self, tape: Tape, parameters: int, form: Any) -> None:
        """
        Args:
            tape: the operations; its leaves are first the parameters, then the inputs.
            parameters: their number.
            form: the structure of the outputs, with a number for each.
        """
        self._tape, self._form, self._is_native = tape, form, False
        self.dtype = tape.dtype
        self.inputs, self.parameters, self.outputs = tape.leaves - parameters, parameters, len(tape.outputs)
        self._start()

    def _start(self) -> None:
        lines = self._tape.lines[: self._tape.leaves]
        self._wrt = Leaves("theta", "parameter", lines[: self.parameters])
        self._inputs = Leaves("X", "input", lines[self.parameters :])
        self._shapes = tuple(line.shape for line in lines)
        # The code with its buffers, for the recorded shapes and for others.
        self._recorded: dict[tuple[Mode, bool], Run] = {}
        self._tasks: dict[tuple[Any, ...], Run] = {}
        self._calls: Calls | None = None
        if self._is_native:
            with suppress(ImportError, RuntimeError):  # a copy on another machine: by NumPy
                self._calls = self._in_c()

    def __getstate__(self) -> dict[str, Any]:  # for copies, and for a pool of processes
        return {name: value for name, value in vars(self).items() if name in STATE}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._start()

    def __repr__(self) -> str:
        operations = sum(line.row is not None for line in self._tape.lines)
        return summary(self, counted(operations, "operation"), self.dtype, self._calls is not None)

    def __str__(self) -> str:
        return listing(self._tape)

    def theta_text(self) -> str:
        """The parameters in the order of theta, by their labels, with their shapes, for a listing."""
        shapes = (" x ".join(map(str, line.shape)) or "1" for line in self._wrt.lines)
        pairs = zip(self._wrt.lines, shapes, strict=True)
        return ", ".join(f"{line.label or 'without label'} ({shape})" for line, shape in pairs) or "none"

    @property
    def source(self) -> str:
        """The Python that runs for the recorded shapes: NumPy's functions, in buffers that are made once.

        Of the first output and its gradient, where it is one number and there are parameters; else of the
        outputs. The C of a `native` program.

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
        if self._calls is not None:
            return self.to_c()
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
        return rebuild(self._form, iter(self._results(theta, X, Mode.OUTPUTS)[0]))

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

        Descent on several parameters in one vector:

        >>> b = Tensor(0.0, label="b")
        >>> program = compile(((w * x + b) ** 2).sum(), [x], [w, b])
        >>> theta = np.array([1.0, 2.0, 0.5])
        >>> value, gradient = program.value_and_grad(theta, [[1.0, 1.0]])
        >>> theta -= 0.1 * gradient
        >>> theta
        array([ 0.7,  1.5, -0.3])
        """
        if self.outputs != 1:
            raise ValueError(
                f"value_and_grad is of one output, and there are {self.outputs}: compile their sum, or take "
                "value_grad_and_outputs, which differentiates the first"
            )
        results, in_vector = self._results(theta, X, Mode.GRADIENT)
        return results if in_vector else (results[0], list(results[1:]))

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
        (value, *results), in_vector = self._results(theta, X, Mode.ALL)
        gradient, outputs = results[: -self.outputs], rebuild(self._form, iter(results[-self.outputs :]))
        return value, gradient[0] if in_vector else gradient, outputs

    def native(self) -> TensorProgram:
        """The same program at the speed of C, built by the C compiler of the machine.

        It has the same methods and, to rounding, results. Where a number overflows, is undefined or not
        finite, NumPy computes the call anew, with its warnings; so it does for other shapes than the recorded
        ones. C repays small arrays, for which calls of NumPy's functions take longer than their arithmetic. A
        program with large products of matrices, as of a net on many examples, stays with NumPy, which
        is faster there. The library is kept as for the `native` of a `Program`.

        A warning tells of a ``CC`` in the environment that names no program, and what builds in its place.

        Raises:
            ImportError: where there is no C compiler, with the command that installs one.
            RuntimeError: where the compiler fails, with its message; a NotImplementedError for an operation
                without C, or without a form in scalars, which it names.

        >>> from autograd import Tensor, compile
        >>> x = Tensor([1.0, 2.0], label="x")
        >>> fast = compile((x * x).sum(), [], [x]).native()  # doctest: +SKIP
        """
        warn_of_compiler()
        program = copy(self)
        program._calls = self._in_c()
        program._is_native = program._calls is not None
        return program

    def _scalars(self) -> Program:
        return scalars_of(self._tape, self.parameters, joined=False)

    def _in_c(self) -> Calls | None:
        """The program in C; None where NumPy is faster."""
        arrays = scalars_of(self._tape, self.parameters, joined=True)._array_program
        return Calls(arrays, self.dtype) if self.dtype and repays(self._tape, arrays) else None

    # -- how it runs ----------------------------------------------------------------------------

    def _results(self, theta: Any, X: Any, mode: Mode) -> tuple[Any, bool]:
        """The number and the derivatives, if the mode says so, and the outputs; whether in a vector."""
        in_vector = mode is not Mode.OUTPUTS and self._wrt.is_vector(theta)
        parameters: Sequence[Array]
        if in_vector:
            fit, parameters = True, (self._wrt.vector(theta),)
        else:
            fit = self._wrt.fit(theta)
            parameters = theta if fit else self._wrt.arrays(theta)
        if self._inputs.fit(X):
            inputs = X or ()
        else:
            fit, inputs = False, self._inputs.arrays(X)
        task = self._recorded.get((mode, in_vector)) if fit else None
        if task is None:
            task = self._task(mode, in_vector, parameters, inputs)
        if SWITCHES["watched"] and watching():
            return self._watched(task, mode, in_vector, parameters, inputs), in_vector
        return task((*parameters, *inputs)), in_vector

    def _check_is_number(self) -> None:
        first = self._tape.lines[self._tape.outputs[0]]
        if first.size != 1:
            raise ValueError(
                f"the gradient is of one number, and {first.label or 'the output'} has the shape "
                f"{first.shape}: compile its sum() or mean()"
            )

    def _watched(self, task: Any, mode: Mode, in_vector: bool, parameters: Any, inputs: Any) -> Any:
        """The results inside `detect_anomaly`, after a look at each operation."""
        leaves = self._wrt.parts(parameters[0]) if in_vector else parameters
        with numpys_warnings():
            values = self._tape.run((*leaves, *inputs))
        for line, value in zip(self._tape.lines, values, strict=True):
            if line.row is not None:
                of = f", {line.label}," if line.label else ""
                check_finite(value, f"{line.row}{of} of the program gave", line.row)
        results = task((*parameters, *inputs))
        derivatives = () if mode is Mode.OUTPUTS else results[1 : 2 if in_vector else 1 + self.parameters]
        for derivative in derivatives:
            if not np.isfinite(derivative).all():
                raise DomainError("a derivative of the program is not finite, though the result is")
        return results

    def _task(self, mode: Mode, in_vector: bool, parameters: Any, inputs: Any) -> Run:
        """The code for the shapes of some arguments, with its buffers."""
        if mode is not Mode.OUTPUTS:
            self._check_is_number()
        of_wrt = self._shapes[: self.parameters] if in_vector else tuple(map(np.shape, parameters))
        shapes = (*of_wrt, *map(np.shape, inputs))
        key = (shapes, mode, in_vector)
        if (known := self._tasks.get(key)) is not None:
            return known
        arrays = (*(() if in_vector else parameters), *inputs)
        if in_vector:
            arrays = (*self._wrt.parts(parameters[0]), *inputs)
        tape = self._tape if shapes == self._shapes else resized(self._tape, shapes, arrays)
        wrt, outputs = None if mode is Mode.OUTPUTS else range(self.parameters), mode is not Mode.GRADIENT
        make = functools.partial(task_of, tape, wrt, outputs, in_vector)
        if shapes == self._shapes:
            if (task := self._recorded.get((mode, in_vector))) is None:
                calls, count = self._calls, None if wrt is None else self.parameters
                task = make() if calls is None else NativeTask(calls, tape, make, count, outputs, in_vector)
                self._recorded[mode, in_vector] = task
            return task
        while len(self._tasks) >= KEPT:
            self._tasks.pop(next(iter(self._tasks)), None)
        own = self._tasks[key] = make()
        return own


def tensor_program(
    outputs: Any, inputs: Sequence[Tensor], wrt: Sequence[Tensor], dtype: np.dtype[Any] | None
) -> TensorProgram:
    """The program of a recorded graph of Tensors; a warning tells of numbers that the recording looked at.

    Args:
        outputs: Tensors, also in tuples and dicts.
        inputs, wrt: leaves.
        dtype: of all arrays; None for that of each.
    """
    nodes: list[Any] = [node for _, node in leaves(outputs)]
    # Parameters first: in a vector they are the first arguments of the code.
    tape, places = read(nodes, [*wrt, *inputs])
    _warn(places, nodes, wrt)
    form = rebuild(outputs, iter(range(len(nodes))))
    return TensorProgram(tape if dtype is None else tape.cast(dtype), len(wrt), form)


def _warn(places: dict[Node, int], outputs: list[Any], wrt: Sequence[Tensor]) -> None:
    looks = [node for node in concretized() if node in places]
    if looks:
        used = {parent for node in places for parent in node._links()}
        ends = {id(node) for node in outputs if not node.is_leaf and node not in used}
        each = (
            "all arguments; maximum, minimum and relu choose by each number, and so does where(x > 0, a, b) "
            "in a function f that is compiled, compile(f)"
        )
        warn_of_choices([node for node in looks if id(node) not in ends], wrt, each)
