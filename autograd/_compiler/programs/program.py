"""A calculation on arrays, made from a recorded graph."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd._compiler.array_program import ArrayProgram, without_zeros
from autograd._compiler.describe.line_names import LineNames
from autograd._compiler.describe.lines import Lines
from autograd._compiler.describe.markup import Listed
from autograd._compiler.describe.order import order_of_leaves
from autograd._compiler.describe.text import counted, listing, summary
from autograd._compiler.export.libraries import library_of
from autograd._compiler.export.portable import Portable
from autograd._compiler.find.addresses import last_places
from autograd._compiler.find.guards import guarded
from autograd._compiler.find.tape import CONSTANT, LEAF, Tape, labels_of, reached
from autograd._compiler.find.vectorize import vectorize, vectorize_regular
from autograd._compiler.loops.native.libraries import warn_of_compiler
from autograd._compiler.loops.native.runner import Native
from autograd._compiler.run.blocks import Blocks
from autograd._compiler.run.columns import Columns
from autograd._compiler.run.crossover import plain_examples, plain_examples_of_columns
from autograd._compiler.run.plain import Plain
from autograd._compiler.run.reference import Reference
from autograd._compiler.run.runner import ByExamples, Ordered, Runner
from autograd._graph.node import first_node
from autograd._support.checks import real_array

__all__ = ["Program", "program_of"]

Array = NDArray[Any]
QUICKLY_LISTED = 1_000  # operations without structure: more take seconds, and a notebook lists none


class Program(Portable, Listed):
    """A calculation on arrays, made from a recorded graph by `compile`.

    ``print(program)`` lists its steps, each for one example: x is a row of X. A line ends with the shape of
    its matrix, or with the number of its results. Several threads may call a program at once.

    Attributes:
        dtype: of its arrays.
        inputs, outputs, parameters: the numbers of columns of X, columns of the result, numbers of theta.
    """

    def __init__(
        self, arrays: ArrayProgram | None, reference: Reference | None, dtype: np.dtype[Any], single: bool
    ) -> None:
        """
        Args:
            arrays: the steps; None for a graph without structure.
            reference: evaluates an example where they fail; None where nan and infinities are results.
            dtype: of all arrays.
            single: whether a result has one number for each example, without an axis of outputs.
        """
        self.dtype, self._single = dtype, single
        if arrays is None:  # the tape begins with the inputs, and goes on with the parameters
            assert reference is not None
            tape = reference.tape
            columns, wrt = np.array(tape.inputs, int), np.array(tape.wrt, int)
            first, leaves = len(set(tape.inputs)), int((tape.code == LEAF).sum())
            blocks = (0, first), (first, leaves - first)
            self.outputs, few = len(tape.outputs), plain_examples_of_columns(tape)
        else:
            columns, wrt = arrays.columns, arrays.wrt
            own = arrays.inputs, arrays.parameters
            blocks = (own[0].start, own[0].size), (own[1].start, own[1].size)
            self.outputs = len(arrays.outputs)
            few = (0, 0) if reference is None else plain_examples(arrays, reference.tape)
        self.inputs, self.parameters = len(columns), len(wrt)
        self._columns, self._rows = (
            last_places(addresses, *block) for addresses, block in zip((columns, wrt), blocks, strict=True)
        )
        self._arrays = self._vectorized = arrays
        self._reference: Any = reference  # a Reference where there are no arrays
        self._few, self._is_native = few, False
        self._runner: Runner
        # The shapes of theta and of an example.
        self._shape, self._example = (self.parameters,), (self.inputs,)
        self._start()

    def _start(self) -> None:
        """The parts of a program that cannot be copied."""
        self._moved: Array | None = None
        self._run_by(self._few)
        if self._is_native:
            with suppress(ImportError, RuntimeError):  # a copy on another machine: by NumPy
                self._run_natively()

    def _run_natively(self) -> None:
        self._runner = Native(self._array_program, self.dtype, self._runner)
        self._is_native = True

    def _run_by(self, few: tuple[int, int]) -> None:
        """Run by NumPy, and up to so many examples, without and with a gradient, by plain arithmetic."""
        self._few = few
        runner: Runner
        if self._reference is None:
            runner = Blocks(self._array_program, None, self.dtype)
        else:
            plain = Plain(self._arrays, self._reference, self.dtype)
            if self._arrays is None:
                runner = Columns(plain, self._reference, self.dtype)
            else:
                runner = Blocks(self._arrays, self._reference, self.dtype)
            if not self.inputs:  # so there is one example
                runner = plain if all(few) else runner
            elif any(few):
                runner = ByExamples(plain, runner, few)
        if not self._rows is self._columns is None:
            runner = Ordered(runner, self._rows, self._columns)
        self._runner = runner

    def __getstate__(self) -> dict[str, Any]:  # for copies, and for a pool of processes
        return {name: value for name, value in vars(self).items() if name not in ("_moved", "_runner")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._start()

    def __repr__(self) -> str:
        if self._arrays is None:
            operations = counted(int((self._reference.tape.code > CONSTANT).sum()), "operation")
        else:
            operations = counted(len(self._arrays.steps), "step")
        return summary(self, operations, self.dtype, isinstance(self._runner, Native))

    @property
    def _array_program(self) -> ArrayProgram:
        """The blocks and steps; of a graph without structure they are found when somebody needs them."""
        if self._vectorized is None:
            self._vectorized = vectorize(self._reference.whole_tape())
            self._vectorized.labels = self._reference.labels
        return self._vectorized

    def __str__(self) -> str:
        return listing(self._array_program)

    @property
    def _is_quickly_listed(self) -> bool:
        return self._vectorized is not None or len(self._reference.tape.code) <= QUICKLY_LISTED

    def theta_text(self) -> str:
        """The parameters in the order of theta, by their labels, for a listing."""
        program = self._array_program
        return order_of_leaves(program, LineNames(program), program.wrt)

    @property
    def lines(self) -> Lines:
        """The lines of the listing as formulas: `viz.draw` draws them."""
        return Lines(self._array_program)

    @property
    def source(self) -> str:
        """The Python that runs, with the listing's lines as comments above the calls that they became.

        NumPy's functions, forward and backward, in buffers that are made once for each number of examples;
        of a program without inputs, which has one example, plain arithmetic where that is faster. The C of a
        `native` program.

        >>> from autograd import Value, compile, exp
        >>> w, x = Value(0.5, label="w"), Value(1.0, label="x")
        >>> source = compile(exp(w * x), [x], [w]).source
        >>> print(source[source.index("def run") :])
        def run(w, d_w, gradient, X):
            x = X[:, 0:1].T
        <BLANKLINE>
            # return exp(w * x)   (1)
            multiply(w, x, w_x)
            exp(w_x, result)
        <BLANKLINE>
            # backward, from the mean of the first output
        <BLANKLINE>
            # backward: return exp(w * x)   (1)
            multiply(share, result, d_w_x)
            multiply(d_w_x, x, t1)
            dot(t1, ones_of_batch, d_w)
            return dot(result_flat, share_flat), result, dot(gradient, gradient)
        <BLANKLINE>
        """
        return self._runner.source(self.parameters > 0)

    @property
    def moved(self) -> Array:
        """The places of the parameters that the first output depends on: the others' derivative is 0.

        >>> from autograd import Value, compile
        >>> a, b, c = Value(1.0), Value(2.0), Value(3.0)
        >>> compile([c * a, b], [], [a, b, c]).moved
        array([0, 2])
        """
        if self._moved is None:  # cached_property would take a lock in Python 3.11
            if self._arrays is None:
                tape = self._reference.tape
                lines = reached(tape, tape.outputs[0])
                self._moved = np.array([i for i, line in enumerate(tape.wrt) if line in lines], int)
                return self._moved
            program = without_zeros(self._array_program)
            depends = np.zeros(program.parameters.start + program.parameters.size, bool)
            for block, rows in program.dependencies(program.outputs[:1]).items():
                if block in (program.inputs, program.parameters):
                    depends[block.addresses] = rows
            self._moved = np.flatnonzero(depends[program.wrt])
        return self._moved

    def __call__(self, theta: ArrayLike, X: ArrayLike | None = None) -> Array:
        """The outputs of each example.

        Args:
            theta: the numbers of the parameters, shape (parameters,), or arrays of them in a list.
            X: the numbers of the inputs, shape (examples, inputs); may be left out where there are none.

        Returns:
            Shape (examples,) for one output, (examples, outputs) where a list was compiled. Arrays of
            another library (JAX, PyTorch, any of the Array API) give its array, in theta's dtype, which
            that library can differentiate, and nan or ±inf in place of a DomainError.

        Raises:
            ValueError, TypeError: for another shape, and for other than real numbers.
            DomainError: where an operation is undefined, as in a `Value`: names the example, the
                operation, the numbers and the labels.
        """
        if library := library_of(theta, X):
            results: Array = self._on_library(library, theta, X)
            return results
        outputs = self._runner.outputs(*self._numbers(theta, X))
        return outputs[:, 0] if self._single else outputs

    def value_and_grad(self, theta: ArrayLike, X: ArrayLike | None = None) -> tuple[float, Array]:
        """The mean of the output over the examples, and its gradient.

        Args:
            theta: the numbers of the parameters, shape (parameters,).
            X: the numbers of the inputs, shape (examples, inputs); may be left out where there are none.

        Returns:
            The mean, and ∂mean/∂theta of shape (parameters,).

        Raises:
            ValueError, TypeError: for another shape, and for other than real numbers; when there are
                several outputs.
            DomainError: where an operation or a derivative is undefined, or the result is not finite.

        >>> from autograd import Value, compile
        >>> w, x = Value(3.0), Value(2.0)
        >>> compile(w * x * x, [x], [w]).value_and_grad([1.0], [[1.0], [2.0]])
        (2.5, array([2.5]))
        """
        if self.outputs > 1:
            raise ValueError(
                f"value_and_grad is of one output, and there are {self.outputs}: compile their sum, or take "
                "value_grad_and_outputs, which differentiates the first"
            )
        return self._runner.gradient(*self._numbers(theta, X))

    def value_grad_and_outputs(
        self, theta: ArrayLike, X: ArrayLike | None = None
    ) -> tuple[float, Array, Array]:
        """The mean of the first output over the examples, its gradient, and all outputs of each example.

        For a cost and the activations that it measures: ``compile([C, *a], …)`` gives the gradient of C and
        the activations a from one pass.

        Args, raises: as `value_and_grad`.

        Returns:
            The mean, ∂mean/∂theta of shape (parameters,), and the result of calling the program.

        >>> from autograd import Value, compile
        >>> w, x = Value(3.0), Value(2.0)
        >>> compile([w * x * x, w + x], [x], [w]).value_grad_and_outputs([1.0], [[2.0]])
        (4.0, array([4.]), array([[4., 3.]]))
        """
        value, gradient, outputs = self._runner.results(*self._numbers(theta, X))
        return value, gradient, outputs[:, 0] if self._single else outputs

    def numbers(self, theta: list[float]) -> list[float]:
        """The outputs of a program without inputs, from Python's floats and as such, at their speed.

        Raises:
            ValueError: for another number of them, and for a program with inputs.
            DomainError: as for calling the program.

        >>> from autograd import Value, compile
        >>> w = Value(3.0)
        >>> compile([w * w, w + 1], [], [w]).numbers([5.0])
        [25.0, 6.0]
        """
        if self.inputs or len(theta) != self.parameters:
            self._check((len(theta),), self._without_inputs().shape)
        return self._runner.numbers(theta)

    def native(self) -> Program:
        """The same program at the speed of C, built by the C compiler of the machine.

        It has the same methods and, to rounding, results, and raises the same errors: where a number
        overflows or is undefined, NumPy computes the call anew. The compiler takes some tenths of a second,
        once: the library stays in the user's cache (``~/.cache``, on macOS ``~/Library/Caches``, on Windows
        ``%LOCALAPPDATA%``). A pickle that is loaded on a machine without a compiler runs by NumPy.

        A warning tells of a ``CC`` in the environment that names no program, and what builds in its place.

        Raises:
            ImportError: where there is no C compiler, with the command that installs one.
            RuntimeError: where the compiler fails, with its message; a NotImplementedError for a row without
                C, which it names.

        >>> from autograd import Value, compile, exp
        >>> w, x = Value(0.5, label="w"), Value(1.0, label="x")
        >>> program = compile(exp(w * x), [x], [w])
        >>> fast = program.native()  # doctest: +SKIP
        """
        warn_of_compiler()
        program = copy(self)
        if not isinstance(program._runner, Native):
            program._run_natively()
        return program

    def repeated(self) -> AbstractContextManager[Callable[[Array, Array], tuple[float, Array, Array]]]:
        """A function for many calls in this block, as those of a training loop, without checks of arguments.

        It takes theta and X as arrays of the program's dtype and shapes, and gives the mean of the first
        output, its gradient, and all outputs as columns, shape (outputs, examples), in a buffer that the next
        call overwrites. The gradient's array is overwritten by a later call when nobody holds it.

        >>> from autograd import Value, compile
        >>> w, x = Value(3.0), Value(2.0)
        >>> with compile([w * x * x, w + x], [x], [w]).repeated() as evaluate:
        ...     evaluate(np.array([1.0]), np.array([[2.0]]))
        (4.0, array([4.]), array([[4.],
               [3.]]))
        """
        return self._runner.repeated()

    # -- arguments ----------------------------------------------------------------------------

    def _numbers(self, theta: Any, X: Any) -> tuple[Array, Array]:
        """Both as arrays of the program's dtype, without a copy where they are."""
        if (
            type(theta) is type(X) is np.ndarray
            and theta.dtype is X.dtype is self.dtype
            and theta.shape == self._shape
            and X.shape[1:] == self._example
            and theta.flags.c_contiguous
            and len(X)
        ):
            return theta, X
        if type(theta) is not np.ndarray or theta.dtype != self.dtype or not theta.flags.c_contiguous:
            theta = np.asarray(_vector(theta), self.dtype, order="C")
        if X is None:
            X = self._without_inputs()
        elif type(X) is not np.ndarray or X.dtype != self.dtype:
            _refuse_nodes(X, "X", "[[x.data for x in inputs]]")
            X = np.asarray(real_array(X, "X"), self.dtype)
        self._check(theta.shape, X.shape)
        return theta, X


def _vector(theta: Any) -> Array:
    """The numbers of theta, which may be arrays by parameter."""
    _refuse_nodes(theta, "theta", "[p.data for p in parameters]")
    if isinstance(theta, (list, tuple)) and any(isinstance(x, np.ndarray) and x.ndim for x in theta):
        return np.concatenate([real_array(x, f"theta[{i}]").ravel() for i, x in enumerate(theta)])
    return real_array(theta, "theta")


def _refuse_nodes(argument: Any, name: str, advice: str) -> None:
    nested = argument.tolist() if isinstance(argument, np.ndarray) and argument.dtype == object else argument
    if (node := first_node([nested])) is not None:
        kind = type(node).__name__
        raise TypeError(f"{name} is an array of real numbers, not of {kind}s: pass {advice}")


def program_of(recorded: Tape, dtype: np.dtype[Any], single: bool) -> Program:
    """The program of a recorded graph of Values."""
    tape = guarded(recorded)
    arrays = vectorize_regular(tape)
    every = np.ones(len(tape.code), bool)
    labels = labels_of(tape, every) if arrays is None else arrays.labels
    return Program(arrays, Reference(tape, labels), dtype, single)
