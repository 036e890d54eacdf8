"""Activations: any function of nodes that a layer applies to its weighted sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["Activation", "identity", "name_of", "one_for_each"]

Activation = Callable[[Any], Any]


def identity(z: Any) -> Any:
    """a = z: the activation of a linear layer, as in the 2-3-1 net of deck E.

    >>> identity(-1.025)
    -1.025
    """
    return z


def one_for_each(activation: Activation | Sequence[Activation], layers: int) -> list[Activation]:
    """The activation of every layer: one function for all of them, or one for each.

    Raises:
        TypeError: for anything but functions.
        ValueError: for another number of functions than of layers.

    >>> one_for_each([abs, identity], 2) == [abs, identity], one_for_each(abs, 2) == [abs, abs]
    (True, True)
    """
    each: list[Any] = list(activation) if isinstance(activation, (list, tuple)) else [activation] * layers
    if len(each) != layers:
        raise ValueError(f"{layers} layers take one activation or {layers} of them; given {len(each)}")
    for function in each:
        if not callable(function):
            raise TypeError(f"an activation is a function such as autograd.sigmoid, not {function!r}")
    return each


def name_of(function: Callable[..., Any]) -> str:
    """The name of a function, for a table or an error.

    >>> name_of(identity)
    'identity'
    """
    return getattr(function, "__name__", repr(function))
