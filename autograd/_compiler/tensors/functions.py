"""A recorded graph of Tensors as a function of arrays of certain shapes."""

from __future__ import annotations

import contextvars
import functools
import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.find.tensors.tape import Tape
from autograd._compiler.row_calls import Symbol
from autograd._compiler.run.batches import MATRICES, FewThreads, Place, new_place
from autograd._compiler.run.runner import repeat_after_false_alarm, strict_caller
from autograd._compiler.tensors.code import Generated, generate
from autograd._compiler.tensors.derivative import forward, gradient
from autograd._compiler.tensors.traced import Trace, Traced
from autograd._graph.primitive import PRIMITIVES, Primitive
from autograd._support.callers import numpys_warnings
from autograd._support.collector import spared
from autograd._table.readings import compile_source
from autograd._table.rows import Row

__all__ = ["Task"]

Array = NDArray[Any]


class Task:
    """The outputs of a tape for arguments of certain shapes, or the first output and its gradient.

    Args:
        tape: the recorded graph, with the shapes of the arguments.
        wrt: the leaves to differentiate the first output by, if at all; then the first results are its
            number, as a float, and the derivatives.
        outputs: whether the outputs are results, after these.
        in_vector: whether the leaves of wrt are given one after the other in one vector, and the
            derivatives too.

    Calling it with the arrays of all leaves gives the results as a tuple. Several threads may call it at
    once: each takes buffers of its own.
    """

    def __init__(self, tape: Tape, wrt: Sequence[int] | None, outputs: bool, in_vector: bool = False) -> None:
        self._tape, self._wrt, self._outputs, self._in_vector = tape, wrt, outputs, in_vector
        self._codes: dict[bool, tuple[Any, Generated]] = {}
        self._idle: dict[bool, list[functools.partial[Any]]] = {True: [], False: []}
        self._has_quick = any(_has_quick(line.row) for line in tape.lines)

    def __call__(self, arrays: Sequence[Array]) -> tuple[Any, ...]:
        if _errors is None or _errors.get(None) is None or _ignores_underflow():
            idle = self._idle[True]
            run = idle.pop() if idle else self._more(True)
            try:
                results = run(*arrays)
            except FloatingPointError as error:  # a quick function overflowed, or NumPy has a warning to give
                results = repeat_after_false_alarm(error, arrays, run.args[0], *arrays)
            finally:
                idle.append(run)
            # An overflow in a product or in a thread of BLAS is seen in the number alone.
            if results is not None and (
                not self._has_quick or self._wrt is None or math.isfinite(results[0])
            ):
                return results  # type: ignore[no-any-return]
        idle = self._idle[False]
        run = idle.pop() if idle else self._more(False)
        try:
            with numpys_warnings():
                return run(*arrays)  # type: ignore[no-any-return]
        finally:
            idle.append(run)

    @property
    def source(self) -> str:
        """The code that runs first."""
        return self._code(self._has_quick)[1].source

    def _code(self, quick: bool) -> tuple[Any, Generated]:
        if quick not in self._codes:
            with spared(), np.errstate(all="ignore"):
                generated = self._write(quick)
            self._codes[quick] = compile_source(generated.source, "run"), generated
        return self._codes[quick]

    def _more(self, strict: bool) -> functools.partial[Any]:
        """The function, with buffers of its own; if strict, it raises where NumPy would warn."""
        code, generated = self._code(strict and self._has_quick)
        names = dict(generated.namespace)
        exec(code, names)
        run: Callable[..., Any] = names.pop("run")  # a function among its own globals is a reference cycle
        if self._in_vector:
            run = _OnVectors(names.pop("views_of"), run)
        if generated.multiplications > MATRICES:
            run = FewThreads(generated.multiplications, run)
        return functools.partial(strict_caller(), run) if strict else functools.partial(run)

    def _write(self, quick: bool) -> Generated:
        tape = self._tape
        trace = Trace(tape.dtype, quick)
        labels = [line.label or f"x{place}" for place, line in enumerate(tape.lines[: tape.leaves])]
        values = forward(trace, tape)
        names: dict[Symbol, str] = {}
        for value, line in zip(values, tape.lines, strict=True):
            if line.label and isinstance(value._symbol, Symbol):
                names.setdefault(value._symbol, line.label)
        first: Traced | None = None
        derivatives: list[Traced] = []
        if self._wrt is not None:
            first, derivatives = values[tape.outputs[0]], gradient(trace, tape, values, self._wrt)
            for leaf, derivative in zip(self._wrt, derivatives, strict=True):
                if isinstance(derivative._symbol, Symbol):
                    names.setdefault(derivative._symbol, f"d_{labels[leaf]}")
        outputs = [values[place] for place in tape.outputs] if self._outputs else []
        arguments = values[: tape.leaves]
        return generate(
            trace, arguments, first, derivatives, outputs, names, self._in_vector, quick and not outputs
        )


def _has_quick(row: Primitive | None) -> bool:
    """Whether a row, or its derivative, has a quick function."""
    if not isinstance(row, Row):
        return False
    used = (PRIMITIVES.get(name) for name in row.names_used())
    return any(isinstance(r, Row) and r.quick is not r.on_arrays for r in (row, *used))


class _OnVectors:
    """A function of a vector of parameters, which gives the gradient as a vector.

    Views of a vector take as long as ten small calls. They are made anew for another theta only, and for
    a gradient that a caller still holds: a loop of training needs two gradients, in turn.
    """

    __slots__ = ("_places", "_run", "_theta", "_views_of")

    def __init__(self, views_of: Callable[[Array, Array], Any], run: Callable[..., Any]) -> None:
        self._views_of, self._run = views_of, run
        self._theta: Array | None = None
        self._places: tuple[Place, ...] = ()

    def __call__(self, theta: Array, *others: Array) -> Any:
        if theta is not self._theta:
            self._places, self._theta = (), theta
        for place in self._places:
            if sys.getrefcount(place.gradient) == place.references:
                return place.act(*others)
        place = new_place(theta, self._views_of, self._run)
        self._places = (*self._places[-1:], place)
        return place.act(*others)


def _ignores_underflow() -> bool:
    """Whether NumPy's error state is silent about underflow, which quick functions do not notice."""
    return np.geterr()["under"] == "ignore"


def _variable_of_errors() -> contextvars.ContextVar[Any] | None:
    """The variable of NumPy's error state: a look at it takes 40 ns, `numpy.geterr` 1.2 µs."""
    context = contextvars.Context()
    context.run(np.seterr, under="raise")
    return next(iter(context), None)


_errors = _variable_of_errors()
