"""Arrays as operands: converted, copied or refused, and the errors that name their shapes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._graph.concretization import note_error
from autograd._graph.conditions import Condition
from autograd._graph.node import DomainError, Node, first_node
from autograd._graph.primitive import Primitive
from autograd._nodes.operands.reals import constant
from autograd._support.entering import check_kind, is_locked, is_number
from autograd._table.rows import Row

__all__ = ["array_constant", "check_finite", "private_index", "real_array", "shape_error"]

Array = NDArray[Any]
EXACT = 2**53  # whole numbers up to here are floats


def check_finite(array: Array, what: str, op: Primitive) -> None:
    """Refuse nan and infinities in the result of an operation.

    Args:
        what: begins the error, as "log(p) gave".

    Raises:
        DomainError: names the first that is not finite.
    """
    if not np.all(np.isfinite(array)):
        array = np.asarray(array)
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        note = f": {op} takes {op.domain_text}" if isinstance(op, Row) else ""
        raise DomainError(f"{what} {array[index]} at index {index}{note}")


def real_array(data: Any, what: str) -> Array:
    """A private array of floats."""
    if first_node((data,)) is not None:
        raise TypeError(f"{what} takes numbers, not nodes; to join Tensors use stack or concatenate")
    check_kind(data, what)
    data = float(data) if isinstance(data, Fraction) else data
    try:
        array = np.array(data, order="C")  # so that the same numbers give the same sums to the bit
    except ValueError as error:
        raise TypeError(f"{what} takes an array of real numbers: {error}") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{what} takes an array of real numbers, not {type(data).__name__} of {array.dtype}")
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)


def array_constant(x: Any, op: Primitive) -> Any:
    """A constant operand of a Tensor, its type unchanged, so that NumPy's promotion rules hold."""
    if type(x) is np.ndarray and x.dtype.kind in "fiub":
        return x if is_locked(x) else x.copy()
    if type(x) is float or (type(x) is int and -EXACT < x < EXACT):
        return x
    if is_number(x) or isinstance(x, Condition):
        return constant(x, f"{op} of a Tensor")
    if isinstance(x, Node):
        raise TypeError(
            f"{op} of a Tensor and {x!r:.80}: no operation joins the two kinds of node. Write the whole "
            "calculation with Values, or with Tensors: Tensor(2.0) holds one number, and in a transform the "
            "argument np.array(2.0) is one"
        )
    check_kind(x, f"{op} of a Tensor")
    array = np.array(x) if isinstance(x, (np.ndarray, list, tuple)) else None
    if array is None or array.dtype.kind not in "fiub":
        dtype = "" if array is None else f" of {array.dtype}"
        raise TypeError(
            f"{op} of a Tensor takes Tensors, real numbers and arrays, not {type(x).__name__}{dtype}"
            + (f" ({x!r})" if array is None else "")
        )
    return array


def shape_error(op: Primitive, args: tuple[Any, ...], error: ValueError) -> ValueError:
    """NumPy's error with the operation, the labels and the shapes."""
    if isinstance(error, np.exceptions.AxisError):
        return error
    shapes = " and ".join(
        f"{a.label + ' ' if isinstance(a, Node) and a.label else ''}{np.shape(a)}" for a in args
    )
    if isinstance(error, np.linalg.LinAlgError):
        return note_error(np.linalg.LinAlgError(f"{op} of {shapes}: {error}"))
    if len(args) == 1:
        return ValueError(f"{op} of an array of shape {shapes}: {error}")
    return ValueError(f"{op}: the shapes {shapes} do not fit: {error}")


def private_index(index: Any) -> Any:
    """A copy of an index, so that the caller may change its arrays later."""
    if isinstance(index, tuple):
        # Inside the tuple, a tuple is an array of places.
        return tuple(private_index(list(part) if isinstance(part, tuple) else part) for part in index)
    if isinstance(index, Node):
        raise TypeError(f"an index is made of whole numbers, slices and integer arrays, not {index!r}")
    if index is None or index is Ellipsis or isinstance(index, (int, np.integer, slice)):
        return index
    check_kind(index, "an index")
    array = np.array(index)
    is_empty_list = not array.size and not isinstance(index, np.ndarray)  # x[[]]
    return array.astype(np.intp) if is_empty_list else array
