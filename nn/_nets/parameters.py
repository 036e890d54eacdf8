"""Reading and setting the numbers of parameters, the same way for `Value` and `Tensor`; all in one vector."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import Tensor, Value

__all__ = ["Flat", "Parameter", "all_finite", "assign", "multiplications", "numbers"]

Array = NDArray[Any]
Parameter = Value | Tensor


def numbers(parameters: Iterable[Parameter]) -> list[Any]:
    """The numbers of parameters, for `assign` to put back later.

    A Tensor's recorded array is never written to, so the snapshot is the array itself.
    """
    return [p._array() if isinstance(p, Tensor) else p.data for p in parameters]


def assign(parameters: Iterable[Parameter], new: Iterable[Any]) -> None:
    """Give each parameter its new number, or an array that nobody else writes to."""
    for p, number in zip(parameters, new, strict=True):
        if isinstance(p, Tensor):
            p._set(number)
        else:
            p.data = number


def all_finite(parameters: Iterable[Parameter]) -> bool:
    """Whether no number in the parameters is nan or infinite.

    >>> all_finite([Value(1.0), Tensor([1.0, 2.0])]), all_finite([Tensor([1.0, np.inf])])
    (True, False)

    Large numbers are finite, and nothing warns of their squares.

    >>> with np.errstate(all="raise"):
    ...     all_finite([Tensor([1e200])])
    True
    """
    parts = numbers(parameters)
    # A sum of squares takes a fifth of the time of np.isfinite, and nan and inf survive in it. Large finite
    # numbers overflow in it too, so that is checked element by element. vdot is the product without a
    # warning: to switch the warning off takes 1 µs, a quarter more.
    squares = [x * x if type(x) is float else np.vdot(x, x) for x in parts]
    return math.isfinite(sum(map(float, squares))) or all(bool(np.isfinite(x).all()) for x in parts)


def multiplications(parameters: Iterable[Parameter], examples: int) -> int:
    """The multiplications in the largest product of a net with these parameters, for so many examples.

    >>> multiplications([Tensor([[1.0, 2.0, 3.0]] * 2), Tensor([1.0, 2.0])], 10)
    60
    """
    return examples * max((p.size if isinstance(p, Tensor) else 1 for p in parameters), default=0)


class Flat:
    """Some parameters, all Values or all Tensors, as the parts of one vector.

    Args:
        parameters: the parameters, in the order of the vector.
        dtype: of the vector; by default that of Tensors, float64 of Values.

    >>> flat = Flat([Tensor([[1.0, 2.0]]), Tensor(3.0)])
    >>> theta = flat.read()
    >>> theta
    array([1., 2., 3.])
    >>> flat.write(theta * 2)
    >>> flat.parameters
    [Tensor([[2., 4.]]), Tensor(6.)]
    """

    def __init__(self, parameters: Sequence[Any], dtype: np.dtype[Any] | None = None) -> None:
        self.parameters = list(parameters)
        self._of_tensors = any(isinstance(p, Tensor) for p in self.parameters)
        kinds = [p.dtype for p in self.parameters] if self._of_tensors else [np.float64]
        self.dtype = np.result_type(*kinds) if dtype is None else dtype
        sizes = [p.size if self._of_tensors else 1 for p in self.parameters]
        self._slices = [slice(*ends) for ends in pairwise(accumulate(sizes, initial=0))]
        self.size = sum(sizes)

    def read(self) -> Array:
        """The numbers of the parameters as a new vector."""
        if not self._of_tensors:
            return np.array(numbers(self.parameters), self.dtype)
        parts = [np.ravel(array) for array in numbers(self.parameters)]
        return np.concatenate(parts, dtype=self.dtype, casting="same_kind")

    def write(self, theta: Array) -> None:
        """Give each parameter its numbers."""
        assign(self.parameters, self.split(theta))

    def write_gradient(self, gradient: Array) -> None:
        """Give each parameter its gradient."""
        for p, g in zip(self.parameters, self.split(gradient), strict=True):
            p.grad = g

    def join(self, parts: Sequence[Any]) -> Any:
        """A number or array for each parameter as one vector; as one number, where all have the same."""
        first = parts[0]
        if np.ndim(first) == 0 and parts.count(first) == len(parts):
            return first
        if not self._of_tensors:
            return np.array(parts, self.dtype if type(first) is float else None)
        shapes = [p.shape for p in self.parameters]
        return np.concatenate([np.ravel(np.broadcast_to(x, s)) for x, s in zip(parts, shapes, strict=True)])

    def split(self, vector: Any) -> list[Any]:
        """The numbers or new arrays of each parameter in a vector; one number for all of them."""
        if not np.ndim(vector):
            return [vector] * len(self.parameters)
        if not self._of_tensors:
            each: list[float] = vector.tolist()
            return each
        return [
            vector[part].reshape(p.shape).astype(p.dtype if vector.dtype.kind == "f" else vector.dtype)
            for p, part in zip(self.parameters, self._slices, strict=True)
        ]
