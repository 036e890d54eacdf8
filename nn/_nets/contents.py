"""The contents of a module: a search through its attributes for parameters, buffers and submodules."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import Tensor, Value
from autograd._graph.concretization import note_generator, note_setting
from autograd._graph.context import SWITCHES, UNRECORDED
from autograd._graph.node import Node
from autograd._support.checks import holds_reals

__all__ = [
    "SETTINGS", "Contents", "HasParts", "attributes", "contents", "evaluating", "in_mode", "modules_of",
    "set_mode",
]  # fmt: skip


class HasParts:
    """The base class of `Module`, by which a search knows modules."""

    @property
    def training(self) -> bool:
        mode = bool(vars(self).get("training", False))
        if SWITCHES["noted"]:  # a compiled function has a recording for each mode
            own = weakref.ref(self)
            note_setting(self, lambda: bool(getattr(own(), "training", None)), mode)
            for generator in vars(self).values():
                if isinstance(generator, np.random.Generator):
                    note_generator(generator)
        return mode

    @training.setter
    def training(self, mode: bool) -> None:
        vars(self)["training"] = mode


@dataclass(frozen=True)
class Buffer:
    """An array, or a number of NumPy, in a module.

    Attributes:
        holder, key: the attributes, list or dict around it, and its place there.
        array: the array at the time of the search; a module may put another in its place.
    """

    holder: Any
    key: Any
    array: Any

    def set(self, numbers: NDArray[Any]) -> None:
        """Write numbers into the array, and the array to its place."""
        if isinstance(self.array, np.ndarray) and self.array.flags.writeable:
            self.array[...] = numbers
        new = self.array if isinstance(self.array, np.ndarray) else numbers[()]
        if isinstance(self.holder, HasParts):
            object.__setattr__(self.holder, self.key, new)  # also of a frozen dataclass
        elif not isinstance(self.holder, tuple):
            self.holder[self.key] = new


@dataclass(frozen=True)
class Contents:
    """The parts of a module, each once, by the name of its first place.

    Attributes:
        modules: the module itself, named "", and all within it.
        parameters: Tensors, Values and arrays of Values.
        buffers: state without a gradient.
    """

    modules: dict[str, HasParts] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    buffers: dict[str, Buffer] = field(default_factory=dict)

    def state(self) -> dict[str, Any]:
        """Parameters and buffers by their names."""
        return self.parameters | {name: buffer.array for name, buffer in self.buffers.items()}

    def storage(self) -> str:
        """Kind, dtype and size of the parameters, and the size of the buffers."""
        kinds: dict[str, None] = {}
        size = 0
        for part in self.parameters.values():
            dtype = part.dtype if isinstance(part, Tensor) else np.dtype(np.float64)
            kinds[f"{'Tensor' if isinstance(part, Tensor) else 'Value'}s of {dtype}"] = None
            size += np.size(part) * dtype.itemsize
        buffers = sum(np.size(buffer.array) for buffer in self.buffers.values())
        beside = f"; {buffers:,} numbers in buffers" * bool(buffers)
        return f"{' and '.join(kinds) or 'no parameters'}, {size:,} bytes{beside}"

    def by_module(self) -> dict[str, dict[str, Any]]:
        """The parameters of each module without other modules, and of each with parameters of its own.

        The names of the parameters are those of attributes, as in ``{"layers.0": {"W": …, "b": …}}``.
        """
        own: dict[str, dict[str, Any]] = {name: {} for name in self.modules}
        for place, part in self.parameters.items():
            name = max((name for name in own if not name or place.startswith(f"{name}.")), key=len)
            own[name][place.removeprefix(f"{name}.")] = part
        boxes = {box for box in own if any(inner.startswith(f"{box}.") or not box for inner in own if inner)}
        return {name: parts for name, parts in own.items() if parts or name not in boxes}


def contents(net: Any, strict: bool = True) -> Contents:
    """Search the attributes of a module, and of the modules within; empty for a net that is no module.

    Args:
        strict: raise errors; otherwise leave out parts that are no leaves or whose names are taken.

    Raises:
        TypeError: for the result of an operation in place of a parameter, or a set of parts.
        ValueError: for two parts of one name.
    """
    search = _Search(strict)
    search.visit(net, "", None, None, False)
    return search.contents


def modules_of(net: Any) -> list[HasParts]:
    """A module and all within it; none for a net that is no module."""
    return list(contents(net, strict=False).modules.values())


class _Search:
    """A walk through attributes, lists, tuples and dicts, that comes to each part once."""

    def __init__(self, strict: bool) -> None:
        self.contents = Contents()
        self._strict = strict
        self._seen: set[int] = set()

    def visit(self, part: Any, name: str, holder: Any, key: Any, is_cache: bool) -> None:
        if type(part) in SETTINGS or not isinstance(part, PARTS) or id(part) in self._seen:
            return
        if not isinstance(part, np.generic):
            self._seen.add(id(part))
        if isinstance(part, HasParts):
            self._add(self.contents.modules, name, part)
            for key, inner in attributes(part).items():
                self.visit(inner, f"{name}.{key}" if name else key, part, key, key[:1] == "_")
        elif isinstance(part, (dict, list, tuple)):
            for key, inner in list(part.items() if isinstance(part, dict) else enumerate(part)):
                self.visit(inner, f"{name}.{key}", part, key, is_cache)
        else:
            self._visit_numbers(part, name, holder, key, is_cache)

    def _visit_numbers(self, part: Any, name: str, holder: Any, key: Any, is_cache: bool) -> None:
        if isinstance(part, (set, frozenset)):
            if self._strict and any(isinstance(x, (HasParts, Node)) for x in part):
                raise TypeError(f"{name} is a set, whose parts have no order and so no names: make it a list")
        elif isinstance(part, Node) or (part.dtype == object and any(isinstance(x, Node) for x in part.flat)):
            result = next(filter(_is_result, [part] if isinstance(part, Node) else part.flat), None)
            if result is None:
                self._add(self.contents.parameters, name, part)
            elif self._strict and not is_cache:
                raise TypeError(
                    f"{name} is the result of {result.op or 'an operation'}, and a parameter is a leaf: make "
                    f"one of its numbers, {type(result).__name__}(x.data). A result to be kept for a look at "
                    "it belongs in an attribute that begins with an underscore"
                )
        elif (
            holds_reals(part)
            and not is_cache
            and not (isinstance(part, np.generic) and isinstance(holder, tuple))
        ):
            self._add(self.contents.buffers, name, Buffer(holder, key, part))

    def _add(self, named: dict[str, Any], name: str, part: Any) -> None:
        if name in self.contents.parameters or name in self.contents.buffers or name in named:
            if self._strict:
                raise ValueError(f"two parts of this module are called {name}: rename one of them")
            return
        named[name] = part


def attributes(part: Any) -> dict[str, Any]:
    """The attributes of an object by their names, those in slots first, as of a ``dataclass(slots=True)``."""
    named: dict[str, Any] = {}
    for kind in reversed(type(part).__mro__):
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if not name.startswith("__") and hasattr(part, name):
                named[name] = getattr(part, name)
    return named | getattr(part, "__dict__", {})


SETTINGS = frozenset({type(None), bool, int, float, str, type})  # the commonest, for speed
PARTS = (HasParts, Node, dict, list, tuple, set, frozenset, np.ndarray, np.generic)


def _is_result(x: Any) -> bool:
    """Whether a node was computed, inside `no_grad` too."""
    if not isinstance(x, Node):
        return False
    return not x.is_leaf or getattr(x, "_b" if isinstance(x, Value) else "_inputs", None) is UNRECORDED


# -- modes ----------------------------------------------------------------------------------------


@contextmanager
def in_mode(modules: Iterable[HasParts], training: bool) -> Iterator[None]:
    """Modules in training or evaluation mode; at the end each has the mode it had before."""
    before = [(module, module.training) for module in modules]
    try:
        for module, _ in before:
            set_mode(module, training)
        yield
    finally:
        for module, mode in before:
            set_mode(module, mode)


def evaluating(net: Any) -> AbstractContextManager[None]:
    """A net in evaluation mode."""
    return in_mode(modules_of(net), False)


def set_mode(module: HasParts, training: bool) -> None:
    if module.training is not training:
        vars(module)["training"] = training  # also of a frozen dataclass
