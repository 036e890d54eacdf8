"""Many steps of training in one call of C, over shuffled examples, by an optimizer's rule."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.array_program import ArrayProgram
from autograd._compiler.loops.c.source import generate_c
from autograd._compiler.loops.native.addresses import address, aligned
from autograd._compiler.loops.native.libraries import load
from autograd._compiler.loops.native.updates import Update, update_code

__all__ = ["Trainer", "repays"]

Array = NDArray[Any]

NAME = "program"
SECONDS = 0.03  # of a call: Ctrl-C is heard, and progress shown, between two
FIRST = 1_000_000  # operations of the first call, whose speed is not known yet: about a millisecond

# Seconds: NumPy's calls for a step of the program, forward and backward; what C saves of an operation on an
# example; a build, and a step of the program in it.
CALLS, OPERATION, BUILD, BUILD_STEP = 2e-6, 2e-11, 0.15, 0.015

ADDRESS, LONG, DOUBLE = ctypes.c_void_p, ctypes.c_long, ctypes.c_double

TRAIN = """
/* Steps over mini-batches of the examples in an order; the number of steps before the first that fails.
 *
 * data      for each piece of the columns the array of all examples
 * costs     of each step
 * gradient  of the last step
 * outputs   of each example, in the order
 *
 * The step that fails may have changed theta and the state. */
long {name}_train(real *theta, real *state, const real *const *data, const long *order, long examples,
                  long batch, const double *rates, double t, const double *constants, real *costs,
                  real *gradient, real *outputs) {{
    void *memory = malloc(sizeof(struct scratch) + 64);
    fenv_t environment;
    long step = 0;
    if (!memory)
        return 0;
    feholdexcept(&environment);
    for (long first = 0; first < examples; first += batch, step++) {{
        const long n = examples - first < batch ? examples - first : batch;
        core(aligned(memory), theta, data, order + first, n, examples - first - n, costs + step, gradient,
             outputs + first * OUTPUTS);
        if (failed(costs + step, 1)
            || !update(theta, state, gradient, rates[step], t + step, constants)
            || fetestexcept(FE_OVERFLOW | FE_DIVBYZERO | FE_INVALID))
            break;
    }}
    fesetenv(&environment);
    free(memory);
    return step;
}}
"""


def repays(program: ArrayProgram, examples: int, steps: int) -> bool:
    """Whether training in C saves more time than the build takes.

    An estimate from sizes alone, so that it is the same at every call: C rounds otherwise than NumPy.

    Args:
        examples: in all steps together.
        steps: of training.
    """
    operations = sum(step.operations for step in program.steps)
    saved = steps * len(program.steps) * CALLS + examples * operations * OPERATION
    return saved > BUILD + BUILD_STEP * len(program.steps)


class Trainer:
    """Trains the parameters of a program in C.

    Args:
        program: the program; its first output is the cost of an example.
        dtype: of all arrays, float32 or float64.
        update: the optimizer's rule.
        pieces: the columns of each array that examples lie in, as inputs and desired outputs; by default one.

    Attributes:
        constants: of the rule, float64; they may be changed.
        block: the number of examples that takes about 30 ms, so that Python hears Ctrl-C between two calls.

    Raises:
        ImportError, RuntimeError: where no library can be built, see `libraries.load`.
        OSError, ValueError: where the rule has no C, see `update_code`.
    """

    def __init__(
        self,
        program: ArrayProgram,
        dtype: np.dtype[Any],
        update: Update,
        pieces: Sequence[int] | None = None,
    ) -> None:
        rule = update_code(update, "float" if dtype.itemsize == 4 else "double")
        library = load("\n".join([generate_c(program, dtype, NAME, pieces), rule, TRAIN.format(name=NAME)]))
        self._train = library[f"{NAME}_train"]
        self._train.restype = LONG
        self._train.argtypes = [
            ADDRESS, ADDRESS, ADDRESS, ADDRESS, LONG, LONG,
            ADDRESS, DOUBLE, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
        ]  # fmt: skip
        self.constants = np.array(update.numbers, np.float64)
        operations = sum(step.operations for step in program.steps if step.block.batched)
        self.block = max(1, FIRST // max(1, operations))

    def run(
        self,
        theta: Array,
        state: Array,
        data: Sequence[Array],
        order: Array,
        batch: int,
        rates: Array,
        t: int,
        costs: Array,
        gradient: Array,
        outputs: Array,
    ) -> int:
        """Steps over mini-batches, up to a step whose cost, gradient or new parameters are not finite.

        The NumPy program decides about that step, which has changed nothing, and about one where an operation
        overflows or is undefined on the way. After any exception all is as before.

        All arrays are C-contiguous and of the program's dtype, unless another is named.

        Args:
            theta: the numbers of the parameters; changed.
            state: the optimizer's, shape (states, parameters); changed.
            data: for each piece all examples, shape (examples, columns).
            order: the places of the examples, of one mini-batch after another; the last may be smaller.
            batch: the examples to a mini-batch.
            rates: the learning rate of each step, float64.
            t: the number of the first step, counted from 1 since the state was 0.
            costs: gets the mean of the first output over the mini-batch, for each step.
            gradient: gets that of the last step.
            outputs: gets all outputs of each example, in the order, shape (examples, outputs).

        Returns:
            The number of steps performed.
        """
        pointers, order = (
            np.array([address(piece) for piece in data], np.uintp),
            order.astype(LONG, copy=False),
        )
        before = theta.copy(), state.copy()
        own, slopes = aligned(theta), aligned(gradient)

        def steps(examples: int) -> int:
            performed: int = self._train(
                address(own), address(state), address(pointers), address(order), examples, batch,
                address(rates), t, address(self.constants),
                address(costs), address(slopes), address(outputs),
            )  # fmt: skip
            return performed

        def put_back() -> None:
            np.copyto(theta, before[0])
            np.copyto(state, before[1])

        try:
            start = time.perf_counter()
            performed = steps(len(order))
            seconds = time.perf_counter() - start
            if performed * batch < len(order):  # the same again, without the step that fails
                put_back()
                np.copyto(own, theta)
                steps(performed * batch)
            np.copyto(theta, own)
            np.copyto(gradient, slopes)
        except BaseException:  # Ctrl-C
            put_back()
            raise
        if performed:
            self.block = max(batch, int(min(performed * batch, len(order)) * SECONDS / max(seconds, 1e-6)))
        return performed
