"""Kinds of arguments of a compiled function: a key of each, the numbers in it, and nodes in their place."""

from __future__ import annotations

import inspect
import itertools
import operator
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._derivatives.structures import is_container, is_written_array, leaves, parts_of, rebuild
from autograd._graph.concretization import listed, note_generator, refuse_effects
from autograd._graph.conditions import Condition
from autograd._graph.context import SWITCHES
from autograd._graph.node import Node
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.entering import check_kind, is_number

__all__ = [
    "Call", "HoldsNodes", "Nodes", "Written", "as_floats", "check_function", "flatten", "kind_of",
    "named_leaves", "of_contents", "parameter_names", "refuse_exports", "replace", "tensors", "values",
    "without_contents",
]  # fmt: skip

Array = NDArray[Any]
EXPORTS = ("lines", "native", "source", "to_c", "to_javascript", "to_jax", "to_onnx", "value_and_grad")
PLAIN_TYPES = (int, bool, str, bytes, type(None))


class HoldsNodes(Exception):
    """An argument is or holds a node: the function itself is to be called."""


class Written(list[Any]):
    """An array as it is written by hand, whose numbers are those of a Tensor: an argument of a transform.

    Attributes:
        tensor: the Tensor.
    """

    def __init__(self, numbers: list[Any] | tuple[Any, ...], tensor: Any) -> None:
        super().__init__(numbers)
        self.tensor = tensor


def flatten(x: Any, leaves: list[Any], is_differentiated: bool = False) -> Any:
    """The key of an argument; its floats and arrays of floats are added to `leaves`.

    A float is known by its type alone, an array of floats by its shape and dtype, all else by what it is.

    Args:
        x: the argument.
        leaves: to add to.
        is_differentiated: whether a transform differentiates by it, for which whole numbers are floats, and a
            list of numbers alone is one array.

    Raises:
        HoldsNodes: for a node.
        TypeError: for anything that has no hash.

    >>> leaves = []
    >>> flatten([1.0, 2, np.zeros(3)], leaves) == (list, float, (int, 2), ((3,), np.dtype(float)))
    True
    >>> leaves
    [1.0, array([0., 0., 0.])]
    """
    kind = type(x)
    if kind is float:
        leaves.append(x)
        return float
    if kind is np.ndarray:
        dtype = x.dtype
        if dtype.kind == "f" or (is_differentiated and dtype.kind in "iub"):
            leaves.append(x)
            return x.shape, dtype
        if x.dtype != object:
            return x.shape, x.dtype.str, x.tobytes()
    elif kind in PLAIN_TYPES and not (is_differentiated and is_number(x)):
        return kind, x
    elif isinstance(x, (Node, Condition)):
        raise HoldsNodes
    elif isinstance(x, (float, np.floating)) or (is_differentiated and is_number(x)):
        leaves.append(float(x))
        return kind
    if isinstance(x, np.ndarray):
        check_kind(x, "a compiled function")
        if x.dtype != object:
            return flatten(np.asarray(x), leaves, is_differentiated)
        return (kind, x.shape, *[flatten(part, leaves, is_differentiated) for part in x.flat])
    if isinstance(x, dict):
        parts = [flatten(part, leaves, is_differentiated) for part in x.values()]
        return (kind, tuple(x), *map(type, x), *parts)
    if isinstance(x, (list, tuple)):
        if is_differentiated and is_written_array(x):
            leaves.append(np.array(x, float))
            return Written, _lengths(x)
        return (kind, *[flatten(part, leaves, is_differentiated) for part in x])
    if kind is slice:
        return slice, x.start, x.stop, x.step
    own_hash: Any = kind.__hash__
    if own_hash is object.__hash__ and kind.__weakrefoffset__:  # a key keeps no object alive
        return weakref.ref(x)
    if own_hash is None:
        raise TypeError(f"{kind.__name__} has no hash")
    return kind, x


