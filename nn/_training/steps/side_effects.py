"""The side effects of a forward pass in training mode: numbers that change, random numbers that are drawn."""

from __future__ import annotations

import functools
import operator
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from random import Random, SystemRandom, getstate, setstate
from types import BuiltinMethodType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from autograd import Tensor
from autograd._graph.node import Node, plain
from nn._nets.contents import SETTINGS, attributes, contents
from nn._nets.modules import Module

__all__ = ["Constants", "Snapshot", "Variables", "everybodys_generators", "generators_of"]

# Packages whose functions draw no random numbers, and whose objects hold no generator. Python's own types,
# such as functions and modules, are searched by their kind or not at all.
DETERMINISTIC = {"autograd", "numpy", "nn", "builtins"}
SAMPLED = 100_000  # numbers of an array that are compared: all of a smaller one
VARIABLES = list, dict, set, deque, np.ndarray, np.generic, Node  # of a module or class, beside numbers


class Snapshot:
    """The buffers of a net and the states of generators, to compare with and to go back to.

    >>> class Noise(Module):
    ...     def __init__(self):
    ...         self.rng = np.random.default_rng(0)
    >>> net = Noise()
    >>> before = Snapshot(net, [net.rng.bit_generator])
    >>> first = net.rng.normal()
    >>> before.changes()
    'draws random numbers, as dropout does'
    >>> before.put_back()
    >>> net.rng.normal() == first
    True
    """

    def __init__(self, net: Any, sources: Iterable[Any]) -> None:
        self._net = net
        self._states = [(source, source.state) for source in sources]
        self._buffers = [(buffer, np.array(buffer.array)) for buffer in _buffers(net)]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that could change."""
        return not (self._states or self._buffers)

    def changes(self) -> str | None:
        """A verb phrase for the side effects since the snapshot; None if there were none."""
        if any(_key(source.state) != _key(state) for source, state in self._states):
            return "draws random numbers, as dropout does"
        if not self._buffers:
            return None
        now = [_key(np.asarray(buffer.array)) for buffer in _buffers(self._net)]
        if now != [_key(numbers) for _, numbers in self._buffers]:
            return "changes its own arrays, as batch norm does"
        return None

    def put_back(self) -> None:
        """Undo the side effects since the snapshot."""
        for source, state in self._states:
            source.state = state
        for buffer, numbers in self._buffers:
            buffer.set(numbers)


class Variables:
    """The variables that a net and a cost can reach, to compare with and to go back to.

    They are the attributes of objects, the contents of lists, dicts and sets, and the variables of functions.
    Numbers in arrays and nodes are not among them.

    Attributes:
        sources: of random numbers, as of `generators_of`.

    >>> calls = []
    >>> before = Variables({"log": calls})
    >>> before.have_changed()
    False
    >>> calls.append(0)
    >>> before.have_changed()
    True
    >>> before.put_back()
    >>> calls
    []
    """

    def __init__(self, *parts: Any) -> None:
        reachable = list(_walk(parts))
        self.sources = _sources(reachable)
        self._places = [place for part in reachable for place in _places(part)]
        self._before = [place.read() for place in self._places]

    def have_changed(self) -> bool:
        """Whether a variable has another number or object than before."""
        pairs = zip(self._places, self._before, strict=True)
        return any(not _are_same(place.read(), content) for place, content in pairs)

    def put_back(self) -> None:
        """Give every variable that has changed its former content."""
        for place, content in zip(self._places, self._before, strict=True):
            if not _are_same(place.read(), content):
                place.write(content)


class Constants:
    """The numbers that a net and a cost can reach: arrays, numbers of NumPy, and nodes that stay.

    Args:
        parts: a net, a cost, and arrays of examples.
        moving: nodes whose numbers change with each step.

    >>> weights, w = np.ones(2), Tensor(1.0)
    >>> before = Constants({"cost": [weights, w]}, moving=[w])
    >>> w.data = 2.0
    >>> before.have_changed()
    False
    >>> weights[1] = 2.0
    >>> before.have_changed()
    True
    """

    def __init__(self, *parts: Any, moving: Iterable[Node] = ()) -> None:
        self._parts, self._moving = parts, set(map(id, moving))
        self._before, self._holders = self._read()

    def have_changed(self) -> bool:
        """Whether a number is another one than before."""
        return self._read()[0] != self._before

    def _read(self) -> tuple[list[Any], list[Any]]:
        """The numbers in a form to compare, and the objects in whose place no other can come meanwhile."""
        numbers: list[Any] = []
        holders: list[Any] = []
        for part in self._nodes_and_arrays():
            if isinstance(part, np.ndarray):
                numbers.append((id(part), _sample(part)))
                holders.append(part)
            elif isinstance(part, np.generic):
                numbers.append(part.tobytes())
            else:  # a Tensor gets another array with other numbers
                content = part._array() if isinstance(part, Tensor) else plain(part)
                numbers.append((id(part), id(content) if isinstance(part, Tensor) else content))
                holders += part, content
        return numbers, holders

    def _nodes_and_arrays(self) -> Iterator[Any]:
        for part in _walk(self._parts):
            if isinstance(part, (np.ndarray, np.generic)):
                yield part
            is_of_nodes = isinstance(part, np.ndarray) and part.dtype == object
            for x in part.flat if is_of_nodes else (part,):
                if isinstance(x, Node) and x.is_leaf and id(x) not in self._moving:
                    yield x


def _sample(array: Any) -> bytes:
    """Some numbers of an array; of one of objects their addresses."""
    step = max(1, -(-array.size // SAMPLED)) | 1  # odd: an even one may meet few columns of images
    numbers = array.reshape(-1) if array.flags.c_contiguous else array.flat
    return bytes(numbers[::step].tobytes())


@dataclass(frozen=True)
class _Place:
    """Variables that belong together: how to read a copy of their contents, and to write one back."""

    read: Callable[[], Any]
    write: Callable[[Any], None]


def _places(part: Any) -> Iterator[_Place]:
    """The variables that belong to a part of a net or a cost itself."""
    if isinstance(part, deque):
        yield _Place(lambda: list(part), functools.partial(_refill, part))
    elif isinstance(part, list):
        yield _Place(part.copy, functools.partial(part.__setitem__, slice(None)))
    elif isinstance(part, (dict, set)):
        yield _Place(part.copy, functools.partial(_refill, part))
    elif isinstance(part, FunctionType):
        for cell in part.__closure__ or ():
            yield _Place(functools.partial(_content, cell), functools.partial(setattr, cell, "cell_contents"))
        names = part.__globals__.keys() & set(_names(part.__code__))
        yield _Place(lambda: {name: part.__globals__.get(name) for name in names}, part.__globals__.update)
        for namespace in _namespaces(part):
            yield _Place(
                functools.partial(_named, namespace, part), functools.partial(_set_attributes, namespace)
            )
    elif isinstance(part, Module) or not _is_deterministic(type(part)):
        yield _Place(lambda: _settings(part), functools.partial(_set_attributes, part))


def _namespaces(function: FunctionType) -> Iterator[Any]:
    """The modules and classes that a function names, as of settings."""
    variables = [function.__globals__.get(name) for name in _names(function.__code__)]
    for x in variables + [_content(cell) for cell in function.__closure__ or ()]:
        if isinstance(x, (type, ModuleType)) and not _is_deterministic(x):
            yield x


def _named(namespace: Any, function: FunctionType) -> dict[str, Any]:
    """The variables in a module or class that a function names."""
    content = vars(namespace)
    return {
        name: content[name]
        for name in content.keys() & set(_names(function.__code__))
        if type(content[name]) in SETTINGS or isinstance(content[name], VARIABLES)
    }


def _refill(container: Any, content: Any) -> None:
    container.clear()
    (container.extend if isinstance(container, deque) else container.update)(content)


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # of a variable without a value yet
        return None


def _settings(part: Any) -> dict[str, Any]:
    return {name: x for name, x in attributes(part).items() if name != "training"}


def _set_attributes(part: Any, content: dict[str, Any]) -> None:
    change = setattr if isinstance(part, (type, ModuleType)) else object.__setattr__  # of a frozen dataclass
    for name, x in content.items():
        change(part, name, x)


def _are_same(now: Any, before: Any) -> bool:
    are_dicts = type(now) is type(before) is dict and now.keys() == before.keys()
    if are_dicts and all(map(operator.is_, now.values(), before.values())):  # the commonest case, in C
        return True
    return bool(_identities(now) == _identities(before))


def _identities(content: Any) -> Any:
    """A content in a form to compare: small numbers by their value, arrays and nodes all alike."""
    if isinstance(content, dict):
        return {id(key): _identity(x) for key, x in content.items()}
    if isinstance(content, list):
        return list(map(_identity, content))
    return set(map(id, content)) if isinstance(content, set) else _identity(content)


def _identity(x: Any) -> Any:
    if type(x) in SETTINGS:
        return type(x), x
    return np.ndarray if isinstance(x, (np.ndarray, np.generic, Node)) else id(x)


class _PythonsGenerator:
    """A generator of Python's `random` with its state as an attribute, as those of NumPy have it."""

    def __init__(self, get: Callable[[], Any], put: Callable[[Any], None]) -> None:
        self._get, self._put = get, put

    @property
    def state(self) -> Any:
        return self._get()

    @state.setter
    def state(self, state: Any) -> None:
        self._put(state)


