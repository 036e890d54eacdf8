"""The names of rows in listings and pictures."""

from __future__ import annotations

from typing import Any

from autograd._graph.primitive import PRIMITIVES
from autograd._table.parametric import ParametricRow
from autograd._table.rows import Row

__all__ = ["row_name"]


def row_name(row: Any) -> str:
    """The name of a row; of a helper row, that of the mathematics it computes.

    A helper is named for the public row that gives the same numbers or is written the same, as maximum and a
    difference are, or as the derivative that it is.

    >>> [row_name(PRIMITIVES[name]) for name in ("_dtanh", "_d2silu", "_step", "_top", "_below", "_gauss")]
    ["tanh'", "silu''", "relu'", 'maximum', 'sub', 'gauss']
    """
    name: str = row.name
    if not name.startswith("_") or not isinstance(row, Row):
        return name.removeprefix("_")
    rows = [other for other in PRIMITIVES.values() if isinstance(other, Row)]
    for other in rows:
        is_alike = other.on_floats is row.on_floats or other.latex == row.latex
        if is_alike and other.arity == row.arity and not other.name.startswith("_"):
            return other.name
    derivative = f"{name}({', '.join(row.inputs)})"
    for other in rows:
        if other.partials[0] == derivative and (other.arity == 1 or isinstance(other, ParametricRow)):
            return f"{row_name(other)}'"
    return name.removeprefix("_")
