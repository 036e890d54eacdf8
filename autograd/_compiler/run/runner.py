"""The interface of whatever runs a program; runners made of other runners."""

from __future__ import annotations

import contextvars
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ByExamples", "Evaluate", "Ordered", "Results", "Runner", "repeat_after_false_alarm", "strict_caller",
]  # fmt: skip

Array = NDArray[Any]
Results = tuple[float, Array, Array]  # the mean of the first output, its gradient, and all outputs
Evaluate = Callable[[Array, Array], Results]

# No product of finite numbers is undefined, but OpenBLAS may say so: in float32, by AVX-512, of a matrix of
# five columns and a vector, it also computes with whatever lies on the stack, and drops the results.
FALSE_ALARMS = {f"invalid value encountered in {product}" for product in ("dot", "matmul")}


class Runner(ABC):
    """Runs a program; several threads may call it at once.

    Theta and X are arrays of the program's dtype and shapes, theta contiguous. Results belong to the caller.

    Attributes:
        dtype: of all arrays.
    """

    dtype: np.dtype[Any]

    @abstractmethod
    def outputs(self, theta: Array, X: Array) -> Array:
        """The outputs, shape (examples, outputs)."""

    @abstractmethod
    def gradient(self, theta: Array, X: Array) -> tuple[float, Array]:
        """The mean of the first output, and its gradient."""

    @abstractmethod
    def results(self, theta: Array, X: Array) -> Results:
        """The mean of the first output, its gradient, and the outputs, shape (examples, outputs)."""

    @abstractmethod
    def source(self, gradient: bool) -> str:
        """The code that runs, for outputs alone or with the gradient."""

    @contextmanager
    def repeated(self) -> Iterator[Evaluate]:
        """As `results`, for many calls by one thread, with a column for each example.

        The outputs, shape (outputs, examples), may be in a buffer that the next call overwrites.
        """

        def evaluate(theta: Array, X: Array) -> Results:
            value, gradient, outputs = self.results(theta, X)
            return value, gradient, outputs.T

        yield evaluate

    def numbers(self, theta: list[float]) -> list[float]:
        """The outputs of a program without inputs."""
        X = np.empty((1, 0), self.dtype)
        numbers: list[float] = self.outputs(np.array(theta, self.dtype), X)[0].tolist()
        return numbers


class ByExamples(Runner):
    """Runs few examples in one way, and more in another.

    Args:
        plain: for few.
        arrays: for more.
        few: the largest number of examples that are few: for outputs alone, and with a gradient.
    """

    def __init__(self, plain: Runner, arrays: Runner, few: tuple[int, int]) -> None:
        self.dtype = arrays.dtype
        self._plain, self._arrays, (self._outputs, self._gradient) = plain, arrays, few

    def outputs(self, theta: Array, X: Array) -> Array:
        return (self._arrays if len(X) > self._outputs else self._plain).outputs(theta, X)

    def gradient(self, theta: Array, X: Array) -> tuple[float, Array]:
        return (self._arrays if len(X) > self._gradient else self._plain).gradient(theta, X)

    def results(self, theta: Array, X: Array) -> Results:
        return (self._arrays if len(X) > self._gradient else self._plain).results(theta, X)

    def source(self, gradient: bool) -> str:
        return self._arrays.source(gradient)

    def numbers(self, theta: list[float]) -> list[float]:
        return (self._plain if self._outputs else self._arrays).numbers(theta)

    @contextmanager
    def repeated(self) -> Iterator[Evaluate]:
        few = self._gradient
        with self._plain.repeated() as plain, self._arrays.repeated() as arrays:
            yield lambda theta, X: arrays(theta, X) if len(X) > few else plain(theta, X)


class Ordered(Runner):
    """Runs a program whose theta or X names leaves in another order than its blocks, or twice.

    Args:
        runner: takes the numbers in the order of the blocks.
        rows, columns: the places of these numbers in theta and X; None where they are in order.
    """

    def __init__(self, runner: Runner, rows: Array | None, columns: Array | None) -> None:
        self.dtype = runner.dtype
        self._runner, self._rows, self._columns = runner, rows, columns

    def outputs(self, theta: Array, X: Array) -> Array:
        return self._runner.outputs(*self._ordered(theta, X))

    def gradient(self, theta: Array, X: Array) -> tuple[float, Array]:
        return self._runner.gradient(*self._ordered(theta, X))

    def results(self, theta: Array, X: Array) -> Results:
        return self._runner.results(*self._ordered(theta, X))

    def source(self, gradient: bool) -> str:
        return self._runner.source(gradient)

    def numbers(self, theta: list[float]) -> list[float]:
        return self._runner.numbers(theta if self._rows is None else [theta[i] for i in self._rows])

    @contextmanager
    def repeated(self) -> Iterator[Evaluate]:
        with self._runner.repeated() as evaluate:
            yield lambda theta, X: evaluate(*self._ordered(theta, X))

    def _ordered(self, theta: Array, X: Array) -> tuple[Array, Array]:
        theta = theta if self._rows is None else theta[self._rows]
        return theta, X if self._columns is None else X[:, self._columns]


def strict_caller() -> Callable[..., Any]:
    """A caller of functions under an error state of NumPy in which they raise, except on underflow.

    It enters a context that is made once, several times as fast as ``np.errstate``; only one thread may be in
    it at a time.
    """
    return _strict_context("raise").run


def repeat_after_false_alarm(
    error: FloatingPointError, numbers: Iterable[Array], function: Callable[..., Any], *args: Any
) -> Any:
    """The results of a function that a strict caller stopped at a product, where nothing is undefined.

    Args:
        error: of that call.
        numbers: all that the function computes with.
        function, args: that function, and its arguments.

    Returns:
        The results of another call, strict but for products; None where the error is no false alarm.
    """
    if str(error) not in FALSE_ALARMS or not all(np.isfinite(array).all() for array in numbers):
        return None
    context = _strict_context("log")
    context.run(np.seterrcall, _ExceptProducts())
    try:
        return context.run(function, *args)
    except FloatingPointError:
        return None


def _strict_context(invalid: Literal["raise", "log"]) -> contextvars.Context:
    context = contextvars.Context()
    context.run(np.seterr, divide="raise", over="raise", invalid=invalid, under="ignore")
    return context


class _ExceptProducts:
    """A log for NumPy that raises every message, except on a product."""

    def write(self, message: str) -> None:
        if message.removeprefix("Warning: ").rstrip() not in FALSE_ALARMS:
            raise FloatingPointError(message)
