"""What is being differentiated, for the time that a transform runs its function."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Self

from autograd._graph.context import SWITCHES, recording, switching
from autograd._graph.node import Node

__all__ = ["Tracing", "lenient", "refusing"]

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


class Tracing:
    """One run of a transform's function: what it differentiates by, and which leaves were made in it.

    Attributes:
        outer: the run that it is inside of, if any.
        taken_out: the first node whose number the function took out, by ``.data`` or inside `no_grad`, though
            it depends on what is differentiated; None if there is none.
    """

    __slots__ = ("outer", "taken_out")

    _current: ClassVar[ContextVar[Tracing | None]] = ContextVar("tracing", default=None)
    # Of all runs that are under way, in any context: what is differentiated is so for every thread.
    _variables: ClassVar[dict[Node, int]] = {}
    # By their ids, nodes known to depend on none of these, so that a loop that looks at each does not go all
    # the way back each time.
    _independent: ClassVar[dict[int, weakref.ref[Node]]] = {}

    def __init__(self) -> None:
        self.outer = self._current.get()
        self.taken_out: Node | None = None

    @classmethod
    def current(cls) -> Tracing | None:
        """The innermost run of this context."""
        return cls._current.get()

    @contextmanager
    def differentiating(self, variables: list[Node]) -> Iterator[Self]:
        """The function runs in this block."""
        with switching.current:
            for variable in variables:
                self._variables[variable] = self._variables.get(variable, 0) + 1
            SWITCHES["tracing"] = True
        entered = self._current.set(self)
        try:
            yield self
        except BaseException:
            self.taken_out = None  # leaves made in this run keep it, and a node that depends on them a cycle
            raise
        finally:
            self._current.reset(entered)
            with switching.current:
                for variable in variables:
                    self._variables[variable] -= 1
                    if not self._variables[variable]:
                        del self._variables[variable]
                SWITCHES["tracing"] = bool(self._variables)

    def contains(self, leaf: Any) -> bool:
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
        seen, reached = {id(node)}, [node]
        for other in reached:
            if other in cls._variables:
                return True
            for parent in other._links():
                if parent is not None and id(parent) not in seen and id(parent) not in cls._independent:
                    seen.add(id(parent))
                    reached.append(parent)
        # It will not depend on a later variable either: what it was made from is there already.
        cls._independent[id(node)] = weakref.ref(node, functools.partial(cls._forget, id(node)))
        return False

    @classmethod
    def _forget(cls, key: int, _: object) -> None:
        cls._independent.pop(key, None)

    @classmethod
    def note_taken_out(cls, node: Node) -> None:
        """Tell the runs of this context that a number was taken out, by ``.data`` or inside `no_grad`."""
        run = cls._current.get()
        if run is not None and run.taken_out is None and _strict.get() and cls.differentiates(node):
            while run is not None and run.taken_out is None:
                run.taken_out = node
                run = run.outer
