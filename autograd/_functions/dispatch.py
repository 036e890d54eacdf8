"""NumPy's functions of whole arrays with NumPy's arguments, on Tensors and on arrays of Values.

Our function is declared with the arguments that have a meaning for Tensors, under NumPy's names. A dispatcher
takes the place of NumPy's function, with all of NumPy's arguments in NumPy's order. It calls our function for
a Tensor, and refuses by name an argument without a meaning for Tensors; for Values it calls NumPy's function,
or the one declared for Values; for plain numbers, NumPy's. If NumPy's arrays have it as a method, Tensors
have it too.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

import numpy as np

from autograd._functions.value_arrays import ValueArray, as_plain_array, as_value_array
from autograd._graph.conditions import Condition
from autograd._graph.node import Node, first_node
from autograd._nodes.tensor import Tensor, stacked
from autograd._support.checks import holds_reals
from autograd._support.entering import boxed, check_kind, is_number, unboxed
from autograd._support.numpy_functions import NOTHING, refuse
from autograd._table.readings import NUMPY

__all__ = ["array_of", "attach", "counterpart", "free_counterpart", "in_class_of", "register"]

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
    if not holds_reals(array):
        raise TypeError(f"expected numbers, Values or a Tensor, not {type(x).__name__} of {array.dtype}")
    return array


_unboxed = np.frompyfunc(unboxed, 1, 1)


def counterpart(
    numpy_function: Callable[..., Any],
    *,
    values: Callable[..., Any] | None = None,
    generic: bool = False,
    joins: bool = False,
    method: bool = True,
) -> Callable[[F], F]:
    """Let a function of Tensors stand for one of NumPy's.

    Args:
        numpy_function: NumPy's function.
        values: the function for an array of Values, with the same arguments; NumPy's own by default.
        generic: whether our function is written for arrays of Values too.
        joins: whether its first argument is a list of separate arrays.
        method: whether Tensors have it as a method, if arrays do.
    """

    def declare(function: F) -> F:
        dispatcher = Dispatcher(numpy_function, function, function if generic else values, joins)
        return register(numpy_function, method=method)(dispatcher.as_function())  # type: ignore[return-value]

    return declare


def free_counterpart(numpy_function: Callable[..., Any]) -> Callable[[F], F]:
    """As `counterpart`, for any number of arrays. Also dispatches arrays of Values to our function."""

    def declare(function: F) -> F:
        @functools.wraps(function)
        def dispatcher(*args: Any, **named: Any) -> Any:
            together = (*args, *named.values())
            of_nodes = first_node(together) is not None or any(map(_holds_values, together))
            if not of_nodes:
                return numpy_function(*args, **named)
            return in_class_of(together, function(*args, **named))

        return register(numpy_function)(dispatcher)  # type: ignore[return-value]

    return declare


def register(*numpy_functions: Callable[..., Any], method: bool = True) -> Callable[[F], F]:
    """Let a function of the same arguments stand for NumPy's on nodes, and be the method that arrays have."""

    def declare(function: F) -> F:
        for numpy_function in numpy_functions:
            NUMPY[numpy_function] = function
            if method and hasattr(np.ndarray, numpy_function.__name__):
                attach(numpy_function.__name__, function)
        return function

    return declare


def attach(name: str, method: Callable[..., Any], kind: type[Node] = Tensor) -> None:
    """Give a type of node a method, unless its class has a quicker one."""
    if not hasattr(kind, name):
        setattr(kind, name, method)


