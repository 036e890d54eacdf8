"""Arrays of numbers from lists, tables of pandas and arrays of Python objects."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import Tensor
from autograd._graph.node import first_node, plain
from autograd._nodes.tensor import stacked
from autograd._support.checks import holds_reals, is_whole
from autograd._support.entering import check_kind, rectangular

__all__ = ["COLUMNS", "is_text", "nodes_or_numbers", "numeric", "objects"]

Array = NDArray[Any]

MISSING = ("NAType", "NaTType", "NoneType")  # of pandas, which is not imported for this, and of Python
COLUMNS = "pandas.get_dummies({name}) makes columns of numbers of it"


def numeric(x: Any, name: str, of_text: str = COLUMNS) -> Array:
    """Real numbers as an array of numbers.

    Columns of several types, as those of pandas.get_dummies beside others, and nullable columns (Int64,
    Float64, boolean) reach NumPy as arrays of objects: they become float64, or int64 where all are whole.

    Args:
        x: an array, a list, or a table or column of pandas.
        name: the name of x in an error, such as "X".
        of_text: the advice of the error for text.

    Raises:
        TypeError: for anything but real numbers, with the place of the first.
        ValueError: for missing values.

    >>> numeric([[True, 2.5]], "X")
    array([[1. , 2.5]])
    >>> numeric(np.array([1, 2], object), "X")
    array([1, 2])
    >>> numeric([["red", 1.0]], "X")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    TypeError: X is an array of real numbers, and 'red' in row 0, column 0 is text: pandas.get_dummies(X) ...
    """
    if type(x) is np.ndarray and holds_reals(x):
        return x
    if hasattr(x, "toarray"):
        raise TypeError(f"{name} is a sparse array, which nets do not take: {name}.toarray() is a dense one")
    check_kind(x, name)
    array = rectangular(plain(x), name)
    if holds_reals(array):
        return array
    if array.dtype.kind in "UO":
        return _of_objects(objects(x), x, name, of_text.format(name=name))
    raise TypeError(f"{name} is an array of real numbers, not of {array.dtype}")


def nodes_or_numbers(x: Any, name: str, of_text: str = COLUMNS) -> Any:
    """A Tensor, an array of Values, or an array of real numbers; arguments and errors as of `numeric`.

    >>> nodes_or_numbers([Tensor(1.0), Tensor(2.0)], "x"), nodes_or_numbers([1, 2], "x")
    (Tensor([1., 2.]), array([1, 2]))
    """
    x = stacked(x)
    if isinstance(x, Tensor) or (type(x) is np.ndarray and holds_reals(x)):
        return x
    array = rectangular(x, name)
    has_nodes = array.dtype == object and first_node(array.flat) is not None
    return array if has_nodes else numeric(x, name, of_text)


def objects(x: Any) -> Array:
    """The elements as Python objects, since NumPy makes text of a number beside text."""
    return x.astype(object) if isinstance(x, np.ndarray) else np.array(x, dtype=object)


def is_text(labels: Array) -> bool:
    """Whether labels are text, in an array of strings or of objects.

    >>> is_text(np.array(["cat"])), is_text(np.array(["cat"], object)), is_text(np.array([1, 2]))
    (True, True, False)
    """
    kind = labels.dtype.kind
    return kind == "U" or (kind == "O" and any(isinstance(label, str) for label in labels.flat))


def _of_objects(array: Array, x: Any, name: str, of_text: str) -> Array:
    for place, element in np.ndenumerate(array):
        if isinstance(element, (Real, np.bool)):
            continue
        where = _where(place, x)
        if isinstance(element, str):
            cure = f"np.asarray({name}, float) reads the numbers" if _reads_as_number(element) else of_text
            raise TypeError(f"{name} is an array of real numbers, and {element!r} {where} is text: {cure}")
        if type(element).__name__ in MISSING:
            raise ValueError(
                f"{name} has a missing value {where}; with pandas, {name}.dropna() leaves such rows out and "
                f"{name}.fillna(0) puts a number there"
            )
        raise TypeError(
            f"{name} is an array of real numbers, and {element!r:.80} {where} is of type "
            f"{type(element).__name__}"
        )
    whole = all(map(is_whole, array.flat))
    return array.astype(np.int64 if whole else np.float64)


def _reads_as_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _where(place: tuple[int, ...], x: Any) -> str:
    """The row of an element, and the name of its column, if it has one."""
    if not place:
        return "given"
    if len(place) == 1:
        return f"in row {place[0]}"
    names = getattr(x, "columns", None)
    column = place[1] if names is None else repr(list(names)[place[1]])
    return f"in row {place[0]}, column {column}"
