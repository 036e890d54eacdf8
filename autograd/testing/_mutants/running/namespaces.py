"""Names of modules, classes and dicts, and the way back to their former values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["Namespaces"]

_ABSENT = object()


class Namespaces:
    """Namespaces as they were when first watched, to be restored where they were changed.

    Only names that `settle` sees changed are restored: what runs afterwards may keep its own state in the
    same namespaces.

    >>> names, namespaces = {"a": 1}, Namespaces()
    >>> namespaces.watch(names)
    >>> names.update(a=2, b=3)
    >>> namespaces.settle()
    >>> names["c"] = 4
    >>> namespaces.restore()
    >>> names
    {'a': 1, 'c': 4}
    """

    def __init__(self) -> None:
        self._before: dict[int, tuple[Any, dict[str, Any]]] = {}
        self._changes: list[tuple[Any, str, Any]] = []

    def watch(self, *spaces: Any) -> None:
        """Remember namespaces: dicts and classes."""
        for space in spaces:
            if id(space) not in self._before:
                self._before[id(space)] = space, dict(_names(space))

    def settle(self) -> None:
        """Take the changes since for those to restore."""
        for space, before in self._before.values():
            now = _names(space)
            for name in {*before, *now}:
                former = before.get(name, _ABSENT)
                if now.get(name, _ABSENT) is not former:
                    self._changes.append((space, name, former))
        self._before.clear()

    def restore(self) -> None:
        """Give the changed names their former values."""
        while self._changes:
            space, name, former = self._changes[-1]
            assign(space, name, former)
            self._changes.pop()


def assign(space: Any, name: str, value: Any = _ABSENT) -> None:
    """Set a name of a dict or a class, or delete it."""
    if isinstance(space, dict):
        if value is _ABSENT:
            space.pop(name, None)
        else:
            space[name] = value
    elif value is not _ABSENT:
        setattr(space, name, value)
    elif name in vars(space):
        delattr(space, name)


def _names(space: Any) -> Mapping[str, Any]:
    return space if isinstance(space, dict) else vars(space)
