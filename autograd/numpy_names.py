"""NumPy's functions of whole arrays with NumPy's arguments, on Tensors and on arrays of Values.

A function of ours is declared with the arguments that say something here, under NumPy's names. What stands
in for NumPy's own function, and is public under its name, takes all of NumPy's arguments in NumPy's order:
of a Tensor, ours, and an argument that says nothing is refused by name; of Values and plain numbers,
NumPy's, or what is declared for Values. If NumPy's arrays have it as a method, Tensors have too.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np

from autograd.arrays import ValueArray
from autograd.conditions import Condition
from autograd.entering import boxed, check_kind
from autograd.graph import Node, first_node
from autograd.primitives import NUMPY, is_number
from autograd.tensor import NOTHING, Tensor, refuse, stacked

__all__ = ["counterpart"]

F = TypeVar("F", bound=Callable[..., Any])


def array_of(x: Any) -> Any:
    """x as something with a shape: a Tensor, or an array (of objects, if it holds Values)."""
    if isinstance(x, Iterator):  # a generator
        x = list(x)
    x = stacked(x)
    if isinstance(x, Tensor):
        return x
    check_kind(x, "a function of arrays")
    array = np.asarray(x)
    if array.dtype == object and all(isinstance(e, (Node, Condition)) or is_number(e) for e in array.flat):
        return array
    if array.dtype.kind not in "fiub":
        raise TypeError(f"expected numbers, Values or a Tensor, not {type(x).__name__} of {array.dtype}")
    return array


def counterpart(
    numpys: Callable[..., Any],
    *,
    values: Callable[..., Any] | None = None,
    joins: bool = False,
    method: bool = True,
) -> Callable[[F], F]:
    """Let a function of Tensors stand for one of NumPy's.

    Args:
        numpys: NumPy's function.
        values: what it is of an array of Values, with the same arguments; NumPy's own by default.
        joins: whether its first argument is a list of arrays, which belong together but are not one.
        method: whether Tensors have it as a method, if arrays do.

    Raises:
        TypeError: when ours declares an argument that NumPy's does not have.
    """

    def declare(ours: F) -> F:
        stand_in = _stand_in(numpys, ours, values, joins)
        NUMPY[numpys] = stand_in
        name = numpys.__name__
        if method and hasattr(np.ndarray, name) and name not in vars(Tensor):
            setattr(Tensor, name, stand_in)
        return stand_in  # type: ignore[return-value]

    return declare


def _stand_in(
    numpys: Callable[..., Any],
    ours: Callable[..., Any],
    values: Callable[..., Any] | None,
    joins: bool,
) -> Callable[..., Any]:
    name = numpys.__name__
    declared = set(list(inspect.signature(ours).parameters)[1:])
    signature = _signature(numpys, ours)
    first, *others = signature.parameters
    if missing := declared - set(others):
        raise TypeError(f"numpy.{name} has no argument {sorted(missing)}")
    usual = {p.name: p.default for p in signature.parameters.values()}
    in_order = [p.name for p in signature.parameters.values() if p.kind is not p.KEYWORD_ONLY]

    def named_arguments(args: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
        """All that were given, by their names."""
        given = dict(zip(in_order, args, strict=False))
        together = {**given, **named}
        count = len(args) + len(named)
        if len(together) < count or first not in together or not together.keys() <= usual.keys():
            signature.bind(*args, **named)  # which says what is wrong
        return together

    @functools.wraps(ours)
    def stand_in(*args: Any, **named: Any) -> Any:
        given = named_arguments(args, named)
        x = given.pop(first)
        if not joins:
            x = array_of(x)
        node = first_node((x, *given.values()))
        if not isinstance(node, Tensor):
            of_values = node is not None or any(map(_holds_values, (x, *given.values())))
            if of_values and values is not None and given.keys() <= declared:
                return values(x, **given)
            args, named = args and (x, *args[1:]), named if args else {**named, first: x}
            return _by_numpy(numpys, args, named) if of_values else numpys(*args, **named)
        said = {}
        for argument, value in given.items():
            if argument not in declared:
                _check_says_nothing(name, argument, value, usual[argument], x)
            elif value is not NOTHING:
                said[argument] = value
        return ours(x, **said)

    return stand_in


def _holds_values(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype == object


def _signature(numpys: Callable[..., Any], ours: Callable[..., Any]) -> inspect.Signature:
    try:
        return inspect.signature(numpys)
    except ValueError:  # NumPy's functions in C had no signature before 2.4
        return inspect.signature(ours)


def _check_says_nothing(function: str, argument: str, value: Any, usual: Any, x: Any) -> None:
    """Refuse an argument by its name, if it is not as usual."""
    its_own = argument == "dtype" and value is not None and np.dtype(value) == getattr(x, "dtype", None)
    if not (its_own or value is usual or (isinstance(value, str) and value == usual)):
        refuse(function, **{argument: value})


def _by_numpy(numpys: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """NumPy's own function of Values, its comparisons and functions those of the table."""
    return _plainly(numpys(*map(_seen, args), **{name: _seen(x) for name, x in named.items()}))


def _seen(x: Any) -> Any:
    if isinstance(x, Node):
        return boxed(x).view(ValueArray)
    if isinstance(x, (list, tuple)) and first_node(x) is not None:
        return np.asarray(x, object).view(ValueArray)
    return x.view(ValueArray) if type(x) is np.ndarray and x.dtype == object else x


def _plainly(x: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return type(x)(map(_plainly, x))
    return x.view(np.ndarray) if isinstance(x, ValueArray) else x
