"""Arguments of NumPy's functions that have no meaning for a Tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["NOTHING", "refuse"]

NOTHING: Any = np._NoValue  # NumPy's own default where None would mean something

# What to do in place of passing an argument.
INSTEAD = {
    "dtype": "a Tensor keeps the dtype of the array that it was made from",
    "out": "the result is a Tensor of its own",
    "initial": "add it to the result, multiply by it, or take the larger of both",
    "where": "choose the elements first, as x[mask]",
    "order": "'C' or 'F'",
    "copy": "a Tensor's array is always its own",
    "return_index": "numpy.unique of its .data gives the places",
    "return_inverse": "numpy.unique of its .data gives the places",
    "return_counts": "numpy.unique of its .data gives the counts",
    "mean": "it is computed from the numbers themselves, and has its part in the derivative",
    "sort order": "its numbers have no fields",
    "partition order": "its numbers have no fields",
    "casting": "dtypes follow NumPy's own promotion",
}
SWITCHED_ON = {"where", "copy", "subok"}  # NumPy's default is True


def refuse(function: str, **arguments: Any) -> None:
    """Raise for the first argument that has no meaning for a Tensor and is not at its default.

    >>> refuse("sum", dtype=None, where=True)
    >>> refuse("sum", dtype=None, out=np.zeros(2))
    Traceback (most recent call last):
        ...
    TypeError: sum of a Tensor takes no out=array([0., 0.]): the result is a Tensor of its own
    """
    for argument, value in arguments.items():
        is_default = value is None or value is NOTHING or (value is True and argument in SWITCHED_ON)
        if not is_default:
            instead = INSTEAD.get(
                f"{function} {argument}", INSTEAD.get(argument, "it has no meaning for a Tensor")
            )
            raise TypeError(f"{function} of a Tensor takes no {argument}={value!r:.60}: {instead}")
