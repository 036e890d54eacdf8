"""NumPy's functions whose results have no derivative: plain results, of the numbers of nodes."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd._functions.dispatch import attach, counterpart, register
from autograd._graph.concretization import look_at, note_concretized
from autograd._graph.context import SWITCHES, records
from autograd._graph.leaving import plain_array
from autograd._graph.node import Node, first_node, plain
from autograd._graph.primitive import lookup
from autograd._nodes.tensor import Tensor
from autograd._support.numpy_functions import COMPARISON_OPERATORS, COMPARISONS, TESTS
from autograd._table.array_rules import linear as rows

__all__ = [
    "allclose", "argmax", "argmin", "argsort", "array_equal", "full_like", "isclose", "ones_like",
    "zeros_like",
]  # fmt: skip

# Functions of the shape alone, which the rows ask for at each step.
SHAPES: tuple[Callable[..., Any], ...] = (np.shape, np.ndim, np.size)
# Functions of shape and dtype, for which the numbers of a Tensor make no difference.
OF_KIND: tuple[Callable[..., Any], ...] = (
    np.zeros_like, np.ones_like, np.empty_like, np.result_type, np.common_type, np.can_cast,
    np.min_scalar_type, np.tril_indices_from, np.triu_indices_from, np.diag_indices_from,
    np.may_share_memory, np.shares_memory,
)  # fmt: skip
# Places, counts, truths, dtypes and texts, and arrays of the same shape.
PLAIN: tuple[Callable[..., Any], ...] = (
    *SHAPES, *OF_KIND, *COMPARISONS, *TESTS, np.argmax, np.argmin, np.argsort, np.argpartition, np.argwhere,
    np.nonzero, np.flatnonzero, np.searchsorted, np.lexsort, np.digitize, np.count_nonzero, np.bincount,
    np.histogram, np.all, np.any, np.isin, np.array_repr, np.array_str, np.array2string,
)  # fmt: skip


def on_numbers(numpy_function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of NumPy's of the numbers alone."""
    numbers = _unread_numbers if numpy_function in OF_KIND else _numbers

    @functools.wraps(numpy_function)
    def function(*args: Any, **named: Any) -> Any:
        return numpy_function(*map(numbers, args), **{name: numbers(x) for name, x in named.items()})

    return function


def _unread_numbers(x: Any) -> Any:
    return plain(x) if isinstance(x, Tensor) else _numbers(x)


def _numbers(x: Any) -> Any:
    """The numbers of nodes, also of nodes in lists and arrays; anything else as it is."""
    node = first_node((x,))
    if isinstance(node, Tensor):
        return look_at(x) if x is node else type(x)(map(_numbers, x))
    if node is None and not (isinstance(x, np.ndarray) and x.dtype == object):
        return x
    for element in np.asarray(x, object).flat:
        if isinstance(element, Node):
            note_concretized(element)
    return plain_array(x)


for _numpy_function in PLAIN:
    register(_numpy_function)(on_numbers(_numpy_function))


def compared(ufunc: Callable[..., Any], of_tensors: Callable[..., Any]) -> Callable[..., Any]:
    """A comparison by NumPy's name, which recordings of Tensors record as that by its operator."""
    of_numbers = on_numbers(ufunc)

    @functools.wraps(ufunc)
    def function(*args: Any, **named: Any) -> Any:
        if SWITCHES["noted"] and not named and records() and any(isinstance(x, Tensor) for x in args):
            return of_tensors(*args)
        return of_numbers(*args, **named)

    return function


