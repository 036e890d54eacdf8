"""The side effects of a forward pass in training mode: numbers that change, random numbers that are drawn."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from random import Random, SystemRandom, getstate, setstate
from types import BuiltinMethodType, CodeType, FunctionType, MethodType
from typing import Any

import numpy as np

from nn._nets.contents import SETTINGS, attributes, contents
from nn._nets.modules import Module

__all__ = ["Snapshot", "everybodys_generators", "generators_of"]

# Packages whose functions draw no random numbers, and whose objects hold no generator. Python's own types,
# such as functions and modules, are searched by their kind or not at all.
DETERMINISTIC = {"autograd", "numpy", "nn", "builtins"}


class Snapshot:
    """The buffers of a net and the states of generators, to compare with and to go back to.

    Args:
        settings: whether to take the settings of a user's modules too, which a counter of calls is among. It
            takes as long as a step.

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

    def __init__(self, net: Any, sources: Iterable[Any], settings: bool = False) -> None:
        self._net = net
        self._states = [(source, source.state) for source in sources]
        parts = contents(net, strict=False)
        self._buffers = [(buffer, np.array(buffer.array)) for buffer in parts.buffers.values()]
        own = [module for module in parts.modules.values() if settings and not _is_ours(module)]
        self._settings = [(module, named) for module in own if (named := _settings(module))]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that could change."""
        return not (self._states or self._buffers or self._settings)

    def changes(self) -> str | None:
        """A verb phrase for the side effects since the snapshot; None if there were none."""
        if any(_key(source.state) != _key(state) for source, state in self._states):
            return "draws random numbers, as dropout does"
        now = [_key(np.asarray(buffer.array)) for buffer in _buffers(self._net)]
        if now != [_key(numbers) for _, numbers in self._buffers]:
            return "changes its own arrays, as batch norm does"
        if any(before.items() - _settings(module).items() for module, before in self._settings):
            return "changes its own settings, as a counter of its calls"
        return None

    def put_back(self) -> None:
        """Undo the side effects since the snapshot."""
        for source, state in self._states:
            source.state = state
        for buffer, numbers in self._buffers:
            buffer.set(numbers)
        for module, settings in self._settings:
            for name, x in settings.items():
                object.__setattr__(module, name, x)  # also of a frozen dataclass


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
    sources: dict[int, Any] = {}
    seen: set[int] = set()
    waiting = list(parts)
    while waiting:
        part = waiting.pop()
        if isinstance(part, np.random.Generator):
            sources[id(part.bit_generator)] = part.bit_generator
        elif isinstance(part, np.random.RandomState):
            sources[id(part._bit_generator)] = part._bit_generator
        elif isinstance(part, Random) and not isinstance(part, SystemRandom):
            sources[id(part)] = _PythonsGenerator(part.getstate, part.setstate)
        elif id(part) not in seen and not isinstance(part, type):
            seen.add(id(part))
            waiting.extend(_inside(part))
    return list(sources.values())


def _inside(part: Any) -> Iterator[Any]:
    if isinstance(part, (list, tuple, set, frozenset)):
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
    elif isinstance(part, (Module, np.vectorize)) or not _is_deterministic(type(part)):
        yield from attributes(part).values()
        for kind in type(part).__mro__:
            if not _is_deterministic(kind):
                yield from (method for method in vars(kind).values() if isinstance(method, FunctionType))


def _is_deterministic(part: Any) -> bool:
    return str(part.__module__).partition(".")[0] in DETERMINISTIC


def _names(code: CodeType) -> Iterator[str]:
    """The global names in a function, and in the functions within."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _buffers(net: Any) -> Iterable[Any]:
    return contents(net, strict=False).buffers.values()


def _settings(module: Any) -> dict[str, Any]:
    return {name: x for name, x in attributes(module).items() if type(x) in SETTINGS and name != "training"}


def _is_ours(module: Any) -> bool:
    """Whether the class of a module is one of this package, which changes no settings."""
    return _is_deterministic(type(module))


def _key(state: Any) -> Any:
    """A buffer, or the state of a generator, which may hold arrays, in a form to compare: nan equals nan."""
    if isinstance(state, dict):
        return {name: _key(part) for name, part in state.items()}
    return (state.shape, state.tobytes()) if isinstance(state, np.ndarray) else state
