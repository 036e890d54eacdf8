"""Strategies that Hypothesis prints as their users know them.

Of an example that `st.builds` or `map` made, Hypothesis prints the call, with helpers and drawn choices that
mean nothing to a user; of a composite strategy it prints the result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd._support.extras import extra

__all__ = ["computed", "named"]


def computed(function: Callable[..., Any], *strategies: Any) -> Any:
    """A function of drawn arguments, as `st.builds`, printed as its result."""
    st = extra("hypothesis.strategies", "testing", "drawing examples")
    label = st.builds(function, *strategies).label
    return st.composite(_Definition(label, "computed", lambda draw: function(*map(draw, strategies))))()


def named(strategy: Any, name: str, *arguments: Any, **options: Any) -> Any:
    """A strategy whose `repr` is the call by which a user makes it, without options that are None.

    >>> from hypothesis import strategies as st
    >>> named(st.sampled_from(range(1000)), "digits", 2, most=3, least=None)
    digits(2, most=3)
    """
    st = extra("hypothesis.strategies", "testing", "drawing examples")
    definition = _Definition(strategy.label, name, lambda draw: draw(strategy))
    return st.composite(definition)(*arguments, **{k: v for k, v in options.items() if v is not None})


class _Definition:
    """A composite strategy by a function of `draw`.

    Hypothesis makes new examples and smaller ones by exchanging what strategies of one label drew. Composite
    strategies of one source have one label, so each gets the label of the strategy that it stands for, as its
    hash.
    """

    def __init__(self, label: int, name: str, drawn: Callable[[Callable[[Any], Any]], Any]) -> None:
        self._label, self._drawn = label, drawn
        self.__name__ = self.__qualname__ = name

    def __call__(self, draw: Callable[[Any], Any], *arguments: Any, **options: Any) -> Any:
        return self._drawn(draw)

    def __hash__(self) -> int:
        return hash(self._label)
