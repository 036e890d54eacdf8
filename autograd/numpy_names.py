"""NumPy's functions of whole arrays with NumPy's arguments, on Tensors and on arrays of Values.

A function of ours is declared with the arguments that say something here, under NumPy's names. What stands
in for NumPy's own function, and is public under its name, takes all of NumPy's arguments in NumPy's order:
of a Tensor, ours, and an argument that says nothing is refused by name; of Values and plain numbers,
NumPy's, or what is declared for Values. If NumPy's arrays have it as a method, Tensors have too.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np

from autograd.arrays import ValueArray, bare, viewed
from autograd.conditions import Condition
from autograd.entering import boxed, check_kind, unboxed
from autograd.graph import Node, first_node
from autograd.numpy_arguments import NOTHING, refuse
from autograd.primitives import NUMPY, is_number
from autograd.tensor import Tensor, stacked

__all__ = ["array_of", "attach", "counterpart", "free_counterpart"]

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
    if array.dtype == object and any(isinstance(e, np.ndarray) for e in array.flat):
        array = _unboxed(array)
    if array.dtype == object and all(isinstance(e, (Node, Condition)) or is_number(e) for e in array.flat):
        return array
    if array.dtype.kind not in "fiub":
        raise TypeError(f"expected numbers, Values or a Tensor, not {type(x).__name__} of {array.dtype}")
    return array


_unboxed = np.frompyfunc(unboxed, 1, 1)


def counterpart(
    numpys: Callable[..., Any],
    *,
    values: Callable[..., Any] | None = None,
    generic: bool = False,
    joins: bool = False,
    method: bool = True,
) -> Callable[[F], F]:
    """Let a function of Tensors stand for one of NumPy's.

    Args:
        numpys: NumPy's function.
        values: what it is of an array of Values, with the same arguments; NumPy's own by default.
        generic: whether ours is written for arrays of Values too.
        joins: whether its first argument is a list of arrays, which belong together but are not one.
        method: whether Tensors have it as a method, if arrays do.
    """

    def declare(ours: F) -> F:
        stand_in = _StandIn(numpys, ours, ours if generic else values, joins).function()
        NUMPY[numpys] = stand_in
        if method and hasattr(np.ndarray, numpys.__name__):
            attach(numpys.__name__, stand_in)
        return stand_in  # type: ignore[return-value]

    return declare


def free_counterpart(numpys: Callable[..., Any]) -> Callable[[F], F]:
    """As `counterpart`, for a function of any number of arrays, with ours for Values too."""

    def declare(ours: F) -> F:
        @functools.wraps(ours)
        def stand_in(*args: Any, **named: Any) -> Any:
            together = (*args, *named.values())
            of_nodes = first_node(together) is not None or any(map(_holds_values, together))
            return ours(*args, **named) if of_nodes else numpys(*args, **named)

        NUMPY[numpys] = stand_in
        return stand_in  # type: ignore[return-value]

    return declare


def attach(name: str, method: Callable[..., Any], kind: type[Node] = Tensor) -> None:
    """Give a type of node a method; those written in the class are quicker, and stay."""
    if name not in vars(kind):
        setattr(kind, name, method)


class _StandIn:
    """What is asked in place of a function of NumPy's, with its arguments."""

    def __init__(
        self,
        numpys: Callable[..., Any],
        ours: Callable[..., Any],
        values: Callable[..., Any] | None,
        joins: bool,
    ) -> None:
        self.numpys, self.ours, self.values, self.joins = numpys, ours, values, joins
        self.name = numpys.__name__
        declared = inspect.signature(ours)
        self.signature = _signature(numpys, declared)
        self.first, *_ = self.signature.parameters  # the array, as NumPy calls it
        self.own_first, *others = declared.parameters  # and as ours does
        self.declared = set(others)
        self.takes_all = any(p.kind is p.VAR_KEYWORD for p in declared.parameters.values())
        # What each argument is if nothing is said, and those that can be given by their place.
        parameters = {**declared.parameters, **self.signature.parameters}.values()
        self.usual = {p.name: p.default for p in parameters if p.kind is not p.VAR_KEYWORD}
        self.in_order = _by_place(self.signature)
        pairs = zip(_by_place(declared)[1:], self.in_order[1:], strict=False)
        self.alike = 1 + len(list(itertools.takewhile(_equal, pairs)))  # those in the same place in both

    def function(self) -> Callable[..., Any]:
        ours, declared, joins, alike = self.ours, self.declared, self.joins, self.alike

        @functools.wraps(ours)
        def stand_in(*args: Any, **named: Any) -> Any:
            # The usual call, of a Tensor with nothing said that ours does not take, is not looked at further.
            if 0 < len(args) <= alike and (not named or _all_said(named, declared)):
                x = args[0]
                if type(x) is Tensor if not joins else type(x) in (list, tuple) and Tensor in map(type, x):
                    return ours(*args, **named)
            return self.answer(args, named)

        return stand_in

    def answer(self, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if self.own_first in named and self.first not in named:
            named[self.first] = named.pop(self.own_first)
        given = self.by_name(args, named)
        x = given.pop(self.first)
        if not self.joins:
            x = array_of(x)
        args, named = (x, *args[1:]), {name: named[name] for name in named.keys() & given.keys()}
        node = first_node((x, *given.values()))
        if node is None and not any(map(_holds_values, (x, *given.values()))):
            return self.numpys(*args, **named)
        said = {name: value for name, value in given.items() if not self.is_usual(name, value)}
        if isinstance(node, Tensor):
            self.refuse_others(x, said)
            return self.ours(x, **said)
        if self.values is not None and said.keys() <= self.declared:
            return self.values(x, **said)
        _check_holds_nodes(self.name, said.get("dtype"), said.get("out"))
        return by_numpy(self.numpys, args, named)

    def by_name(self, args: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
        """The arguments by their names."""
        given = {**dict(zip(self.in_order, args, strict=False)), **named}
        all_taken = len(given) == len(args) + len(named) and given.keys() <= self.usual.keys()
        if not all_taken or self.first not in given:
            self.signature.bind(*args, **named)  # which says what is wrong
        return given

    def is_usual(self, argument: str, value: Any) -> bool:
        """Whether an argument is what it is if nothing is said, so that nothing is said by it."""
        usual = self.usual.get(argument)
        return value is NOTHING or value is usual or (isinstance(value, str) and value == usual)

    def refuse_others(self, x: Any, said: dict[str, Any]) -> None:
        """Refuse by its name an argument that a Tensor does not take."""
        if self.takes_all:
            return
        if _is_its_own(said.get("dtype"), x) and "dtype" not in self.declared:
            del said["dtype"]
        for argument in said.keys() - self.declared:
            refuse(self.name, **{argument: said[argument]})
            del said[argument]


def _equal(pair: tuple[Any, Any]) -> bool:
    return bool(pair[0] == pair[1])


def _all_said(named: dict[str, Any], declared: set[str]) -> bool:
    return named.keys() <= declared and not any(value is NOTHING for value in named.values())


def _is_its_own(dtype: Any, x: Any) -> bool:
    try:
        return dtype is not None and isinstance(x, Tensor) and np.dtype(dtype) == x.dtype
    except TypeError:
        return False


def _signature(numpys: Callable[..., Any], declared: inspect.Signature) -> inspect.Signature:
    """NumPy's; where an older NumPy shows none, or lacks an argument, that of ours."""
    try:
        signature = inspect.signature(numpys)
    except ValueError:
        return declared
    takes_all = any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())
    lacking = set(list(declared.parameters)[1:]) - set(signature.parameters)
    return declared if lacking and not takes_all else signature


def _by_place(signature: inspect.Signature) -> list[str]:
    placed = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in signature.parameters.values() if p.kind in placed]


def _holds_values(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype == object


def _check_holds_nodes(name: str, dtype: Any, out: Any) -> None:
    """Refuse plain numbers as results of Values: NumPy would ask each for its number."""
    numbers = dtype is not None and np.dtype(dtype) != object
    if numbers or (isinstance(out, np.ndarray) and out.dtype != object):
        argument = f"dtype={np.dtype(dtype)}" if numbers else "out= of plain numbers"
        raise TypeError(
            f"{name} of Values takes no {argument}: their derivatives would be lost without a word. Leave it "
            "out, or compute with the numbers, [v.data for v in values]"
        )


def by_numpy(numpys: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """NumPy's own function of Values, its comparisons and functions those of the table."""
    return _plainly(numpys(*map(_seen, args), **{name: _seen(x) for name, x in named.items()}))


def _seen(x: Any) -> Any:
    if isinstance(x, Node):
        return boxed(x).view(ValueArray)
    if isinstance(x, (list, tuple)) and first_node(x) is not None:
        nested = any(isinstance(e, (list, tuple, np.ndarray)) for e in x)
        return list(map(_seen, x)) if nested else np.asarray(x, object).view(ValueArray)
    return viewed(x)


def _plainly(x: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return type(x)(map(_plainly, x))
    return bare(x)
