"""Subclasses of `Value` and `Tensor` with attributes of their own.

The metaclass of `Value` creates leaves, not an ``__init__``: see `_nodes.value`. A subclass may have an
``__init__`` all the same: between it and `Value` stands `Extended`, with ``super().__init__(data, label)``.
Without this call, the argument `data` of the subclass's ``__init__`` is the number.

The result of an operation is a plain `Value` or `Tensor`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from autograd._graph.context import SWITCHES
from autograd._graph.node import Node
from autograd._graph.tracing import Tracing
from autograd._nodes.operands.reals import real
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.entering import is_number

__all__ = ["Extended"]

MISSING = object()


def _data_of(function: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """The argument of a call for the parameter `data`; `MISSING` without one."""
    try:
        return inspect.signature(function).bind(*args, **named).arguments.get("data", MISSING)
    except TypeError:  # the call itself raises it again
        return MISSING


class _ExtendsValue(type(Value)):  # type: ignore[misc]
    @property
    def __signature__(cls) -> inspect.Signature:
        initialise: Any = cls.__init__  # type: ignore[misc]
        signature = inspect.signature(initialise)
        return signature.replace(parameters=list(signature.parameters.values())[1:])

    def __call__(cls, *args: Any, **named: Any) -> Any:
        make: Any = cls.__new__
        leaf = object.__new__(cls) if make is object.__new__ else make(cls, *args, **named)
        leaf._op = leaf._a = leaf._b = None
        leaf._uses = None
        if SWITCHES["tracing"]:
            leaf._x = Tracing.current()
        initialise: Any = cls.__init__  # type: ignore[misc]
        if is_number(data := _data_of(initialise, (leaf, *args), named)):
            leaf._primal = float(data)
        try:
            initialise(leaf, *args, **named)
        except TypeError as error:
            if "object.__init__()" in str(error):
                raise TypeError(
                    f"in {cls.__name__}.__init__ write super().__init__(data) for Value.__init__(self, data)"
                ) from None
            raise
        if not hasattr(leaf, "_primal"):
            raise TypeError(f"{cls.__name__}.__init__ gave this Value no number: super().__init__(data) does")
        return leaf


class Extended(Value, metaclass=_ExtendsValue):
    """The base of a user's subclass of `Value`, in place of `Value`: a leaf with an ``__init__``.

    >>> class Weight(Value):
    ...     def __init__(self, data, name):
    ...         super().__init__(data, label=name)
    ...         self.name = name
    >>> w = Weight(2.0, "w")
    >>> w, w.name, w * 3
    (Value(2.0, label='w'), 'w', Value(6.0))
    """

    __slots__ = ()

    def __init__(self, data: Any, label: str | None = None) -> None:
        self._primal = real(data, type(self).__name__)
        if label is not None:
            self.label = label

    @classmethod
    def _restore(cls, state: Any, parents: Sequence[Node | None]) -> Value:
        data, _, _, label, grad = state
        leaf = object.__new__(cls)
        leaf._primal, leaf._op, leaf._uses, leaf._a, leaf._b = data, None, None, None, None
        leaf._label, leaf._adjoint = label, grad
        return leaf


type(Value).extended = Extended


def _complete(cls: type[Tensor]) -> None:
    """Let a subclass of `Tensor` have an ``__init__`` that does not call the one above it."""
    super(Tensor, cls).__init_subclass__()
    own = cls.__dict__.get("__init__")
    if own is None:
        return

    @functools.wraps(own)
    def __init__(self: Tensor, *args: Any, **named: Any) -> None:
        own(self, *args, **named)
        if not hasattr(self, "_primal"):
            if (data := _data_of(own, (self, *args), named)) is MISSING:
                raise TypeError(
                    f"{cls.__name__}.__init__ gave this Tensor no array: super().__init__(data) does"
                )
            Tensor.__init__(self, data)

    cls.__init__ = __init__  # type: ignore[method-assign]


Tensor.__init_subclass__ = classmethod(_complete)  # type: ignore[assignment]