def check_function(f: Callable[..., Any]) -> None:
    """Refuse a callable whose call gives no numbers.

    Raises:
        TypeError: names its kind.
    """
    wrapped = inspect.unwrap(f)
    kinds: dict[str, Callable[[Any], bool]] = {
        "a generator": inspect.isgeneratorfunction,
        "a coroutine": inspect.iscoroutinefunction,
        "an asynchronous generator": inspect.isasyncgenfunction,
        "a class": inspect.isclass,
    }
    for kind, test in kinds.items():
        if test(wrapped):
            raise TypeError(
                f"compile takes a function that returns numbers and arrays, and {f!r:.80} is {kind}: "
                "compile a function that it calls"
            )


def refuse_exports(owner: type) -> None:
    """Give a class the attributes of a program as errors that tell where they are.

    They are properties: a ``__getattr__`` makes each access to any attribute slower.
    """

    def refusal(name: str) -> property:
        def refuse(_: Any) -> None:
            raise AttributeError(
                f"a compiled function has no {name}: each kind of arguments has a program of its own; call "
                f"it once, and then write .programs[-1].{name}"
            )

        return property(refuse)

    for name in EXPORTS:
        setattr(owner, name, refusal(name))


def of_contents(paths: Iterable[tuple[str, Any]], count: int) -> str:
    """The reason to record no more contents of arrays of whole numbers.

    Args:
        paths: all arguments, with their names.
        count: how many contents were recorded.
    """
    arrays = [
        f"{path} ({kind_of(x)})" for path, x in paths if isinstance(x, np.ndarray) and x.dtype.kind != "f"
    ]
    return (
        "each content of an array of whole numbers, truths or texts is a kind of arguments of its own, and "
        f"{count} contents of {listed(arrays)} were recorded. Numbers that vary are floats: pass "
        "array.astype(float), and labels in their one-hot form"
    )


def without_contents(key: Any) -> Any:
    """A key that is the same for all contents of arrays of whole numbers.

    >>> without_contents((float, flatten(np.array([True]), [])))
    (<class 'float'>, ((1,), '|b1'))
    """
    if not isinstance(key, tuple):
        return key
    if len(key) == 3 and type(key[0]) is tuple and type(key[2]) is bytes:
        return key[:2]
    return tuple(map(without_contents, key))


def kind_of(x: Any) -> str:
    """The kind of a leaf of an argument, as a text."""
    if isinstance(x, np.ndarray):
        return f"{x.dtype} of shape {x.shape}"
    if isinstance(x, np.floating):
        return str(x.dtype)
    return "float" if isinstance(x, float) else f"{x!r:.40}"


def as_floats(x: Any) -> Any:
    """An argument with arrays of floats in place of arrays of whole numbers."""
    if is_container(x):
        return rebuild(x, iter([as_floats(leaf) for _, leaf in leaves(x)]))
    return x.astype(float) if isinstance(x, np.ndarray) and x.dtype.kind in "iu" else x


def _lengths(x: Any) -> Any:
    return (type(x), *map(_lengths, x)) if isinstance(x, (list, tuple)) else None


def is_leaf(x: Any, is_differentiated: bool) -> bool:
    """Whether an argument is one float or array for a recording, which other numbers may replace."""
    if isinstance(x, np.ndarray):
        return x.dtype.kind == "f" or (is_differentiated and x.dtype.kind in "iub")
    if isinstance(x, (float, np.floating)):
        return True
    return is_differentiated and (is_number(x) or is_written_array(x))


def replace(x: Any, new: Iterator[Any], is_differentiated: bool = False) -> Any:
    """An argument with something else in place of each leaf, in the order of `flatten`.

    >>> replace({"w": 1.0, "power": 2}, iter(["a"]))
    {'w': 'a', 'power': 2}
    """
    if is_leaf(x, is_differentiated):
        return Written(x, next(new)) if isinstance(x, (list, tuple)) else next(new)
    if not is_container(x):
        return x
    # All parts are leaves for `rebuild`, except that it leaves out None.
    return rebuild(x, iter([replace(part, new, is_differentiated) for _, part in _parts(x)]), deep=False)


def _parts(x: Any) -> Iterator[tuple[str, Any]]:
    return ((step, part) for step, part in parts_of(x) if part is not None)


