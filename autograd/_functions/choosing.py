"""Functions that choose, element by element, between numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd._functions.dispatch import array_of, attach, counterpart, free_counterpart
from autograd._graph.concretization import look_at
from autograd._graph.conditions import ArrayCondition
from autograd._graph.node import Node, plain
from autograd._graph.primitive import lookup
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.numpy_functions import NOTHING
from autograd._table.array_rules import linear as rows

__all__ = ["clip", "nan_to_num", "piecewise", "select"]


def _bounds(by_place: tuple[Any, Any], by_name: tuple[Any, Any]) -> tuple[Any, Any]:
    placed, named = (sum(bound is not NOTHING for bound in bounds) for bounds in (by_place, by_name))
    if placed == 1 or (placed and named):
        raise TypeError("clip takes a_min and a_max, or min and max; None is no bound")
    low, high = by_place if placed else by_name
    return None if low is NOTHING else low, None if high is NOTHING else high


@counterpart(np.clip, generic=True, method=False)
def clip(
    a: Any, a_min: Any = NOTHING, a_max: Any = NOTHING, *, min: Any = NOTHING, max: Any = NOTHING
) -> Any:
    """a limited to the range from a_min to a_max: minimum(maximum(a, a_min), a_max).

    The bounds may be nodes. Where a equals a bound, both have half of the derivative.

    Args:
        a: a Tensor, an array, a Value, or a list or array of Values.
        a_min, a_max: numbers or arrays that broadcast with a; None for no bound.
        min, max: the same, by other names.

    >>> x = Tensor([-1.0, 0.0, 0.5, 2.0])
    >>> y = clip(x, 0.0, 1.0)
    >>> y.sum().backward()
    >>> y, x.grad
    (Tensor([0. , 0. , 0.5, 1. ]), array([0. , 0.5, 1. , 0. ]))
    """
    if isinstance(a, np.ndarray) and not a.ndim:
        a = a[()]  # a single Value
    low, high = _bounds((a_min, a_max), (min, max))
    above = a if low is None else lookup("maximum")(a, low)
    clipped = above if high is None else lookup("minimum")(above, high)
    return lookup("_identity")(a) if clipped is a else clipped


def _clip_method(self: Node, min: Any = None, max: Any = None, out: None = None) -> Any:
    """x limited to the range from a lower to an upper bound; see `autograd.clip`."""
    return clip(self, min, max, out=out)  # type: ignore[call-arg]


attach("clip", _clip_method)
attach("clip", _clip_method, Value)  # np.clip asks for it, and its own loop would choose where two tie


@counterpart(np.select, joins=True)
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """For each element, the choice of the first condition that holds; the default if none holds.

    >>> x = Tensor([-2.0, 0.5, 3.0])
    >>> select([x < 0, x < 1], [-x, x * x], default=1.0)
    Tensor([2.  , 0.25, 1.  ])
    """
    if len(condlist) != len(choicelist) or not len(condlist):
        raise ValueError(
            f"select takes a choice for each condition, not {len(condlist)} and {len(choicelist)}"
        )
    dtype = np.result_type(*map(plain, choicelist), plain(default))
    chosen, *choices = (
        x if isinstance(x, Node) else np.asarray(x, dtype) for x in (default, *choicelist[::-1])
    )
    for condition, choice in zip(reversed(condlist), choices, strict=True):
        holds = condition if isinstance(condition, ArrayCondition) else np.asarray(condition)
        if holds.dtype != bool:
            raise TypeError(f"a condition of select is an array of bools, not of {holds.dtype}")
        chosen = lookup("where")(holds, choice, chosen)
    return chosen


@free_counterpart(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Any:
    """For each element, the function or number whose condition holds.

    A last function or number without a condition is for elements where no condition holds; without it, 0.

    A function is called only with the elements whose condition holds. If several hold, the last counts.

    >>> x = Tensor([-4.0, 4.0])
    >>> piecewise(x, [x < 0, x >= 0], [lambda x: -x, lambda x: x**0.5])
    Tensor([4., 2.])
    """
    x = array_of(x)
    if np.isscalar(condlist) or (x.ndim and not isinstance(condlist[0], (list, np.ndarray))):
        condlist = [condlist]
    conditions = np.asarray(condlist, bool)
    if len(funclist) == len(conditions) + 1:
        conditions = np.concatenate([conditions, ~np.any(conditions, axis=0, keepdims=True)])
    if len(funclist) != len(conditions):
        n = len(conditions)
        raise ValueError(f"piecewise takes {n} or {n + 1} functions for {n} conditions, not {len(funclist)}")
    zeros = np.zeros(x.shape, float if x.dtype == object else x.dtype)
    total: Any = Tensor(zeros) if isinstance(x, Tensor) else zeros
    for i, (condition, function) in enumerate(zip(conditions, funclist, strict=True)):
        where = np.asarray(condition & ~np.any(conditions[i + 1 :], axis=0))
        if not where.any():
            continue
        part = function(x[where], *args, **kw) if callable(function) else function
        part = rows.broadcast_to(array_of(part), shape=(int(where.sum()),))
        total = total + rows.put(part, index=where, shape=x.shape)
    return total


@counterpart(np.nan_to_num)
def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """x with numbers in place of nan and the infinities, which have no derivative there.

    Args:
        x: a Tensor or an array.
        copy: without meaning for a Tensor.
        nan, posinf, neginf: the numbers; by default 0 and the largest and the smallest of the dtype.

    >>> nan_to_num(Tensor([1.0, np.nan]))
    Tensor([1., 0.])
    """
    where, ends, numbers = lookup("where"), np.finfo(x.dtype), x
    for test, number in (
        (np.isnan, nan),
        (np.isposinf, float(ends.max) if posinf is None else posinf),
        (np.isneginf, float(ends.min) if neginf is None else neginf),
    ):
        x = where(look_at(numbers, test), number, x)
    return x