def everybodys_generators() -> list[Any]:
    """The sources of random numbers that belong to the process, of NumPy and of Python."""
    return [np.random.get_bit_generator(), _PythonsGenerator(getstate, setstate)]  # type: ignore[attr-defined]


def generators_of(*parts: Any) -> list[Any]:
    """The sources of random numbers that a net or a cost can reach, as objects with a ``state``.

    The search goes through attributes, lists and dicts, and the variables of functions.

    >>> rng = np.random.default_rng(0)
    >>> generators_of({"net": [functools.partial(np.add, rng)]}) == [rng.bit_generator]
    True
    """
    return _sources(_walk(parts))


def _sources(parts: Iterable[Any]) -> list[Any]:
    sources: dict[int, Any] = {}
    for part in parts:
        if isinstance(part, np.random.Generator):
            sources[id(part.bit_generator)] = part.bit_generator
        elif isinstance(part, np.random.RandomState):
            sources[id(part._bit_generator)] = part._bit_generator
        elif isinstance(part, Random) and not isinstance(part, SystemRandom):
            sources[id(part)] = _PythonsGenerator(part.getstate, part.setstate)
    return list(sources.values())


def _walk(parts: Iterable[Any]) -> Iterator[Any]:
    """Some parts and all that they can reach, each once."""
    seen: set[int] = set()
    waiting = list(parts)
    while waiting:
        part = waiting.pop()
        if type(part) not in SETTINGS and id(part) not in seen and not isinstance(part, type):
            seen.add(id(part))
            yield part
            if not isinstance(part, (np.random.RandomState, Random)):
                waiting.extend(_inside(part))