def named_leaves(x: Any, path: str, is_differentiated: bool = False) -> Iterator[tuple[str, Any]]:
    """The leaves of an argument, and what else is in it, each with the text that reaches it.

    >>> list(named_leaves({"w": [1.0], "n": 2}, "p"))
    [('p["w"][0]', 1.0), ('p["n"]', 2)]
    """
    if is_leaf(x, is_differentiated) or not is_container(x):
        yield path, x
    else:
        for step, part in parts_of(x):
            yield from named_leaves(part, path + step, is_differentiated)


def parameter_names(f: Callable[..., Any], count: int) -> list[str]:
    """The names of a function's parameters for so many arguments by position."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):  # of a function written in C
        parameters = []
    by_place = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    rest = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "argument ")
    return [by_place[i] if i < len(by_place) else f"{rest}{i}" for i in range(count)]


class Call:
    """A call of a function with nodes for the leaves of its arguments.

    Args:
        f: the function.
        arguments: each with its name, and whether a transform differentiates by it.
        count: how many are passed by place; the others by name.

    Attributes:
        leaves: each with its name, and whether a transform differentiates by it.
        returned: whether the function came to its end.
    """

    def __init__(self, f: Callable[..., Any], arguments: list[tuple[str, Any, bool]], count: int) -> None:
        self._f, self._arguments, self._count, self.returned = f, arguments, count, False
        self.leaves = [
            (path, leaf, is_differentiated)
            for name, x, is_differentiated in arguments
            for path, leaf in named_leaves(x, name, is_differentiated)
            if is_leaf(leaf, is_differentiated)
        ]

    def __call__(self, nodes: Iterator[Any]) -> Any:
        traced = [replace(x, nodes, is_differentiated) for _, x, is_differentiated in self._arguments]
        parts = [[part for _, part in leaves(x)] for x in traced]
        if SWITCHES["noted"]:
            for x in itertools.chain(_outside(self._f), *parts):
                if isinstance(x, np.random.Generator):
                    note_generator(x)
        names = (name for name, _, _ in self._arguments[self._count :])
        out = self._f(*traced[: self._count], **dict(zip(names, traced[self._count :], strict=True)))
        self.returned = True
        for (name, *_), x, before in zip(self._arguments, traced, parts, strict=True):
            after = [part for _, part in leaves(x)]
            if len(after) != len(before) or any(map(operator.is_not, after, before)):
                refuse_effects(
                    f"a change of the argument {name}", "change a copy, as copy.deepcopy makes one"
                )
        return out


def _outside(f: Callable[..., Any]) -> list[Any]:
    """The objects that a function refers to by names."""
    try:
        outside = inspect.getclosurevars(inspect.unwrap(f))
    except (TypeError, ValueError):  # not of a function in Python; of a variable without a value
        return []
    return [*outside.nonlocals.values(), *outside.globals.values()]


def tensors(numbers: list[Any], call: Call) -> list[Any]:
    """A Tensor for each leaf; a number among arrays of float32 is one of float32, as NumPy has it."""
    dtypes = {x.dtype for x in numbers if isinstance(x, np.ndarray) and x.ndim}
    single = np.dtype(np.float32)

    def dtype(label: str, x: Any, is_differentiated: bool) -> Any:
        # An element of a list is no number beside the arrays: the list becomes an array.
        is_element = label.endswith("]") and not label.endswith('"]')
        is_single = type(x) is np.float32 or (type(x) is float and dtypes == {single} and not is_element)
        return single if is_single and not is_differentiated else None

    pairs = zip(numbers, call.leaves, strict=True)
    return [Tensor(np.asarray(x, dtype(label, leaf, by)), label) for x, (label, leaf, by) in pairs]


def values(numbers: list[Any], call: Call) -> list[Any]:
    """A Value for a number, an array of Values for an array."""

    def nodes(x: Any, label: str) -> Any:
        if not isinstance(x, np.ndarray):
            return Value(x, label)
        array = np.empty(x.shape, object)
        for index in np.ndindex(x.shape):
            array[index] = Value(float(x[index]), f"{label}[{', '.join(map(str, index))}]")
        return array

    return [nodes(x, label) for x, (label, _, _) in zip(numbers, call.leaves, strict=True)]


Nodes = Callable[[list[Any], Call], list[Any]]  # of the leaves of a call: `tensors` or `values`
