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
        number: the count.
        axis: the axes that are counted; None for all.
        less: is subtracted from the length of these, as the 1 in n - 1; the count is never below 0.

    >>> count = Count.along((4, 3), 0, less=1)
    >>> count, count.of((10, 3))
    (3.0, 9.0)
    """

    __slots__ = ("axis", "less")

    axis: Any
    less: float

    def __new__(cls, number: float, axis: Any = None, less: float = 0) -> Count:
        count = float.__new__(cls, number)
        count.axis, count.less = axis, less
        return count

    @classmethod
    def along(cls, shape: tuple[int, ...], axis: Any = None, less: float = 0) -> Count:
        """The count in an array of a shape."""
        length = math.prod(shape if axis is None else (shape[a] for a in axes_of(axis, len(shape))))
        return cls(max(length - less, 0), axis, less)

    def of(self, shape: tuple[int, ...]) -> Count:
        """The same count in an array of another shape."""
        return Count.along(shape, self.axis, self.less)

    def __reduce__(self) -> tuple[Any, ...]:
        return Count, (float(self), self.axis, self.less)
