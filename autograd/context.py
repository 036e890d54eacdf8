"""What holds where an operation runs: whether it is recorded, watched or noted, and what is differentiated.

All of it belongs to the context, as `contextvars` has it, not to the thread: each thread and each
`asyncio` task has its own, and a copy of a context keeps what it was copied with. A generator has
none of its own, so what it enters holds for whoever runs it until it leaves.
"""

from __future__ import annotations

import functools
import inspect
import os
import sys
import threading
import weakref
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any, ClassVar, Self

import numpy as np

from autograd.graph import Node, reach

__all__ = ["Inside", "Run", "detect_anomaly", "looks", "no_grad", "recording", "resumed", "watching"]

# Whether a state may hold in any context. The methods written out for `Value` have this dict for
# their globals, so what recording costs them is the load of one bool: 2 ns, where a look into the
# context takes 40.
SWITCHES: dict[str, Any] = {"paused": False, "watched": False, "noted": False, "tracing": False}

# A signal handler may enter a state while its own thread changes the switches: hence reentrant.
_switching = threading.RLock()


def _after_fork() -> None:
    global _switching  # noqa: PLW0603 - a lock held by a thread that the child does not have
    _switching = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class Mark:
    """One stay in a state. Contexts hold it, so it lives as long as the state may hold in any.

    Attributes:
        ended: whether it was left from a context that never entered it, as a generator may be.
        seen: the nodes whose numbers were asked for meanwhile; for `looks` only.
    """

    __slots__ = ("__weakref__", "ended", "seen")

    def __init__(self) -> None:
        self.ended = False
        self.seen: list[Node] = []


class State:
    """A state that a context is in while it holds a mark.

    Args:
        switch: its name in `SWITCHES`, true while any context may be in it.
    """

    def __init__(self, switch: str) -> None:
        self._switch = switch
        self.marks: ContextVar[tuple[Mark, ...]] = ContextVar(switch, default=())
        self._alive: weakref.WeakSet[Mark] = weakref.WeakSet()

    def active(self) -> list[Mark]:
        """The marks of this context that still count."""
        return [mark for mark in self.marks.get() if not mark.ended]

    def enter(self, mark: Mark) -> Token[tuple[Mark, ...]]:
        with _switching:
            self._alive.add(mark)
            SWITCHES[self._switch] = True
        return self.marks.set((*self.marks.get(), mark))

    def leave(self, mark: Mark, entered: Token[tuple[Mark, ...]]) -> None:
        marks = self.marks.get()
        try:
            # Its error is how a context says that it is another than the one that entered.
            self.marks.reset(entered)
        except ValueError:
            mark.ended = True
        # Not what was there on entering: generators may leave in another order than they entered.
        self.marks.set(tuple(other for other in marks if other is not mark and not other.ended))

    def switch(self) -> None:
        """Set the switch by whether any context still holds a mark."""
        with _switching:
            SWITCHES[self._switch] = not all(mark.ended for mark in self._alive)


PAUSES, WATCHES, NOTES = State("paused"), State("watched"), State("noted")


