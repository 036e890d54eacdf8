"""A program of Tensors outside NumPy: as a function of JAX, as an ONNX model, as C and JavaScript.

All are written from the scalars that the graph stands for: the parameters' numbers one after the other are
theta, those of the inputs are one example.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.export.libraries import jax_library
from autograd._compiler.export.onnx_arrays import with_arrays
from autograd._compiler.export.portable import write_file
from autograd._compiler.find.tensors.lowering import CannotLower, lower_tape
from autograd._compiler.find.tensors.tape import Line, Tape
from autograd._compiler.numpy_code.names import Namespace, identifier
from autograd._compiler.programs.program import Program
from autograd._compiler.programs.tensors.arguments import Leaves, splitter
from autograd._derivatives.structures import rebuild
from autograd._table.rows import Row

__all__ = ["PortableTensors", "scalars_of"]

Array = NDArray[Any]

LARGEST = 2**22  # numbers of all arrays, as scalars


def scalars_of(tape: Tape, parameters: int, *, joined: bool) -> Program:
    """The program of the scalars in a tape.

    Args:
        tape: first the parameters, then the inputs.
        parameters: their number.
        joined: whether the inputs' numbers follow those of the parameters in theta; else they are an example.

    Raises:
        NotImplementedError: for a tape without a form in scalars, with the reason and what to do.
    """
    dtype = _dtype_of(tape)
    if dtype is None:
        raise NotImplementedError(
            "the program has arrays of several dtypes, and code in scalars has one: compile it with "
            'dtype="float64", or record it with arrays of one dtype'
        )
    if (size := sum(line.size for line in tape.lines)) > LARGEST:
        raise NotImplementedError(
            f"the program has {size:,} numbers in its arrays, too many to write as scalars ({LARGEST:,}): "
            "record it with smaller arrays, as of fewer examples"
        )
    leaves = range(tape.leaves)
    inputs, wrt = ((), leaves) if joined else (leaves[parameters:], leaves[:parameters])
    try:
        arrays = lower_tape(tape, inputs, wrt)
    except CannotLower as error:
        raise NotImplementedError(
            f"code in scalars cannot be written: {error}; compute its result beforehand, and let that be an "
            "input of the program"
        ) from None
    return Program(arrays, None, dtype, single=False)


def _dtype_of(tape: Tape) -> np.dtype[Any] | None:
    """The one dtype of all arrays but comparisons, which are 1 or 0 in the smallest; None of several."""
    if tape.dtype is not None:
        return tape.dtype
    kinds = set()
    for line in tape.lines:
        widest = np.result_type(line.dtype, *(tape.lines[arg].dtype for arg in line.args))
        is_comparison = isinstance(line.row, Row) and line.dtype != widest
        if not is_comparison and not isinstance(line.constant, float | int):
            kinds.add(line.dtype)
    return kinds.pop() if len(kinds) == 1 else None


class PortableTensors(ABC):
    """The exports of a `TensorProgram`."""

    _tape: Tape
    _form: Any
    _wrt: Leaves
    _inputs: Leaves

    @abstractmethod
    def _scalars(self) -> Program:
        """The program of the scalars, with the inputs as one example."""

    def to_jax(self) -> Callable[..., Any]:
        """The program as a pure function of JAX arrays, for `jit`, `grad` and `vmap`.

        Returns:
            ``f(theta, X)`` with the arguments and results of `__call__`, as arrays of JAX, of the recorded
            shapes. Its derivative is the table's, of every order.

        Raises:
            ImportError: when JAX is not installed, with the command that installs it.
            NotImplementedError: for an operation without a form in scalars, which it names.

        >>> from autograd import Tensor, compile
        >>> W, x = Tensor([[1.0, 2.0]], label="W"), Tensor([3.0, 4.0], label="x")
        >>> f = compile((W @ x).sum(), [x], [W]).to_jax()  # doctest: +SKIP
        >>> jax.grad(f)({"W": jnp.ones((1, 2))}, {"x": jnp.ones(2)})  # doctest: +SKIP
        """
        xp, program = jax_library().xp, self._scalars().to_jax()

        def function(theta: Any, X: Any = None) -> Any:
            flat = self._wrt.joined(theta, xp), self._inputs.joined(X, xp)[np.newaxis]
            return self._shaped(program(*flat)[0])

        return function

    def to_onnx(self, theta: Any, path: str | os.PathLike[str] | None = None) -> Any:
        """The forward pass as an ONNX model, with these parameters in it.

        Its inputs and outputs are arrays of the recorded shapes, by the labels of their nodes; without a
        label, or where two are alike, ``x0``, ``x1``, ... and ``y0``, ``y1``, ...

        Args:
            theta: the arrays of the parameters, as of `__call__`.
            path: a file to write it to.

        Returns:
            An ``onnx.ModelProto``, in the program's dtype, for any runtime. onnxruntime computes every row
            in float32, and in float64 all but tan, asin, acos, atan, sinh, cosh and erf.

        Raises:
            ImportError: when onnx is not installed, with the command that installs it.
            NotImplementedError: for an operation that ONNX cannot express, or without a form in scalars.
            FileNotFoundError, IsADirectoryError, PermissionError: as of the `to_onnx` of a `Program`.
        """
        model = self._scalars().to_onnx(self._flat(theta))
        fresh = Namespace(()).fresh
        inputs = [(fresh(name), line.shape) for name, line in _named(self._inputs.lines, "x")]
        outputs = [(fresh(name), line.shape) for name, line in _named(self._ends(), "y")]
        model = with_arrays(model, inputs, outputs)
        write_file(model.SerializeToString(), path)
        return model

    def to_c(
        self, name: str = "program", path: str | os.PathLike[str] | None = None, *, theta: Any = None
    ) -> str:
        """The program as one C99 file that needs nothing but the standard library.

        Its functions are those of the `to_c` of a `Program`: ``NAME(theta, X, n, outputs)``,
        ``NAME_gradient(theta, X, n, value, gradient, outputs)``, ``NAME_step(theta, X, n, rate, value)``.
        theta holds the numbers of all parameters, one array after the other in the order of wrt, X those of
        all inputs, and outputs those of all outputs; n is 1. Of n sets of inputs, one after the other, they
        give n sets of outputs, and the mean of their first number. With theta it is one
        function, ``void NAME(const double *inputs, double *outputs)``, as the `to_c` of a `Program` says.

        Args:
            name: the name of the functions, a C identifier.
            path: a file to write it to.
            theta: the arrays of the parameters, as of `__call__`.

        Returns:
            The source.

        Raises:
            ValueError: for a name that is no identifier of C.
            NotImplementedError: for an operation without C, or without a form in scalars, which it names.
            FileNotFoundError, IsADirectoryError, PermissionError: as `to_onnx`.

        >>> from autograd import Tensor, compile
        >>> W, x = Tensor([[1.0, 2.0]], label="W"), Tensor([3.0, 4.0], label="x")
        >>> source = compile(W @ x, [x], [W]).to_c("f")
        >>> print(source[: source.index("theta")])
        /* A calculation of 2 inputs, 2 parameters and 1 output:
         *
         *     return W @ x   (1 x 2)
         *
         *
        """
        return self._scalars().to_c(name, path, theta=None if theta is None else self._flat(theta))

    def to_javascript(self, name: str = "program", path: str | os.PathLike[str] | None = None) -> str:
        """The program as a script that needs nothing else: for pages.

        It declares one constant with the functions of the `to_javascript` of a `Program`:
        ``NAME.outputs(theta, X)``, ``NAME.gradient(theta, X)``, ``NAME.step(theta, X, rate)``, of arrays as
        for `to_c`.

        Args, raises: as of `to_c`, for an identifier of JavaScript in ASCII.
        """
        return self._scalars().to_javascript(name, path)

    def _flat(self, theta: Any) -> Array:
        """The numbers of all parameters, one array after the other."""
        return np.concatenate([np.empty(0), *map(np.ravel, self._wrt.arrays(theta))])

    def _ends(self) -> list[Line]:
        return [self._tape.lines[place] for place in self._tape.outputs]

    def _shaped(self, numbers: Any) -> Any:
        """All numbers of the outputs, in their shapes and structure."""
        return rebuild(self._form, iter(splitter(self._ends())(numbers)))


def _named(lines: Sequence[Line], other: str) -> Iterator[tuple[str, Line]]:
    labels = [line.label for line in lines]
    for i, line in enumerate(lines):
        is_own = line.label is not None and labels.count(line.label) == 1
        yield identifier(line.label) if is_own and line.label else f"{other}{i}", line
