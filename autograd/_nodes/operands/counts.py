"""The count of a mean: a number whose origin a record keeps."""

from __future__ import annotations

import math
from typing import Any

from autograd._table.array_rules.axes import axes_of

__all__ = ["Count"]


class Count(float):
    """How many numbers of an array a sum is divided by.

    A record keeps it in place of the plain number: a program of the record for arrays of other shapes counts
    anew, and need not ask whether the number is a length.

    Args:
        shape: of the array that is added up.
        axis: the axes that are counted.
        less: is subtracted from the count, as the 1 in n - 1; the result is never below 0.

    >>> count = Count((4, 3), 0, less=1)
    >>> count, count.of((10, 3))
    (3.0, 9.0)
    """

    axis: Any
    less: float

    def __new__(cls, shape: tuple[int, ...], axis: Any = None, less: float = 0) -> Count:
        count = super().__new__(cls, _number(shape, axis, less))
        count.axis, count.less = axis, less
        return count

    def of(self, shape: tuple[int, ...]) -> Count:
        """The same count in an array of another shape."""
        return Count(shape, self.axis, self.less)

    def __reduce__(self) -> tuple[Any, ...]:  # for copies and pickles, which know no shape
        return _restored, (float(self), self.axis, self.less)


def _number(shape: tuple[int, ...], axis: Any, less: float) -> float:
    length = math.prod(shape if axis is None else (shape[a] for a in axes_of(axis, len(shape))))
    return float(max(length - less, 0))


def _restored(number: float, axis: Any, less: float) -> Count:
    count = float.__new__(Count, number)
    count.axis, count.less = axis, less
    return count