class Inside:
    """A block in which a state holds; also a decorator, of coroutines and generators too.

    A decorated generator or coroutine is in the state only while it runs, not while it is paused.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._entered: tuple[Mark, Token[tuple[Mark, ...]]] | None = None

    def __enter__(self) -> Mark:
        if self._entered is not None:
            raise RuntimeError("this block is entered already: write a new call for each `with`")
        mark = Mark()
        self._entered = mark, self._state.enter(mark)
        return mark

    def __exit__(self, *_: object) -> None:
        assert self._entered is not None
        entered, self._entered = self._entered, None
        self._state.leave(*entered)
        del entered  # the last reference, unless a copy of the context has the mark too
        self._state.switch()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        new = functools.partial(type(self), self._state)
        if inspect.isasyncgenfunction(function):

            async def steps(*args: Any, **kwargs: Any) -> Any:
                async for each in _asynchronous(function(*args, **kwargs), new):
                    yield each

            return functools.wraps(function)(steps)
        if inspect.iscoroutinefunction(function):

            async def coroutine(*args: Any, **kwargs: Any) -> Any:
                return await _Awaited(function(*args, **kwargs), new)

            return functools.wraps(function)(coroutine)
        if inspect.isgeneratorfunction(function):
            return functools.wraps(function)(lambda *args, **kwargs: _driven(function(*args, **kwargs), new))
        if not callable(function) or isinstance(function, type):
            raise TypeError(f"it decorates a function, not {function!r}; write `with` for a block")

        @functools.wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with new():
                return function(*args, **kwargs)

        return inside


def _driven(steps: Any, new: Callable[[], Inside]) -> Generator[Any, Any, Any]:
    """A generator or coroutine, each of its steps in the state."""

    def step(advance: Callable[..., Any], *sent: Any) -> Any:
        with new():
            return advance(*sent)

    advance, sent = steps.send, None
    while True:
        try:
            given = step(advance, sent)
        except StopIteration as end:
            return end.value
        try:
            advance, sent = steps.send, (yield given)
        except GeneratorExit:
            step(steps.close)
            raise
        except BaseException as error:
            advance, sent = steps.throw, error


class _Awaited:
    def __init__(self, coroutine: Coroutine[Any, Any, Any], new: Callable[[], Inside]) -> None:
        self._coroutine, self._new = coroutine, new

    def __await__(self) -> Generator[Any, Any, Any]:
        return _driven(self._coroutine, self._new)


async def _asynchronous(steps: Any, new: Callable[[], Inside]) -> Any:
    """An asynchronous generator, each of its steps in the state."""
    advance, sent = steps.asend, None
    try:
        while True:
            try:
                given = await _Awaited(advance(sent), new)
            except StopAsyncIteration:
                return
            try:
                advance, sent = steps.asend, (yield given)
            except GeneratorExit:
                raise
            except BaseException as error:
                advance, sent = steps.athrow, error
    finally:
        await _Awaited(steps.aclose(), new)


def no_grad() -> Inside:
    """Compute without recording: results are leaves. For this context, nestable, also a decorator.

    >>> from autograd import Value, no_grad
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.is_leaf
    True
    """
    return Inside(PAUSES)


def detect_anomaly() -> Inside:
    """Raise `DomainError` at the first `Tensor` operation that gives nan or ±inf, forward or backward.

    For this context, nestable, also a decorator. A `Value` is as strict as this always.

    >>> import numpy as np
    >>> from autograd import Tensor, detect_anomaly, log
    >>> with detect_anomaly(), np.errstate(divide="ignore"):
    ...     log(Tensor([1.0, 0.0], label="p"))
    Traceback (most recent call last):
        ...
    autograd.graph.DomainError: log(p) gave -inf at index (1,): log takes x in (0, inf)
    """
    return Inside(WATCHES)


@contextmanager
def resumed() -> Iterator[None]:
    """Record again inside a `no_grad`: a transform differentiates wherever it is called."""
    entered = PAUSES.marks.set(())
    try:
        yield
    finally:
        PAUSES.marks.reset(entered)


@contextmanager
def looks() -> Iterator[list[Node]]:
    """The Values whose numbers are asked for in this block: as by an ``if``.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with looks() as seen:
    ...     y = x * x if x > 0 else -x
    >>> seen
    [Value(3.0)]
    """
    with Inside(NOTES) as mark:
        yield mark.seen


def note(node: Node) -> None:
    """Tell whoever wants to know that the number of a node was asked for."""
    for mark in NOTES.active():
        mark.seen.append(node)


# By its id, each node whose number was asked for, where, and whether to choose by it.
_looked_at: dict[int, tuple[weakref.ref[Node], str, bool]] = {}
_NOT_THE_USERS = os.path.dirname(__file__), os.path.dirname(np.__file__)


def look(node: Node, chooses: bool = True) -> None:
    """Keep in mind that the number of a node was asked for, and tell `looks`.

    Args:
        chooses: whether it was asked for by an ``if`` or the like; else as a plain number, by ``float``.
    """
    if SWITCHES["noted"]:
        note(node)
    if id(node) not in _looked_at:
        _remember(node, _asking_line(), chooses, [weakref.ref(other) for other in _nearest(node)])


def _remember(node: Node, place: str, chooses: bool, nearest: list[weakref.ref[Node]]) -> None:
    def forget(_: object, key: int = id(node)) -> None:
        _looked_at.pop(key, None)
        # ``if x * 2 > 1`` looks at a node that nobody keeps: it was a look at x.
        for reference in nearest:
            if (other := reference()) is not None and id(other) not in _looked_at:
                _remember(other, place, chooses, [])

    _looked_at[id(node)] = weakref.ref(node, forget), place, chooses


def _nearest(node: Node) -> list[Node]:
    """What a node was made from, in one operation or two."""
    parents = [parent for parent in node._links() if parent is not None]
    return parents + [p for parent in parents for p in parent._links() if p is not None]


def look_at(node: Node) -> tuple[str, bool] | None:
    """Where the number of a node was first asked for, and whether by an ``if`` or the like; None if never.

    >>> from autograd import Value
    >>> look_at(Value(1.0)) is None
    True
    """
    entry = _looked_at.get(id(node))
    return None if entry is None else entry[1:]


def looked_at() -> list[Node]:
    """Every node whose number was asked for, as far as they are still there."""
    return [node for gone, _, _ in list(_looked_at.values()) if (node := gone()) is not None]


def _asking_line() -> str:
    """The line of code outside of this package and NumPy that is being run."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_NOT_THE_USERS):
        frame = frame.f_back
    return f"{os.path.basename(frame.f_code.co_filename)}, line {frame.f_lineno}"