class Dispatcher:
    """Chooses between our function and NumPy's, and checks the arguments."""

    def __init__(
        self,
        numpy_function: Callable[..., Any],
        function: Callable[..., Any],
        values: Callable[..., Any] | None,
        joins: bool,
    ) -> None:
        self.numpy_function, self.function, self.values, self.joins = numpy_function, function, values, joins
        self.name = numpy_function.__name__
        declared = inspect.signature(function)
        self.signature = _signature(numpy_function, declared)
        self.first, *_ = self.signature.parameters  # the array, as NumPy calls it
        self.first_name, *others = declared.parameters  # and as our function does
        self.declared = set(others)
        self.takes_any = any(p.kind is p.VAR_KEYWORD for p in declared.parameters.values())
        # The default of each argument, and the arguments that may be passed by position.
        parameters = {**declared.parameters, **self.signature.parameters}.values()
        self.defaults = {p.name: p.default for p in parameters if p.kind is not p.VAR_KEYWORD}
        self.positional = _positional(self.signature)
        positions = zip(_positional(declared)[1:], self.positional[1:], strict=False)
        shared = itertools.takewhile(lambda pair: pair[0] == pair[1], positions)
        self.shared_positions = 1 + len(list(shared))  # from the first on

    def as_function(self) -> Callable[..., Any]:
        function, declared, joins = self.function, self.declared, self.joins
        shared_positions = self.shared_positions

        @functools.wraps(function)
        def dispatcher(*args: Any, **named: Any) -> Any:
            # The commonest call, of a Tensor with declared arguments only, needs no further checks.
            if 0 < len(args) <= shared_positions and (
                type(args[0]) is Tensor
                or (joins and type(args[0]) in (list, tuple) and Tensor in map(type, args[0]))
            ):
                for name, argument in named.items():
                    if name not in declared or argument is NOTHING:
                        break
                else:
                    return function(*args, **named)
            return in_class_of((*args, *named.values()), self.dispatch(args, named))

        return dispatcher

    def dispatch(self, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if self.first_name in named and self.first not in named:
            named[self.first] = named.pop(self.first_name)
        arguments = self.by_name(args, named)
        x = arguments.pop(self.first)
        if not self.joins:
            x = array_of(x)
        args, named = (x, *args[1:]), {name: named[name] for name in named.keys() & arguments.keys()}
        node = first_node((x, *arguments.values()))
        if node is None and not any(map(_holds_values, (x, *arguments.values()))):
            return self.numpy_function(*args, **named)
        non_default = {name: value for name, value in arguments.items() if not self.is_default(name, value)}
        if isinstance(node, Tensor):
            self.refuse_others(x, non_default)
            return self.function(x, **non_default)
        if self.values is not None and non_default.keys() <= self.declared:
            return self.values(x, **non_default)
        _refuse_plain_results(self.name, non_default.get("dtype"), non_default.get("out"))
        return by_numpy(self.numpy_function, args, named)

    def by_name(self, args: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
        """The arguments by their names."""
        arguments = {**dict(zip(self.positional, args, strict=False)), **named}
        all_known = len(arguments) == len(args) + len(named) and arguments.keys() <= self.defaults.keys()
        if not all_known or self.first not in arguments:
            self.signature.bind(*args, **named)  # raises NumPy's error for the call
        return arguments

    def is_default(self, argument: str, value: Any) -> bool:
        """Whether the argument has its default value."""
        default = self.defaults.get(argument)
        return value is NOTHING or value is default or (isinstance(value, str) and value == default)

    def refuse_others(self, x: Any, non_default: dict[str, Any]) -> None:
        """Refuse by name each argument that a Tensor does not take."""
        if self.takes_any:
            return
        dtype = None if "dtype" in self.declared else non_default.get("dtype")
        with suppress(TypeError):  # of anything but a dtype, which is refused below
            if dtype is not None and isinstance(x, Tensor) and np.dtype(dtype) == x.dtype:
                del non_default["dtype"]
        for argument in non_default.keys() - self.declared:
            refuse(self.name, **{argument: non_default[argument]})
            del non_default[argument]


def _signature(numpy_function: Callable[..., Any], declared: inspect.Signature) -> inspect.Signature:
    """The signature in NumPy; where an older NumPy shows none, or lacks an argument, that of our function."""
    try:
        signature = inspect.signature(numpy_function)
    except ValueError:
        return declared
    takes_any = any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())
    missing = set(list(declared.parameters)[1:]) - set(signature.parameters)
    return declared if missing and not takes_any else signature


def _positional(signature: inspect.Signature) -> list[str]:
    placed = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in signature.parameters.values() if p.kind in placed]


def _holds_values(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype == object


def _refuse_plain_results(name: str, dtype: Any, out: Any) -> None:
    """Refuse plain numbers as results of Values: NumPy would ask each for its number."""
    numbers = dtype is not None and np.dtype(dtype) != object
    if numbers or (isinstance(out, np.ndarray) and out.dtype != object):
        argument = f"dtype={np.dtype(dtype)}" if numbers else "out= of plain numbers"
        raise TypeError(
            f"{name} of Values takes no {argument}: their derivatives would be lost without a word. Leave it "
            "out, or compute with the numbers, [v.data for v in values]"
        )


def by_numpy(numpy_function: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """NumPy's own function of Values; the comparisons and functions that it calls are rows of the table."""
    arguments = {name: as_value_arrays(x) for name, x in named.items()}
    return as_plain_arrays(numpy_function(*map(as_value_arrays, args), **arguments))


def as_value_arrays(x: Any) -> Any:
    """x with its Values in arrays of which NumPy's functions are rows of the table."""
    if isinstance(x, Node):
        return boxed(x).view(ValueArray)
    if isinstance(x, (list, tuple)) and first_node(x) is not None:
        nested = any(isinstance(e, (list, tuple, np.ndarray)) for e in x)
        return list(map(as_value_arrays, x)) if nested else np.asarray(x, object).view(ValueArray)
    return as_value_array(x)


def in_class_of(args: Iterable[Any], result: Any) -> Any:
    """The result, with its arrays of Values as `ValueArray`s where an argument is such an array."""
    if not _holds_values(result) and type(result) not in (list, tuple):
        return result
    parts = (part for x in args for part in (x if isinstance(x, (list, tuple)) else (x,)))
    if not any(isinstance(part, ValueArray) for part in parts):
        return result
    return as_value_array(result) if _holds_values(result) else type(result)(map(as_value_array, result))


def as_plain_arrays(x: Any) -> Any:
    """The arrays of a result as plain arrays of NumPy."""
    if isinstance(x, (list, tuple)):
        return type(x)(map(as_plain_arrays, x))
    return as_plain_array(x)
