"""The primitives from outside by the module and the name of their definition: keys, owners, pickles."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from autograd._graph.primitive import Primitive
from autograd._support.callers import users_frame
from autograd._support.process.locks import Lock

__all__ = ["FromOutside", "agree", "defining", "latest", "new_key", "register", "users_module"]

_latest: dict[tuple[str, str], FromOutside] = {}
_numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))

defining = Lock()  # held while the table changes: a name may be defined by several threads at once


def users_module() -> str:
    """The name of the module whose line defines a primitive."""
    name: str = users_frame().f_globals.get("__name__", "__main__")
    return name


def new_key(name: str) -> str:
    """A name for generated code that no other definition has: a later definition does not reach into it."""
    with defining.current:
        return f"{name}__{next(_numbers[name])}"


class FromOutside(Primitive):
    """A primitive that a user defines; in a pickle it is its module and its name.

    A process that reads the pickle imports that module, if it can, which defines the primitive there too.
    """

    module: str
    entry: str  # its name among the primitives of its module; of a row the name of the row

    def fingerprint(self) -> tuple[float | None, ...]:
        """Numbers that tell a definition from another of the same name."""
        return ()

    def __copy__(self) -> FromOutside:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> FromOutside:
        return self

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _restored, (self.module, self.entry, self.fingerprint())


def register(primitive: FromOutside) -> None:
    """Make a primitive the latest definition of its module and entry."""
    _latest[primitive.module, primitive.entry] = primitive


def latest(name: str) -> FromOutside | None:
    """The latest definition of a row of that name, in any module."""
    return next((p for (_, entry), p in reversed(list(_latest.items())) if entry == name), None)


def _restored(module: str, entry: str, fingerprint: tuple[float | None, ...]) -> Any:
    if (module, entry) not in _latest and module != "__main__":
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    primitive = _latest.get((module, entry)) or latest(entry)
    if primitive is None:
        raise LookupError(
            f"what is loaded was recorded with {entry!r}, which {module} defines by autograd.extend: "
            "run its definition first, and load again"
        )
    if not agree(primitive.fingerprint(), fingerprint):
        raise LookupError(
            f"what is loaded was recorded with another {entry!r} than the one that is defined here, which "
            "has other values or derivatives: define it as it was, or record again"
        )
    return primitive


def agree(a: Iterable[float | None], b: Iterable[float | None]) -> bool:
    """Whether two fingerprints are of the same definition."""
    pairs = itertools.zip_longest(a, b)
    return all(
        x is y or (x is not None and y is not None and math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12))
        for x, y in pairs
    )
