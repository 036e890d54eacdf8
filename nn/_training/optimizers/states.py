"""The memory of an optimizer as arrays that a file can hold, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd import Tensor
from nn._nets.parameters import Parameter

__all__ = ["checked_memory", "gathered"]


def gathered(part: Sequence[Any]) -> Any:
    """A part of the state of some parameters: one vector where each has a number, else a list.

    >>> gathered([3, 3]), gathered([0.5, np.float32([1, 2])])
    (array([3, 3]), [array(0.5), array([1., 2.], dtype=float32)])
    """
    for kind in (int, float):
        if all(type(x) is kind for x in part):
            return np.array(part, np.dtype(kind))
    return [np.array(x) for x in part]


def checked_memory(
    state: Mapping[str, Any], parts: Sequence[str], params: Sequence[Parameter]
) -> dict[int, tuple[Any, ...]]:
    """The memory in the `state_dict` of an optimizer, each number as the steps had it.

    Args:
        state: has the places of parameters, and for each part of the memory the numbers at these places.
        parts: the names of the parts.
        params: the parameters of the optimizer that gets the memory.

    Raises:
        ValueError, KeyError: where it is no memory of these parameters.
    """
    places, memory = [int(i) for i in state["places"]], state["memory"]
    if len(set(places)) < len(places) or not set(places) <= set(range(len(params))):
        raise ValueError(f"its places are {places}, of {len(params)} parameters")
    if not places:
        return {}
    if set(memory) != set(parts):
        raise ValueError(f"its memory has {list(memory)}, and here {list(parts)}")
    columns = []
    for name in parts:
        items = memory[name].tolist() if isinstance(memory[name], np.ndarray) else memory[name]
        if len(items) != len(places):
            raise ValueError(f"its {name} is of {len(items)} parameters, not {len(places)}")
        columns.append([_fitting(name, x, params[i]) for i, x in zip(places, items, strict=True)])
    return dict(zip(places, zip(*columns, strict=True), strict=True))


def _fitting(name: str, x: Any, parameter: Parameter) -> Any:
    """A number or a new array that may be in the state of a parameter."""
    if type(x) in (int, float):
        return x
    shape = parameter.shape if isinstance(parameter, Tensor) else ()
    if not isinstance(x, (np.ndarray, np.generic)) or x.dtype.kind not in "if" or x.shape not in (shape, ()):
        raise ValueError(f"its {name} has shape {np.shape(x)}, and the parameter {shape}")
    if not x.ndim and x.dtype.itemsize == 8:  # arithmetic is that of Python's numbers
        return x.item()
    dtype = parameter.dtype if x.dtype.kind == "f" and isinstance(parameter, Tensor) else x.dtype
    return np.array(x, dtype)[()]
