"""Dicts and lists of numbers, texts and arrays, as JSON and named arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["PREFIX", "joined", "split"]

PREFIX = "training/"  # begins the names of these arrays in a file
PLACE = "$array"  # the key of a dict that stands for an array


def split(tree: Any, arrays: dict[str, NDArray[Any]]) -> Any:
    """The tree with a place for each array, which goes among the arrays under a name of its own.

    >>> arrays = {}
    >>> split({"rate": 0.1, "parts": [np.ones(2), np.int64(3)]}, arrays)
    {'rate': 0.1, 'parts': [{'$array': 'training/0'}, {'$array': 'training/1'}]}
    >>> joined(_, arrays)
    {'rate': 0.1, 'parts': [array([1., 1.]), array(3)]}
    """
    if isinstance(tree, Mapping):
        for key in tree:
            if type(key) is not str or key == PLACE:
                raise TypeError(f"a dict in a file has texts for keys, other than {PLACE!r}, and not {key!r}")
        return {key: split(part, arrays) for key, part in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [split(part, arrays) for part in tree]
    if isinstance(tree, (np.ndarray, np.generic)):
        name = f"{PREFIX}{len(arrays)}"
        arrays[name] = np.array(tree, order="C")
        return {PLACE: name}
    if tree is None or isinstance(tree, (bool, int, float, str)):
        return tree
    raise TypeError(f"a file holds numbers, texts and arrays, and no {type(tree).__name__} ({tree!r:.80})")


def joined(tree: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:
    """The tree that `split` was given."""
    if isinstance(tree, dict):
        return arrays[tree[PLACE]] if PLACE in tree else {key: joined(x, arrays) for key, x in tree.items()}
    return [joined(part, arrays) for part in tree] if isinstance(tree, list) else tree