def _inside(part: Any) -> Iterator[Any]:
    if isinstance(part, (list, tuple, set, frozenset, deque)):
        yield from part
    elif isinstance(part, dict):
        yield from part.values()
    elif isinstance(part, MethodType):
        yield from (part.__self__, part.__func__)
    elif isinstance(part, BuiltinMethodType):  # as of `rng.random`
        yield part.__self__
    elif isinstance(part, functools.partial):
        yield from (part.func, part.args, part.keywords)
    elif isinstance(part, FunctionType) and not _is_deterministic(part):
        yield from (part.__defaults__, part.__kwdefaults__)
        for cell in part.__closure__ or ():
            with suppress(ValueError):  # of a variable without a value yet
                yield cell.cell_contents
        yield from (part.__globals__.get(name) for name in _names(part.__code__))
        for namespace in _namespaces(part):
            yield from _named(namespace, part).values()
    elif isinstance(part, (Module, np.vectorize)) or not _is_deterministic(type(part)):
        yield from attributes(part).values()
        for kind in type(part).__mro__:
            if not _is_deterministic(kind):
                yield from (method for method in vars(kind).values() if isinstance(method, FunctionType))


def _is_deterministic(part: Any) -> bool:
    name = part.__name__ if isinstance(part, ModuleType) else part.__module__
    return str(name).partition(".")[0] in DETERMINISTIC


def _names(code: CodeType) -> Iterator[str]:
    """The global names in a function, and in the functions within."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _buffers(net: Any) -> Iterable[Any]:
    return contents(net, strict=False).buffers.values()


def _key(state: Any) -> Any:
    """A buffer, or the state of a generator, which may hold arrays, in a form to compare: nan equals nan."""
    if isinstance(state, dict):
        return {name: _key(part) for name, part in state.items()}
    return (state.shape, state.tobytes()) if isinstance(state, np.ndarray) else state
