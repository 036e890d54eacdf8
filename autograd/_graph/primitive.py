"""An operation that nodes record, and the table of all operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Protocol

__all__ = ["PRIMITIVES", "Primitive", "lookup"]

# From the adjoint of a result, the arguments, the result and the row's parameters: the contribution to the
# adjoint of one argument. The field calls it a vector-Jacobian product.
Pull = Callable[[Any, Sequence[Any], Any, dict[str, Any]], Any]


class Pulls(Protocol):
    """For each argument of a row its `Pull`; None where its contribution is 0."""

    def __getitem__(self, i: int, /) -> Pull | None: ...


class Primitive:
    """An operation that nodes record, in `Node.op`."""

    # The attributes for users, which `dir` and completion show; the others are for the engine.
    _interface: ClassVar[tuple[str, ...]] = ("name", "latex")

    name: str
    key: str  # its name in the readings of the table and in generated code
    latex: str
    __call__: Callable[..., Any]

    array_pulls: Pulls
    node_pulls: Pulls
    joint = False  # linear in all arguments together: its pulls belong to one adjoint, see `_Joint.at`
    broadcasts: bool  # whether a contribution may have to be summed to the shape of its argument

    def __dir__(self) -> list[str]:
        return [*self._interface, *(name for name in super().__dir__() if name.startswith("__"))]

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
