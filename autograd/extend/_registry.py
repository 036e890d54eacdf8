"""The primitives from outside by the module and the name of their definition: keys, owners, pickles."""

from __future__ import annotations

import contextlib
import importlib
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from autograd._graph.primitive import Primitive
from autograd._support.callers import users_frame

__all__ = ["FromOutside", "latest", "new_key", "register", "users_module"]

_latest: dict[tuple[str, str], FromOutside] = {}
_numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))


def users_module() -> str:
    """The name of the module whose line defines a primitive."""
    name: str = users_frame().f_globals.get("__name__", "__main__")
    return name


def new_key(name: str) -> str:
    """A name for generated code that no other definition has: a later definition does not reach into it."""
    return f"{name}__{next(_numbers[name])}"


class FromOutside(Primitive):
    """A primitive that a user defines; in a pickle it is its module and its name.

    A process that reads the pickle imports that module, if it can, which defines the primitive there too.
    """

    module: str
    is_function = False  # whether only its own variable leads to it, and its name is free for others
    texts: tuple[str, ...] = ()  # the derivatives, which must be the same where a pickle is read

    def __copy__(self) -> FromOutside:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> FromOutside:
        return self

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _restored, (self.module, self.name, self.texts)


def register(primitive: FromOutside) -> None:
    """Make a primitive the latest of its module and name."""
    _latest[primitive.module, primitive.name] = primitive


def latest(name: str) -> FromOutside | None:
    """The latest definition of a row of that name, in any module."""
    return next((p for (_, own), p in reversed(_latest.items()) if own == name and not p.is_function), None)


def _restored(module: str, name: str, texts: tuple[str, ...]) -> Any:
    if (module, name) not in _latest and module != "__main__":
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    primitive = _latest.get((module, name)) or latest(name)
    if primitive is None:
        raise LookupError(
            f"what is loaded was recorded with {name!r}, which {module} defines by autograd.extend: "
            "run its definition first, and load again"
        )
    if primitive.texts != texts:
        raise LookupError(
            f"what is loaded was recorded with another {name!r}, of the derivatives {texts}; here they are "
            f"{primitive.texts}: define it as it was, or record again"
        )
    return primitive
