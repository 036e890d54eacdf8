"""The variables of a transform while it runs its function."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Self

from autograd._graph.concretization import tell_watchers
from autograd._graph.context import SWITCHES, recording, switching
from autograd._graph.node import Node

__all__ = ["Tracing", "lenient", "refusing"]

# Whether a silent conversion of a node to a number is an error.
_strict: ContextVar[bool] = ContextVar("strict", default=True)


@contextmanager
def lenient(is_lenient: bool = True) -> Iterator[None]:
    """Allow silent conversions to numbers, or not: for `gradcheck`, which finds the lost derivatives."""
    entered = _strict.set(not is_lenient)
    try:
        yield
    finally:
        _strict.reset(entered)


def refusing() -> bool:
    """Whether a silent conversion to a number is refused: wherever operations are recorded."""
    return recording() and _strict.get()


class Tracing:
    """One run of a transform's function: its variables, and the leaves created in it.

    Attributes:
        outer: the enclosing run, if any.
        taken_out: the first node that depends on a variable and whose number the function took out, by
            ``.data`` or inside `no_grad`; None without one.
    """

    __slots__ = ("outer", "taken_out")

    _current: ClassVar[ContextVar[Tracing | None]] = ContextVar("tracing", default=None)
    # Of all active runs, in any context: a variable of one is a variable for every thread.
    _variables: ClassVar[dict[Node, int]] = {}
    # By their ids, nodes known to depend on no variable: a loop that concretizes each of its nodes does not
    # search the whole graph each time.
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
            self.taken_out = None  # leaves of this run refer to it: a node that depends on them is a cycle
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
        """Whether this run, or one inside it, created a leaf."""
        run = leaf._made_in()
        while run is not None:
            if run is self:
                return True
            run = run.outer
        return False

    @classmethod
    def differentiates(cls, node: Node) -> bool:
        """Whether a node depends on a variable of any active run."""
        seen, reached = {id(node)}, [node]
        for other in reached:
            if other in cls._variables:
                return True
            for parent in other._links():
                if parent is not None and id(parent) not in seen and id(parent) not in cls._independent:
                    seen.add(id(parent))
                    reached.append(parent)
        # A later variable cannot be among its ancestors.
        cls._independent[id(node)] = weakref.ref(node, functools.partial(cls._forget, id(node)))
        return False

    @classmethod
    def _forget(cls, key: int, _: object) -> None:
        cls._independent.pop(key, None)

    @classmethod
    def note_taken_out(cls, node: Node) -> None:
        """Note in the runs of this context that ``.data`` or `no_grad` took a number out."""
        if SWITCHES["noted"]:
            tell_watchers(node)
        run = cls._current.get()
        if run is not None and run.taken_out is None and _strict.get() and cls.differentiates(node):
            while run is not None and run.taken_out is None:
                run.taken_out = node
                run = run.outer
