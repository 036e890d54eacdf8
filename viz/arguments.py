"""What users pass, checked before any work is done with it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.graph import Node

__all__ = ["a_bool", "a_node", "between", "count"]


def a_bool(given: Any, what: str) -> bool:
    """True or False.

    >>> a_bool("no", "grad")
    Traceback (most recent call last):
        ...
    TypeError: grad is True or False, not 'no'
    """
    if not isinstance(given, (bool, np.bool_)):
        raise TypeError(f"{what} is True or False, not {given!r:.80}")
    return bool(given)


def a_node(given: Any, function: str) -> Node:
    """A node of a recorded graph.

    >>> a_node(3, "formula")
    Traceback (most recent call last):
        ...
    TypeError: formula takes a Value or a Tensor, not int (3)
    """
    if not isinstance(given, Node):
        raise TypeError(f"{function} takes a Value or a Tensor, not {type(given).__name__} ({given!r:.80})")
    return given


def count(given: Any, what: str, least: int = 1, most: int | None = None, unit: str = "") -> int:
    """A whole number.

    Args:
        given: what was passed.
        what: the parameter's name.
        least, most: the smallest and the largest that will do.
        unit: what it counts, with a space before it.

    >>> count("a", "limit"), count(5, "width", 100, 10_000, " of pixels")
    Traceback (most recent call last):
        ...
    ValueError: limit is a whole number from 1, not 'a'
    """
    if (
        isinstance(given, bool)
        or not isinstance(given, (int, np.integer))
        or given < least
        or (most is not None and given > most)
    ):
        end = "" if most is None else f" to {most}"
        raise ValueError(f"{what} is a whole number{unit} from {least}{end}, not {given!r:.80}")
    return int(given)


def between(given: Any, what: str, low: float, high: float, unit: str = "") -> float:
    """A number from `low` to `high`.

    >>> between(219, "seconds_per_frame", 0.02, 200, " of seconds")
    Traceback (most recent call last):
        ...
    ValueError: seconds_per_frame is a number of seconds from 0.02 to 200, not 219
    """
    real = isinstance(given, (int, float, np.integer, np.floating)) and not isinstance(given, bool)
    if not real or not low <= given <= high:
        raise ValueError(f"{what} is a number{unit} from {low:g} to {high:g}, not {given!r:.80}")
    return float(given)
