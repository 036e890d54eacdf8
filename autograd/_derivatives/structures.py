"""Lists, tuples and dicts as one argument or one result: their leaves, and the same structure with others.

A leaf is a number, an array or a node. A container is a list, a tuple, a named tuple, a dict, or an array of
objects; ``None`` inside one stands for nothing, as the bias of a layer that has none.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from autograd._graph.node import Node
from autograd._support.entering import is_number

__all__ = [
    "align", "in_array", "is_container", "is_named", "is_written_array", "leaves", "parts_of", "rebuild",
]  # fmt: skip


def is_named(x: Any) -> bool:
    """Whether x is a named tuple."""
    return isinstance(x, tuple) and hasattr(x, "_fields")


def is_container(x: Any) -> bool:
    """Whether x is a container of leaves."""
    return isinstance(x, (list, tuple, dict)) or (isinstance(x, np.ndarray) and x.dtype == object)


def is_written_array(x: Any) -> bool:
    """Whether x is an array as written by hand: a list or tuple of numbers alone, or of rows of one length.

    >>> is_written_array([1.0, 2.0]), is_written_array([[1, 2], [3]]), is_written_array([np.ones(2), 1.0])
    (True, False, False)
    """
    try:
        if not isinstance(x, (list, tuple)) or not _holds_numbers_alone(x):
            return False
        return np.size(np.array(x)) > 0
    except (ValueError, RecursionError):  # rows of several lengths; a list that holds itself
        return False


def _holds_numbers_alone(x: Any) -> bool:
    return (
        isinstance(x, (list, tuple))
        and not is_named(x)
        and all(is_number(part) or _holds_numbers_alone(part) for part in x)
    )


def parts_of(x: Any) -> Iterator[tuple[str, Any]]:
    """The items of a container in order, each with its path as text.

    >>> list(parts_of({"W": 1.0})), list(parts_of([2.0]))
    ([('["W"]', 1.0)], [('[0]', 2.0)])
    """
    if isinstance(x, dict):
        for key, part in x.items():
            yield (f'["{key}"]' if isinstance(key, str) else f"[{key!r}]"), part
    elif is_named(x):
        for field, part in zip(x._fields, x, strict=True):
            yield f".{field}", part
    elif isinstance(x, np.ndarray):
        for index in np.ndindex(x.shape):
            yield f"[{', '.join(map(str, index))}]", x[index]
    else:
        for i, part in enumerate(x):
            yield f"[{i}]", part


def leaves(x: Any, path: str = "") -> list[tuple[str, Any]]:
    """The leaves of x, each with the text that reaches it from `path`, in order.

    Raises:
        ValueError: for a container that holds itself.

    >>> leaves({"W": [1.0, 2.0], "b": None}, "params")
    [('params["W"][0]', 1.0), ('params["W"][1]', 2.0)]
    """
    if not is_container(x):
        return [(path, x)]
    try:
        return list(_walk(x, path))
    except RecursionError:
        raise ValueError(
            f"{path or f'this {type(x).__name__}'} holds itself, or containers nested deeper than Python goes"
        ) from None


def _walk(x: Any, path: str) -> Iterator[tuple[str, Any]]:
    if not is_container(x):
        yield path, x
        return
    for step, part in parts_of(x):
        if part is not None:
            yield from _walk(part, path + step)


def align(x: Any, other: Any, path: str, name: str) -> list[tuple[str, Any]]:
    """The parts of `other`, of the same structure as x, that belong to the leaves of x, each with its path.

    Args:
        name: of `other`, for errors.

    Raises:
        ValueError: where the structures differ; names the place.

    >>> align({"w": 1.0, "b": 2.0}, {"b": 20.0, "w": 10.0}, "p", "the tangent")
    [('p["w"]', 10.0), ('p["b"]', 20.0)]
    """
    if x is None:
        return []
    if not is_container(x):
        return [(path, other)]
    if isinstance(x, dict):
        if not isinstance(other, dict) or other.keys() != x.keys():
            shown = list(other) if isinstance(other, dict) else other
            raise ValueError(f"{name}: {path or 'it'} is a dict of {list(x)}, and not {shown!r:.80}")
        others = [other[key] for key in x]
    elif isinstance(other, (list, tuple, np.ndarray)):
        others = list(other.flat if isinstance(x, np.ndarray) and isinstance(other, np.ndarray) else other)
    else:
        raise ValueError(f"{name}: {path or 'it'} is a {type(x).__name__}, and not {other!r:.80}")
    parts = list(parts_of(x))
    if len(others) != len(parts):
        raise ValueError(f"{name}: {path or 'it'} has {len(parts)} parts, and not {len(others)}")
    return [
        leaf
        for (step, part), each in zip(parts, others, strict=True)
        for leaf in align(part, each, path + step, name)
    ]


def rebuild(x: Any, new: Iterator[Any], deep: bool = True) -> Any:
    """x with other leaves, in the order of `leaves`: lists for lists, dicts of the same kind for dicts.

    Args:
        x: a container, or a leaf.
        new: the leaves to put in place of the leaves of x.
        deep: whether the parts of x are containers of leaves, and not leaves themselves.

    >>> rebuild({"W": [1.0, 2.0], "b": 3.0}, iter("abc"))
    {'W': ['a', 'b'], 'b': 'c'}
    """
    if not is_container(x):
        return next(new)
    parts = [None if p is None else rebuild(p, new) if deep else next(new) for _, p in parts_of(x)]
    return _like(x, parts)


def _like(x: Any, parts: list[Any]) -> Any:
    if isinstance(x, dict):
        new = {} if type(x) is dict else copy.copy(x)
        new.update(zip(x, parts, strict=True))
        return new
    if is_named(x):
        return x._make(parts)
    if isinstance(x, np.ndarray):
        return in_array(parts, x.shape)
    return tuple(parts) if isinstance(x, tuple) else parts


def in_array(elements: Iterable[Any], shape: tuple[int, ...]) -> Any:
    """Elements as an array of a shape: of objects if there are nodes among them, else of floats."""
    elements = list(elements)
    array = np.empty(len(elements), object if any(isinstance(e, Node) for e in elements) else float)
    for i, element in enumerate(elements):  # one by one, so that NumPy does not look into a Tensor
        array[i] = element
    return array.reshape(shape)