def recording() -> bool:
    """Whether operations are recorded in this context.

    >>> recording()
    True
    """
    return not (SWITCHES["paused"] and PAUSES.active())


def watching() -> bool:
    """Whether `detect_anomaly` is on in this context.

    >>> watching()
    False
    """
    return SWITCHES["watched"] and len(WATCHES.active()) > 0


# Whether a number that leaves the graph unnoticed is an error.
_strict: ContextVar[bool] = ContextVar("strict", default=True)


@contextmanager
def lenient() -> Iterator[None]:
    """Let numbers leave the graph unnoticed: for a check of derivatives, which finds those that are lost."""
    entered = _strict.set(False)
    try:
        yield
    finally:
        _strict.reset(entered)


def refusing() -> bool:
    """Whether a number must not leave the graph unnoticed: wherever operations are recorded."""
    return recording() and _strict.get()


class Run:
    """One run of a transform's function: what it differentiates by, and which leaves were made in it.

    Attributes:
        outer: the run that it is inside of, if any.
        exit: the first node whose number the function took by ``.data`` though it depends on what is
            differentiated; None if there is none.
    """

    __slots__ = ("exit", "outer")

    _current: ClassVar[ContextVar[Run | None]] = ContextVar("run", default=None)
    # Of all runs that are under way, in any context: what is differentiated is so for every thread.
    _variables: ClassVar[dict[Node, int]] = {}

    def __init__(self) -> None:
        self.outer = self._current.get()
        self.exit: Node | None = None

    @classmethod
    def current(cls) -> Run | None:
        """The innermost run of this context."""
        return cls._current.get()

    @contextmanager
    def differentiating(self, variables: list[Node]) -> Iterator[Self]:
        """The function runs in this block."""
        with _switching:
            for variable in variables:
                self._variables[variable] = self._variables.get(variable, 0) + 1
            SWITCHES["tracing"] = True
        entered = self._current.set(self)
        try:
            yield self
        finally:
            self._current.reset(entered)
            with _switching:
                for variable in variables:
                    self._variables[variable] -= 1
                    if not self._variables[variable]:
                        del self._variables[variable]
                SWITCHES["tracing"] = bool(self._variables)

    def made(self, leaf: Any) -> bool:
        """Whether a leaf was made by this run's function, or in a run inside it."""
        run = leaf._made_in()
        while run is not None:
            if run is self:
                return True
            run = run.outer
        return False

    @classmethod
    def differentiates(cls, node: Node) -> bool:
        """Whether a node depends on what any run under way differentiates by."""
        return any(other in cls._variables for other in reach([node]))

    @classmethod
    def note_exit(cls, node: Node) -> None:
        """Tell the runs of this context that a number was taken out by ``.data``."""
        run = cls._current.get()
        if run is not None and run.exit is None and refusing() and cls.differentiates(node):
            while run is not None and run.exit is None:
                run.exit = node
                run = run.outer