def _by_operator(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    swapped = {operator.lt: operator.gt, operator.le: operator.ge, operator.eq: operator.eq}
    swapped |= {operator.gt: operator.lt, operator.ge: operator.le, operator.ne: operator.ne}
    # An array on the left would ask this function again.
    return lambda x, y: compare(x, y) if isinstance(x, Tensor) else swapped[compare](y, x)


for _ufunc, _operator in COMPARISON_OPERATORS.items():
    register(_ufunc)(compared(_ufunc, _by_operator(_operator)))
register(np.isnan)(compared(np.isnan, lambda x: x != x))


def of_shape(numpy_function: Callable[..., Any]) -> Callable[..., Any]:
    """As `on_numbers`, of one node, without a look at its numbers."""
    return lambda a, *args, **named: numpy_function(plain(a), *args, **named)


for _numpy_function in SHAPES:
    register(_numpy_function)(of_shape(_numpy_function))


@register(np.where)
def _where(condition: Any, *branches: Any) -> Any:
    """NumPy's where, which of a condition alone gives the places."""
    return lookup("where")(condition, *branches) if branches else np.nonzero(_numbers(condition))


def argmax(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """The place of the largest number, of the first where several tie; in a row of all, or along an axis.

    >>> int(argmax(Tensor([1.0, 3.0, 2.0])))
    1
    """
    return np.argmax(_numbers(a), axis, keepdims=keepdims)


def argmin(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """The place of the smallest number, of the first where several tie; in a row of all, or along an axis.

    >>> int(argmin(Tensor([1.0, 3.0, 2.0])))
    0
    """
    return np.argmin(_numbers(a), axis, keepdims=keepdims)


def argsort(a: Any, axis: Any = -1, kind: Any = None) -> Any:
    """The places of the numbers in their order, along an axis.

    >>> argsort(Tensor([1.0, 3.0, 2.0])).tolist()
    [0, 2, 1]
    """
    return np.argsort(_numbers(a), axis, kind)


def isclose(a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    """Element by element, whether |a - b| ≤ atol + rtol |b|.

    >>> isclose(Tensor([1.0, 2.0]), [1.0, 2.1]).tolist()
    [True, False]
    """
    return np.isclose(_numbers(a), _numbers(b), rtol, atol, equal_nan)


def allclose(a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether all numbers are close, as `isclose` says.

    >>> allclose(Tensor([1.0, 2.0]), [1.0, 2.0])
    True
    """
    return bool(np.all(isclose(a, b, rtol, atol, equal_nan)))


def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> bool:
    """Whether two arrays have the same shape and the same numbers.

    >>> array_equal(Tensor([1.0, 2.0]), [1.0, 2.0])
    True
    """
    return bool(np.array_equal(_numbers(a1), _numbers(a2), equal_nan))


def zeros_like(a: Any, dtype: Any = None) -> Any:
    """A plain array of zeros in the shape of a.

    >>> zeros_like(Tensor([1.0, 2.0]))
    array([0., 0.])
    """
    return np.zeros(np.shape(a), dtype or _dtype(a))


def ones_like(a: Any, dtype: Any = None) -> Any:
    """A plain array of ones in the shape of a.

    >>> ones_like(Tensor([1.0, 2.0]))
    array([1., 1.])
    """
    return np.ones(np.shape(a), dtype or _dtype(a))


def _dtype(a: Any) -> Any:
    """The dtype of x; float64 for Values and numbers."""
    own = a.dtype if isinstance(a, (np.ndarray, np.generic, Tensor)) else np.dtype(float)
    return np.dtype(float) if own.kind == "O" else own


@counterpart(np.full_like, generic=True)
def full_like(a: Any, fill_value: Any) -> Any:
    """An array in the shape of a, of one number; of a Tensor a Tensor, of a Value an array of it.

    >>> full_like(Tensor([1.0, 2.0]), 3.0)
    array([3., 3.])
    >>> full_like(np.zeros(2), Tensor(3.0))
    Tensor([3., 3.])
    """
    if isinstance(fill_value, Node) and not isinstance(fill_value, Tensor):
        return np.full(np.shape(a), fill_value, object)
    if not isinstance(fill_value, Tensor):
        return np.full_like(plain(a), fill_value)
    return rows.broadcast_to(fill_value.astype(a.dtype), shape=a.shape)


def _tolist(self: Tensor) -> Any:
    """The numbers in nested lists, out of the graph, as `item` gives one."""
    return self.data.tolist()


attach("tolist", _tolist)
