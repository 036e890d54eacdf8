"""A program's C functions, called with arrays."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.array_program import ArrayProgram
from autograd._compiler.describe.text import counted
from autograd._compiler.loops.c.source import generate_c
from autograd._compiler.loops.native.addresses import pointer
from autograd._compiler.loops.native.libraries import load
from autograd._compiler.loops.straight import is_scattered

__all__ = ["NAME", "Calls"]

Array = NDArray[Any]

NAME = "program"
ADDRESS = ctypes.c_void_p
# Of a program that is built: steps, of which a compiler takes 3 ms each; and operations of a straight line of
# calls, 0.4 ms.
STEPS, OPERATIONS = 5_000, 120_000
# An array holds a pointer to its data, which C reads in less time than Python.
CALLS = """
int {name}_at(const real **theta, const real **X, long n, real **outputs) {{
    return {name}(*theta, *X, n, *outputs);
}}

int {name}_gradient_at(const real **theta, const real **X, long n, real **value, real **gradient,
                       real **outputs) {{
    return {name}_gradient(*theta, *X, n, *value, *gradient, *outputs);
}}
"""


class Calls:
    """A program in C: its outputs, and its gradient. Several threads may call it at once.

    Args:
        program: the program.
        dtype: of all arrays, float32 or float64.

    Raises:
        ImportError, RuntimeError: where no library can be built, see `libraries.load`; for many steps.
    """

    def __init__(self, program: ArrayProgram, dtype: np.dtype[Any]) -> None:
        self._dtype, self._outputs, self._parameters = dtype, len(program.outputs), len(program.wrt)
        if is_scattered(program):
            size, most, noun = sum(step.operations for step in program.steps), OPERATIONS, "operation"
        else:
            size, most, noun = len(program.steps), STEPS, "step"
        if size > most:
            raise RuntimeError(
                f"this program has {counted(size, noun)}, for which a C compiler takes minutes: native() "
                f"builds at most {most:,}. Without native() it runs by NumPy; to_c(name, path) writes the "
                "file for a compiler that may take longer"
            )
        library = load(generate_c(program, dtype, NAME) + CALLS.format(name=NAME))
        self._forward, self._gradient = library[f"{NAME}_at"], library[f"{NAME}_gradient_at"]
        self._forward.argtypes = [ADDRESS, ADDRESS, ctypes.c_long, ADDRESS]
        self._gradient.argtypes = [ADDRESS, ADDRESS, ctypes.c_long, ADDRESS, ADDRESS, ADDRESS]

    def outputs(self, theta: Array, X: Array) -> Array | None:
        """The outputs, shape (examples, outputs); None where a number is not finite."""
        outputs = np.empty((len(X), self._outputs), self._dtype)
        failed = self._forward(pointer(theta), pointer(X), len(X), pointer(outputs))
        return None if failed else outputs

    def gradient(self, theta: Array, X: Array) -> tuple[float, Array, Array] | None:
        """The mean of the first output, its gradient, and the outputs, shape (outputs, examples); or None."""
        outputs = np.empty((len(X), self._outputs), self._dtype)
        value, gradient = np.empty(1, self._dtype), np.empty(self._parameters, self._dtype)
        failed = self._gradient(
            pointer(theta), pointer(X), len(X), pointer(value), pointer(gradient), pointer(outputs)
        )
        return None if failed else (value.item(), gradient, outputs.T)
