"""A program outside NumPy: on arrays of other libraries, as a function of JAX, as an ONNX model."""

from __future__ import annotations

import functools
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd._compiler.array_program import ArrayProgram
from autograd._compiler.export.arrays import applied
from autograd._compiler.export.interpreter import Interpreter
from autograd._compiler.export.libraries import Array, Library, jax_library, library_of
from autograd._compiler.export.onnx_model import Arrays, model
from autograd._compiler.loops.c.single import generate_function
from autograd._compiler.loops.c.source import generate_c, with_prefix
from autograd._compiler.loops.functions.javascript import JavaScript
from autograd._compiler.loops.javascript.source import generate_javascript
from autograd._support.atomic import check_place, written_whole
from autograd._support.paths import as_path

__all__ = ["Portable", "write_file"]


class Portable(ABC):
    """The exports of a `Program`."""

    dtype: np.dtype[Any]
    inputs: int
    outputs: int
    parameters: int
    _single: bool
    _columns: NDArray[Any] | None  # of X, for each scalar of the block of inputs; None if the block is X
    _rows: NDArray[Any] | None  # of theta, for each scalar of the block of parameters

    _numbers: Callable[[Any, Any], tuple[NDArray[Any], NDArray[Any]]]

    @property
    @abstractmethod
    def _array_program(self) -> ArrayProgram:
        """The blocks and steps."""

    def to_jax(self) -> Callable[..., Any]:
        """The program as a pure function of JAX arrays, for `jit`, `grad`, `vmap` and `shard_map`.

        Returns:
            ``f(theta, X)``, with the shapes of `__call__`, in the dtype of theta. Its derivative is the
            table's, of every order. Where an operation is undefined it gives nan or ±inf. Of a
            parameter that is an input too it reads X only.

        Raises:
            ImportError: when JAX is not installed, with the command that installs it.

        A step of gradient descent, the mean over the examples as in lecture section 2::

            f = program.to_jax()
            slope = jax.jit(jax.grad(lambda theta, X: f(theta, X).mean()))
            theta = theta - 0.1 * slope(theta, X)
        """
        library = jax_library()

        def program(theta: Any, X: Any = None) -> Any:
            return self._on_library(library, theta, X)

        return program

    def to_onnx(self, theta: ArrayLike, path: str | os.PathLike[str] | None = None) -> Any:
        """The forward pass as an ONNX model, with these parameters in it.

        A matrix product with its bias is a Gemm, a row of the table an operator of ONNX. The model's input
        is "X", shape (examples, inputs) for any number of examples. Its one output has the shape that
        `__call__` gives, and the name that ``print(program)`` returns; "output" if that is a formula.

        Args:
            theta: the numbers of the parameters, shape (parameters,), or arrays of them in a list.
            path: a file to write it to.

        Returns:
            An ``onnx.ModelProto``, in the program's dtype, for any runtime. onnxruntime computes every row
            in float32, and in float64 all but tan, asin, acos, atan, sinh, cosh and erf.

        Raises:
            ImportError: when onnx is not installed, with the command that installs it.
            NotImplementedError: for a row that ONNX cannot express, which it names.
            FileNotFoundError, IsADirectoryError, PermissionError: when there is no such folder, `path` is
                one, or it is write-protected.
        """
        return self._onnx(theta, path, None)

    def _onnx(self, theta: ArrayLike, path: str | os.PathLike[str] | None, arrays: Arrays | None) -> Any:
        """The model; `arrays` has the rows of theta that each named array holds."""
        if path is not None:
            check_place(as_path(path))
        if arrays is not None and self._rows is not None:
            of_theta = np.empty(self.parameters, int)
            of_theta[self._rows] = np.arange(len(self._rows))
            arrays = replace(arrays, parameters={k: of_theta[rows] for k, rows in arrays.parameters.items()})
        proto = model(self._array_program, self._parameters_of(theta), self._columns, self._single, arrays)
        write_file(proto.SerializeToString(), path)
        return proto

    def _parameters_of(self, theta: ArrayLike) -> NDArray[Any]:
        """The numbers of the block of parameters."""
        numbers, _ = self._numbers(theta, np.zeros((1, self.inputs)))
        return numbers if self._rows is None else numbers[self._rows]

    def to_c(
        self,
        name: str = "program",
        path: str | os.PathLike[str] | None = None,
        *,
        theta: ArrayLike | None = None,
    ) -> str:
        """The program as one C99 file that needs nothing but the standard library.

        It has three functions of arrays of the program's dtype, C-contiguous, X with n examples. Each
        returns 0, or another number where a number overflowed, was undefined or is not finite:

        * ``int NAME(theta, X, n, outputs)``: the outputs of each example, as `__call__`;
        * ``int NAME_gradient(theta, X, n, value, gradient, outputs)``: the mean of the first output, its
          gradient in the order of wrt, and the outputs unless that is NULL, as `value_grad_and_outputs`;
        * ``int NAME_step(theta, X, n, rate, value)``: ``theta -= rate * gradient``, where all is well.

        Several threads may call them at once. For speed: ``cc -O3 -march=native main.c -lm``; ``-lm`` is the
        library of mathematical functions. Not ``-ffast-math``, under which errors pass unnoticed.

        A program in C includes the file, or several with other names. A program in C++ is linked with the
        file, compiled as C, and has the declarations from its beginning in ``extern "C"``::

            extern "C" {
            int f(const double *theta, const double *X, long n, double *outputs);
            }

        With theta it is one function instead, which has these parameters as constants, takes no memory from
        the heap, and computes one example: for a device that runs what was trained elsewhere. It is
        ``void NAME(const double *inputs, double *outputs)``, C++ too. Undefined numbers are nan, those too
        large infinite.

        Args:
            name: the name of the functions, a C identifier.
            path: a file to write it to.
            theta: the numbers of the parameters, as of `__call__`.

        Returns:
            The source.

        Raises:
            ValueError: for a name that is no identifier of C.
            NotImplementedError: for a row without C, which it names.
            FileNotFoundError, IsADirectoryError, PermissionError: as `to_onnx`.

        >>> from autograd import Value, compile, exp
        >>> w, x = Value(0.5, label="w"), Value(1.0, label="x")
        >>> source = compile(exp(w * x), [x], [w]).to_c("f")
        >>> print(source[: source.index("theta")])
        /* A calculation of 1 input, 1 parameter and 1 output:
         *
         *     return exp(w * x)   (1)
         *
         *
        """
        if theta is not None:
            source = generate_function(self._array_program, self.dtype, name, self._parameters_of(theta))
        else:
            source = with_prefix(generate_c(self._array_program, self.dtype, name), name)
        write_file(source.encode(), path)
        return source

    def to_javascript(self, name: str = "program", path: str | os.PathLike[str] | None = None) -> str:
        """The program as a script that needs nothing else: for pages.

        It declares one constant with three functions, of arrays of the program's dtype (`Float64Array` or
        `Float32Array`), X with one example after the other:

        * ``NAME.outputs(theta, X)``: the outputs of each example, as `__call__`, one after the other;
        * ``NAME.gradient(theta, X)``: ``{ value, gradient, outputs }``, as `value_grad_and_outputs`;
        * ``NAME.step(theta, X, rate)``: ``theta -= rate * gradient`` in place; gives the value before it.

        They throw a ``RangeError`` where an operation is undefined, a result is not finite, or an array has
        another length; the step is not taken then. Numbers in between have 64 bits in either dtype. For a
        module, add ``export default NAME;``.

        Args:
            name: the name of the constant, an identifier of JavaScript in ASCII.
            path: a file to write it to.

        Returns:
            The source.

        Raises:
            ValueError: for a name that a constant cannot have, or a row that JavaScript cannot compute, with
                its line.
            FileNotFoundError, IsADirectoryError, PermissionError: as `to_onnx`.

        >>> from autograd import Value, compile, exp
        >>> w, x = Value(0.5, label="w"), Value(1.0, label="x")
        >>> source = compile(exp(w * x), [x], [w]).to_javascript("f")
        >>> start = source.index("  function forward")
        >>> print(source[start : source.index("  }", start)], end="")
          function forward(X, at, w) {
            x[0] = X[at];
        <BLANKLINE>
            // return exp(w * x)   (1)
            w_x[0] = w * x[0];
            result[0] = exp(w_x[0]);

        Gradient descent in a page, over one batch::

            for (let epoch = 0; epoch < 100; epoch++) cost = f.step(theta, X, 0.1);
        """
        if not re.fullmatch(r"[A-Za-z_$][\w$]*", name, re.ASCII) or name in JavaScript.TAKEN:
            raise ValueError(
                f"{name!r} is no name that a constant can have in JavaScript; one such as 'net' is"
            )
        source = generate_javascript(self._array_program, self.dtype, name)
        write_file(source.encode(), path)
        return source

    def _check(self, of_theta: tuple[int, ...], of_X: tuple[int, ...]) -> None:
        """Refuse shapes that do not fit."""
        if of_theta != (self.parameters,):
            raise ValueError(f"theta has shape {of_theta}, expected ({self.parameters},), as wrt has")
        if len(of_X) != 2 or of_X[1] != self.inputs:
            hint = "; one example is X[np.newaxis]" if of_X == (self.inputs,) else ""
            raise ValueError(f"X has shape {of_X}, expected (examples, {self.inputs}), as inputs has{hint}")
        if not of_X[0]:
            raise ValueError("X has no examples")

    def _without_inputs(self) -> NDArray[Any]:
        """X if it is left out."""
        if self.inputs:
            raise ValueError(f"X is missing: shape (examples, {self.inputs}), as inputs has")
        return np.empty((1, 0), self.dtype)

    def _on_library(self, library: Library, theta: Any, X: Any) -> Array:
        """Compute the outputs with another library."""
        xp = library.xp
        like = next((a for a in (theta, X) if library_of(a) is library), None)
        if like is None:
            like = theta = xp.asarray(theta)
        if not xp.isdtype(like.dtype, "real floating"):
            name = "theta" if like is theta else "X"
            raise TypeError(f"{name} is an array of real floating numbers, not of {like.dtype}")
        if X is None:
            X = self._without_inputs()
        theta, X = (
            (a if a.dtype == like.dtype else xp.astype(a, like.dtype))
            if library_of(a) is library
            else library.array(np.asarray(a), like)
            for a in (theta, X)
        )
        self._check(tuple(theta.shape), tuple(X.shape))
        if self._rows is not None:
            theta = xp.take(theta, library.places(self._rows, theta), axis=0)
        if self._columns is not None:
            X = xp.take(X, library.places(self._columns, X), axis=1)
        interpreter = Interpreter(self._array_program, theta, X, library, functools.partial(applied, library))
        rows = interpreter.rows(self._array_program.outputs)
        outputs = xp.broadcast_to(rows, (self.outputs, X.shape[0])).T
        return outputs[:, 0] if self._single else outputs


def write_file(content: bytes, path: str | os.PathLike[str] | None) -> None:
    """Write a whole file, if there is a path."""
    if path is not None:
        target = as_path(path)
        check_place(target)
        with written_whole(target) as file:
            file.write_bytes(content)
