"""A warning of numbers that a recording looked at: a program freezes the choice."""

from __future__ import annotations

from collections.abc import Iterable

from autograd._graph.concretization import listed, where_concretized
from autograd._graph.node import Node, name
from autograd._support.callers import warn

__all__ = ["places_of_choices", "warn_of_choices"]


def warn_of_choices(nodes: Iterable[Node], parameters: Iterable[Node], each: str) -> None:
    """Warn of nodes whose numbers were looked at, as by an ``if``.

    The numbers of parameters are read to make a theta of them.

    Args:
        nodes: depend on a leaf of the program, and are used in it.
        parameters: the leaves to differentiate by.
        each: says for what the frozen choice is the same, and what chooses anew.
    """
    if places := places_of_choices(nodes, parameters):
        warn(
            f"the recording looked at the number of {listed(places)}. What was chosen by it, or "
            f"computed from it in plain Python, is the same for {each}. If nothing was, all is well",
            RuntimeWarning,
        )


def places_of_choices(nodes: Iterable[Node], parameters: Iterable[Node]) -> list[str]:
    """The names of nodes whose numbers were looked at, with the lines; arguments as of `warn_of_choices`."""
    own = set(map(id, parameters))
    places = []
    for node in nodes:
        place, chooses = where_concretized(node) or ("", False)
        if chooses or id(node) not in own:
            places.append(f"{name(node)} ({place})")
    return places
