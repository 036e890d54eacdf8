"""The table: rows are added to it, and its readers are told of every one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd._graph.node import Node
from autograd._graph.primitive import PRIMITIVES
from autograd._table.array_rows import ArrayRow
from autograd._table.numerics import elementary
from autograd._table.readings import ARRAYS, FLOATS, NODES, NUMPY
from autograd._table.rows import Row

__all__ = ["check", "check_on_define", "define", "define_arrays", "on_define", "rows"]

_readers: list[Callable[[Row], None]] = []
_checks: list[Callable[[Row | ArrayRow], None]] = []


def on_define(reader: Callable[[Row], None]) -> None:
    """Call `reader` with every row there is and every row to come: how a node type gets its methods."""
    _readers.append(reader)
    for row in rows():
        reader(row)


def check_on_define(reader: Callable[[Row | ArrayRow], None]) -> None:
    """Call `reader` with every row to come, before it is added: it raises ValueError for one it cannot use."""
    _checks.append(reader)


def check(*new: Row | ArrayRow) -> None:
    """Show rows to those who asked for it with `check_on_define`."""
    for row in new:
        for reader in _checks:
            reader(row)


def rows() -> Iterator[Row]:
    """The rows of the table, in order."""
    return (p for p in list(PRIMITIVES.values()) if isinstance(p, Row))


def define_arrays(*new: ArrayRow) -> None:
    """Add array-only rows to the table.

    Raises:
        ValueError: for a name that is taken.
    """
    for row in new:
        if row.name in PRIMITIVES:
            raise ValueError(f"row {row.name!r}: the name is taken")
        PRIMITIVES[row.name] = row
        NUMPY[row.on_arrays] = row


def define(*new: Row) -> None:
    """Add rows to the table. They may use each other's names and those already there.

    Raises:
        ValueError: for a name that is taken, or a partial that uses a name the table lacks.
    """
    known = {*NODES, *(row.key for row in new)}
    for row in new:
        if row.key in PRIMITIVES or row.key in FLOATS:  # FLOATS also holds what generated code uses
            raise ValueError(f"row {row.name!r}: the name is taken")
        if missing := row.names_used() - known:
            raise ValueError(f"row {row.name!r}: its partials use {sorted(missing)}, not in the table")
    for row in new:
        PRIMITIVES[row.key] = row
        FLOATS[row.key] = row.on_floats
        ARRAYS[row.key] = row.on_arrays
        NODES[row.key] = row
        NUMPY.update(dict.fromkeys((row.on_arrays, *row.also), row))
    for row in new:
        row.float_partials = row.read(FLOATS)
        row.node_partials = row.read(NODES)
        row.array_pulls = row.read_pulls(ARRAYS)
        row.node_pulls = row.read_pulls(NODES)
        for reader in _readers:
            reader(row)


def _slope(x: Any, y: Any) -> Any:
    """∂(x**y)/∂x in nodes: for a number y as a lecturer writes it, for one that varies as a row."""
    if isinstance(y, Node) or np.ndim(y):
        return NODES["_dpow"](x, y)
    if y >= 0.5:
        return y * x ** (y - 1)
    # Not x**(y - 1): the rounding of y - 1 is multiplied by ln x, up to 745.
    return y * x**y / x if y else 0.0


# What partials may use besides the table.
FLOATS.update(pi=math.pi, _slope=elementary.dpow)
ARRAYS.update(pi=math.pi, _slope=elementary.dpow_array)
NODES.update(pi=math.pi, _slope=_slope)
