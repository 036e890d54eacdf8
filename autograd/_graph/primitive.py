"""An operation that nodes record, and the table of all there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

__all__ = ["PRIMITIVES", "Primitive", "lookup"]

# The adjoint of a result, the arguments, the result, and the row's parameters: what an argument gains.
Pull = Callable[[Any, Sequence[Any], Any, dict[str, Any]], Any]


class Pulls(Protocol):
    """What each argument of a row gains; None for nothing."""

    def __getitem__(self, i: int, /) -> Pull | None: ...


class Primitive:
    """An operation the engine can record: what `Node.op` holds."""

    name: str
    latex: str
    __call__: Callable[..., Any]

    array_pulls: Pulls
    node_pulls: Pulls
    joint = False  # linear in all arguments together: its pulls are asked for `at` an adjoint
    broadcasts: bool  # whether a gain may have to be summed to the shape of its argument

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __str__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Any, ...]:
        return lookup, (self.name,)


PRIMITIVES: dict[str, Primitive] = {}  # by their names; `_table.define` adds to it


def lookup(name: str) -> Primitive:
    """The primitive of that name.

    >>> lookup("sin")
    <primitive sin>
    """
    try:
        return PRIMITIVES[name]
    except KeyError:
        raise KeyError(f"there is no primitive {name!r}; the table has {sorted(PRIMITIVES)}") from None
