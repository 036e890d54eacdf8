"""The state in which an operation runs: whether it is recorded, and whether it is watched.

The state belongs to the context of `contextvars`, not to the thread: each thread and each `asyncio` task
has its own, and a copy of a context is in the states of the original. A generator has no context of its
own: a state that it enters holds for its caller until it leaves.
"""

from __future__ import annotations

import functools
import inspect
import weakref
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any, TypeVar

from autograd._graph.node import Node
from autograd._support.process.locks import Lock

__all__ = [
    "Inside", "State", "detect_anomaly", "no_grad", "recording", "records", "resumed", "switching",
    "watching",
]  # fmt: skip

F = TypeVar("F", bound=Callable[..., Any])

# Whether a state may hold in any context. The generated methods of `Value` have this dict for their
# globals, so a recorded operation loads one bool, in 2 ns; a lookup in the context takes 40.
SWITCHES: dict[str, Any] = {"paused": False, "watched": False, "noted": False, "tracing": False}

# A signal handler may enter a state while its own thread changes the switches: hence reentrant.
switching = Lock()


class Mark:
    """One stay in a state. Contexts hold it, so it lives as long as the state may hold in any.

    Attributes:
        ended: whether a context that never entered it has left it, as a generator may.
        left: whether its block was left in order; a copy of the context from inside the block stays in
            the state.
        block: the `Inside` that entered. After an interrupt Python may never leave it: then it is freed
            with the frame of its `with`, and the mark counts no more.
        concretized: the nodes whose numbers were asked for meanwhile; for `concretization` only.
        record: what a recording notes meanwhile; None for other marks.
    """

    __slots__ = ("__weakref__", "block", "concretized", "ended", "left", "record")

    def __init__(self, block: Any) -> None:
        self.block = weakref.ref(block)
        self.ended = self.left = False
        self.concretized: list[Node] = []
        self.record: Any = None

    def counts(self) -> bool:
        return not self.ended and (self.left or self.block() is not None)


class State:
    """A state that a context is in while it holds a mark.

    Args:
        switch: its name in `SWITCHES`, true while any context may be in it.
    """

    def __init__(self, switch: str) -> None:
        self._switch = switch
        self.marks: ContextVar[tuple[Mark, ...]] = ContextVar(switch, default=())
        # Without callbacks, as a WeakSet has: Python drops an interrupt that comes in one.
        self._alive: list[weakref.ref[Mark]] = []

    def active(self) -> list[Mark]:
        """The marks of this context that still count."""
        return [mark for mark in self.marks.get() if mark.counts()]

    def enter(self, mark: Mark) -> Token[tuple[Mark, ...]]:
        with switching.current:
            self._alive.append(weakref.ref(mark))
            SWITCHES[self._switch] = True
        return self.marks.set((*self.marks.get(), mark))

    def leave(self, mark: Mark, entered: Token[tuple[Mark, ...]]) -> None:
        marks = self.marks.get()
        try:
            # An error of `reset` tells that another context entered.
            self.marks.reset(entered)
        except ValueError:
            mark.ended = True
        # Not the marks at entering: generators may leave in another order than they entered.
        self.marks.set(tuple(other for other in marks if other is not mark and other.counts()))
        mark.left = True

    def switch(self) -> None:
        """Set the switch by whether any context still holds a mark."""
        with switching.current:
            self._alive = [each for each in self._alive if (mark := each()) is not None and mark.counts()]
            SWITCHES[self._switch] = bool(self._alive)


# The mark of a leaf that was computed inside `no_grad`: its `backward` would reach nothing.
UNRECORDED = "computed inside no_grad"

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
            raise RuntimeError(
                "this call of no_grad() or detect_anomaly() is in use: write a new call for each `with`"
            )
        mark = Mark(self)
        if self._state is PAUSES and SWITCHES["noted"]:
            for record in records():
                record.note_pause()
        self._entered = mark, self._state.enter(mark)
        return mark

    def __exit__(self, *_: object) -> None:
        assert self._entered is not None
        entered, self._entered = self._entered, None
        self._state.leave(*entered)
        del entered  # the last reference, unless a copy of the context has the mark too
        self._state.switch()

    def __call__(self, function: F) -> F:
        new = functools.partial(type(self), self._state)
        wrapping: Callable[[Any], F] = functools.wraps(function)  # type: ignore[assignment]
        if inspect.isasyncgenfunction(function):

            async def steps(*args: Any, **kwargs: Any) -> Any:
                async for each in _asynchronous(function(*args, **kwargs), new):
                    yield each

            return wrapping(steps)
        if inspect.iscoroutinefunction(function):

            async def coroutine(*args: Any, **kwargs: Any) -> Any:
                return await _Awaited(function(*args, **kwargs), new)

            return wrapping(coroutine)
        if inspect.isgeneratorfunction(function):
            return wrapping(lambda *args, **kwargs: _driven(function(*args, **kwargs), new))
        if not callable(function) or isinstance(function, type):
            raise TypeError(
                f"a state such as no_grad() decorates a function, not {function!r}; for a block write `with`"
            )

        def inside(*args: Any, **kwargs: Any) -> Any:
            with new():
                return function(*args, **kwargs)

        return wrapping(inside)


def _driven(steps: Any, new: Callable[[], Inside]) -> Generator[Any, Any, Any]:
    """A generator or coroutine, each of its steps in the state."""

    def step(advance: Callable[..., Any], *sent: Any) -> Any:
        with new():
            return advance(*sent)

    advance, sent = steps.send, None
    while True:
        try:
            yielded = step(advance, sent)
        except StopIteration as end:
            return end.value
        try:
            advance, sent = steps.send, (yield yielded)
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
                yielded = await _Awaited(advance(sent), new)
            except StopAsyncIteration:
                return
            try:
                advance, sent = steps.asend, (yield yielded)
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
    autograd.DomainError: log(p) gave -inf at index (1,): log takes x in (0, inf)
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


def recording() -> bool:
    """Whether operations are recorded in this context.

    >>> recording()
    True
    """
    return not (SWITCHES["paused"] and PAUSES.active())


def records() -> list[Any]:
    """The records of the recordings around: see `concretization.Looks`."""
    return [mark.record for mark in NOTES.active() if mark.record is not None]


def watching() -> bool:
    """Whether `detect_anomaly` is on in this context.

    >>> watching()
    False
    """
    return SWITCHES["watched"] and len(WATCHES.active()) > 0
