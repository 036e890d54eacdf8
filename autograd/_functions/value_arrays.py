"""Arrays of Values, of which NumPy's functions are rows of the table.

NumPy's own loops over objects ask each Value for truths and numbers: ``np.maximum`` of them takes one of two
that tie with the whole derivative, and ``z > 0`` is an array of truths that a program freezes. A layer of a
net of Values hands its activation an array of this kind, so that one formula means the same on both nodes.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd._graph.primitive import lookup
from autograd._support.numpy_functions import COMPARISON_OPERATORS, COMPARISONS, TESTS
from autograd._table.array_rules.axes import axes_of, other_axes, reduced_shape
from autograd._table.readings import NUMPY

__all__ = ["ValueArray"]


class ValueArray(np.ndarray):
    """An array of Values: ``np.asarray(x).view(ValueArray)``.

    >>> from autograd import Value, where
    >>> z = np.array([Value(-2.0), Value(3.0)]).view(ValueArray)
    >>> np.maximum(z, 0.0)
    array([Value(0.0), Value(3.0)], dtype=object)
    >>> where(z > 0, z, 0.1 * z)
    array([Value(-0.2), Value(3.0)], dtype=object)
    """

    is_plain = True  # nothing is lost with its class: see `_support.entering`

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        arrays = list(map(as_plain_array, inputs))
        if "out" in kwargs:
            kwargs["out"] = tuple(map(as_plain_array, kwargs["out"]))
        row = NUMPY.get(ufunc)
        if method == "__call__" and not kwargs:
            if ufunc.__name__ == "clip":
                return as_value_array(NUMPY[np.clip](*arrays))
            if ufunc in COMPARISON_OPERATORS:
                return as_value_array(ufunc(*arrays, dtype=object))
            if ufunc in COMPARISONS:
                return NUMPY[ufunc](*arrays)
            if row is not None and ufunc.signature is None:
                return as_value_array(np.frompyfunc(row, ufunc.nin, 1)(*arrays))
        if method == "reduce" and ufunc in (np.maximum, np.minimum):
            return as_value_array(_extreme(ufunc, arrays[0], **kwargs))
        return as_value_array(getattr(ufunc, method)(*arrays, **kwargs))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function is np.where and len(args) == 3:
            return as_value_array(lookup("where")(*args))
        if function in TESTS:
            return NUMPY[function](*args, **kwargs)
        return super().__array_function__(function, types, args, kwargs)

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        """As NumPy's: of numbers a plain array."""
        return as_value_array(self.view(np.ndarray).astype(dtype, *args, **kwargs))

    def __getitem__(self, index: Any) -> Any:
        return as_value_array(super().__getitem__(_truths(index)))

    def __setitem__(self, index: Any, new: Any) -> None:
        self.view(np.ndarray)[_truths(index)] = new  # as an assignment, which an array of numbers refuses

    def __repr__(self) -> str:
        return repr(self.view(np.ndarray))


def as_plain_array(x: Any) -> Any:
    return x.view(np.ndarray) if isinstance(x, ValueArray) else x


def as_value_array(x: Any) -> Any:
    return x.view(ValueArray) if type(x) is np.ndarray and x.dtype == object else x


def _truths(index: Any) -> Any:
    """An index with comparisons of Values as truths, which is a look at their numbers."""
    if isinstance(index, tuple):
        return tuple(map(_truths, index))
    chooses = isinstance(index, np.ndarray) and index.dtype == object
    return np.asarray(index).astype(bool) if chooses else index


_USUAL = {"dtype": None, "out": None, "where": True}


def _extreme(ufunc: Any, array: Any, axis: Any = 0, keepdims: bool = False, **others: Any) -> Any:
    """The largest or smallest along some axes; numbers that tie share the derivative."""
    for name, value in others.items():
        if name not in _USUAL or value is not _USUAL[name]:
            raise TypeError(
                f"numpy.{ufunc.__name__} of an array of Values takes axis and keepdims, not {name}={value!r}"
            )

    def chosen(values: list[Any]) -> Any:
        if not values:
            raise ValueError(f"numpy.{ufunc.__name__} of no elements")
        return largest(values) if ufunc is np.maximum else -largest([-x for x in values])

    return reduced(chosen, array, axis, keepdims)


def reduced(function: Callable[[list[Any]], Any], x: Any, axis: Any, keepdims: bool) -> Any:
    """One result for the numbers along each line of the axes."""
    axes = axes_of(axis, x.ndim)
    results = np.empty(reduced_shape(x.shape, axes, keepdims=False), object)
    length = math.prod(x.shape[a] for a in axes)
    lines = x.transpose(*other_axes(axes, x.ndim), *axes).reshape(*results.shape, length)
    for index in np.ndindex(results.shape):
        results[index] = function(lines[index].tolist())
    return np.expand_dims(results, axes) if keepdims else results[()]


def largest(values: list[Any]) -> Any:
    """The largest of Values. All that tie share the derivative; a row of maxima gives three ¼, ¼ and ½."""
    top, *others = values
    if len(others) < 2:
        return functools.reduce(lookup("maximum"), values)
    ties: Any = 1.0  # how many of the numbers before x are as large as the largest of them
    for x in others:
        top, ties = lookup("_larger")(top, x, ties), lookup("_ties")(top, x, ties)
    return top
