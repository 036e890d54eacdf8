"""The methods of nodes beside operators: the rows by their names and NumPy's, round and divmod.

NumPy's functions of an array of objects call the method of that name of each element.
"""

from __future__ import annotations

import numbers
import operator
from typing import Any

import numpy as np

from autograd._functions.dispatch import attach, register
from autograd._graph.primitive import lookup
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.numpy_functions import refuse
from autograd._table.define import on_define
from autograd._table.rows import OPERATORS, Row

__all__ = ["rounded"]

MOST = 308


@register(np.round, np.around)
def rounded(a: Any, decimals: int = 0, out: None = None) -> Any:
    """a to the nearest number of so many decimals, to an even one from half way; of nodes, with derivative 0.

    Nodes give it for ``round(x, decimals)``, ``x.round(decimals)`` and ``np.round(x, decimals)``, all in
    NumPy's way: x times 10**decimals is rounded to a whole number, and divided again. The rounding is
    recorded, so a compiled program rounds for each example anew.

    Args:
        decimals: how many; a negative number rounds to tens, hundreds, …

    >>> round(Value(2.5)), round(Value(3.14159), 2), np.round(Value(1234.0), -2)
    (Value(2.0), Value(3.14), Value(1200.0))
    """
    refuse("round", out=out)
    if abs(operator.index(decimals)) > MOST:
        raise ValueError(
            f"round takes decimals from -{MOST} to {MOST}, the powers of ten of a float, not {decimals}"
        )
    scale = 10.0 ** abs(decimals)
    whole = lookup("rint")
    if decimals == 0:
        return whole(a)
    return whole(a * scale) / scale if decimals > 0 else whole(a / scale) * scale


def _install(row: Row) -> None:
    """Give node types the methods by a row's names; of one input a Tensor has them by NumPy's functions."""
    if row.public and row.arity == 1:
        _give(Value, row, row.on_value)
    elif row.public and row.arity == 2 and row.name not in OPERATORS:

        def method(self: Any, *others: Any, **named: Any) -> Any:
            return row(self, *others, **named)

        method.__name__, method.__doc__ = row.name, row.__doc__
        _give(Value, row, method)
        _give(Tensor, row, method)


def _give(node: Any, row: Row, method: Any) -> None:
    for name in {row.name} | row.numpy_names:
        attach(name, method, node)


on_define(_install)


def _round(self: Any, decimals: int | None = None) -> Any:
    """See `rounded`."""
    return rounded(self, 0 if decimals is None else decimals)


def _divmod(self: Any, other: Any) -> tuple[Any, Any]:
    """``(self // other, self % other)``."""
    return self // other, self % other


def _rdivmod(self: Any, other: Any) -> tuple[Any, Any]:
    """``(other // self, other % self)``."""
    return other // self, other % self


for _node in (Value, Tensor):
    attach("round", rounded, _node)
    attach("__round__", _round, _node)
    attach("__divmod__", _divmod, _node)
    attach("__rdivmod__", _rdivmod, _node)

# numpy.testing.assert_equal and pytest.approx take for one number what numbers.Complex has. Not numbers.Real,
# which is asked of a learning rate or an array of numbers: a Value would go in and lose its derivative.
numbers.Complex.register(Value)
