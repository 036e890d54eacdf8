"""The table: rows are checked and added, and passed to its readers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograd._graph.node import Node
from autograd._graph.primitive import PRIMITIVES, Primitive
from autograd._table.array_rows import ArrayRow
from autograd._table.numerics import powers
from autograd._table.readings import ARRAYS, FLOATS, MIXED, NODES, NUMPY
from autograd._table.rows import Row

__all__ = [
    "check",
    "check_on_define",
    "define",
    "define_arrays",
    "node_types",
    "on_define",
    "on_numbers",
    "redefine",
    "retire",
    "rows",
    "withdraw",
]

_readers: list[Callable[[Row], None]] = []
_checks: list[Callable[[Primitive], object]] = []

# Names that generated functions use for themselves: one would hide a row of that name, or the row hide it.
RESERVED = {
    "x", "y", "z", "out", "g",                                                 # the texts of rows
    "self", "other", "node", "error", "type", "float", "NotImplemented",       # methods of `Value`
    "root", "seed", "reached", "leaves", "held", "a", "b", "p", "op", "uses", "ready", "wait", "contribution",  # sweep
    "inputs", "params",                                                        # of arrays
    "theta", "inf", "nan",                                                     # programs of scalars
}  # fmt: skip
PATTERN = re.compile(r"[vg]\d+|_\w+_row")  # v1 and g1 in programs of scalars; _sin_row, a row itself


def on_define(reader: Callable[[Row], None]) -> None:
    """Call `reader` with every row, present and future: so a node type gets its methods."""
    _readers.append(reader)
    for row in rows():
        reader(row)


def check_on_define(reader: Callable[[Primitive], object]) -> None:
    """Call `reader` with every row to come, before it is added: it raises ValueError for one it cannot use."""
    _checks.append(reader)


def check(*new: Primitive) -> None:
    """Call the readers of `check_on_define` with each row."""
    for row in new:
        for reader in _checks:
            reader(row)


def rows() -> Iterator[Row]:
    """The rows of the table, in order."""
    return (p for p in list(PRIMITIVES.values()) if isinstance(p, Row))


def define_arrays(*new: ArrayRow) -> None:
    """Add array-only rows to the table.

    Raises:
        ValueError: for a name that is taken. Nothing is added then.
    """
    _check_names(new)
    _publish(new, {row.on_arrays: row for row in new})


def define(*new: Row) -> None:
    """Add rows to the table. They may use each other's names and those of the table.

    Raises:
        ValueError: for a name that is taken, as by generated code or an attribute of nodes, or a partial
            that uses a name the table lacks. Nothing is added then.
    """
    _check_names(new)
    names = {*NODES, *(row.key for row in new)}
    for row in new:
        if row.key in RESERVED or PATTERN.fullmatch(row.key):
            raise ValueError(
                f"row {row.name!r}: generated code has this name for a variable of its own; "
                f"another is free, such as 'my_{row.name}'"
            )
        if row.public and any(hasattr(kind, row.name) for kind in node_types(Node)):
            raise ValueError(
                f"row {row.name!r}: nodes have this attribute, which would hide the method; "
                f"another name is free, such as 'my_{row.name}'"
            )
        if missing := row.names_used() - names:
            raise ValueError(f"row {row.name!r}: its partials use {sorted(missing)}, not in the table")
        _read_partials(row)
    _publish(new, _numpy_functions(*new))
    try:
        for row in new:
            for reader in _readers:
                reader(row)
    except BaseException:
        withdraw(*new)
        raise


def redefine(new: Row) -> None:
    """Give the row of this name the parts of another in place: also nodes recorded before have its derivatives."""
    row: Any = PRIMITIVES[new.key]
    retire(row)
    vars(row).update(vars(new))
    _read_partials(row)
    _publish((row,), _numpy_functions(row))
    for reader in _readers:
        reader(row)


def withdraw(*rows: Primitive) -> None:
    """Take rows, and the methods from them, back; nodes that were recorded with the rows keep them."""
    retire(*rows)
    for row in rows:
        for table in (PRIMITIVES, FLOATS, ARRAYS, MIXED, NODES):
            table.pop(row.key, None)


def retire(*rows: Primitive) -> None:
    """Remove the methods of rows, and their places as functions of NumPy's; other rows still use them."""
    for row in rows:
        for kind in node_types(Node):
            for name in {row.name, *getattr(row, "numpy_names", ())}:
                method = vars(kind).get(name)
                if method is not None and method.__doc__ is row.__doc__:
                    delattr(kind, name)
    for function in [function for function, row in NUMPY.items() if row in rows]:
        del NUMPY[function]


def node_types(kind: Any) -> Iterator[type[Node]]:
    """A class and its subclasses in this package, not those of users."""
    if kind.__module__.startswith("autograd."):
        yield kind
        for subclass in kind.__subclasses__():
            yield from node_types(subclass)


def _read_partials(row: Row) -> None:
    row.float_partials, row.node_partials = row.read(FLOATS), row.read(NODES)
    row.array_pulls = row.read_pulls(ARRAYS if row.arity == 1 else MIXED)
    row.node_pulls = row.read_pulls(NODES)


def _numpy_functions(*rows: Row) -> dict[Any, Row]:
    return {function: row for row in rows for function in (row.on_arrays, *row.also)}


def _check_names(new: Sequence[Primitive]) -> None:
    keys = [row.key for row in new]
    for key in keys:
        if key in PRIMITIVES or key in FLOATS or keys.count(key) > 1:  # FLOATS: also for generated code
            raise ValueError(f"row {key!r}: the name is taken")


def _publish(new: Sequence[Primitive], functions: Mapping[Any, Primitive]) -> None:
    """Write checked rows to the table; a function of NumPy's that is a row already stays that row."""
    PRIMITIVES.update((row.key, row) for row in new)
    NUMPY.update({function: row for function, row in functions.items() if function not in NUMPY})
    for row in new:
        if isinstance(row, Row):
            FLOATS[row.key], ARRAYS[row.key], NODES[row.key] = row.on_floats, row.on_arrays, row
            MIXED[row.key] = _on_numbers_too(row.on_arrays)


def on_numbers(on_arrays: Callable[..., Any], numbers: Sequence[float]) -> float:
    """A function on arrays of numbers alone: a Python float, since NumPy's would widen float32.

    >>> from autograd import sigmoid
    >>> on_numbers(sigmoid.on_arrays, [0.0])
    0.5
    """
    return float(on_arrays(*map(np.asarray, numbers)))


def _on_numbers_too(on_arrays: Callable[..., Any]) -> Callable[..., Any]:
    def function(*args: Any) -> Any:
        return on_numbers(on_arrays, args) if all(isinstance(a, float) for a in args) else on_arrays(*args)

    return function


def _slope(x: Any, y: Any) -> Any:
    """∂(x**y)/∂x in nodes: for a constant y as a lecturer writes it, for a node or an array y as a row."""
    if isinstance(y, Node) or np.ndim(y):
        return NODES["_dpow"](x, y)
    if y >= 0.5:
        return y * x ** (y - 1)
    # Not x**(y - 1): the rounding of y - 1 is multiplied by ln x, up to 745.
    return y * x**y / x if y else 0.0


# Names in partials besides the table's.
FLOATS.update(pi=math.pi, _slope=powers.dpow)
ARRAYS.update(pi=math.pi, _slope=powers.dpow_array)
MIXED.update(pi=math.pi, _slope=powers.dpow_array)
NODES.update(pi=math.pi, _slope=_slope)
