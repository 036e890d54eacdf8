"""Rows from outside join the table: all or none, after a check; a later definition replaces a former one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd._graph.primitive import PRIMITIVES
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._table import define as table
from autograd._table.readings import FLOATS, NODES
from autograd.extend._array_rows import ArrayRow, check_array_row
from autograd.extend._checks import check_row
from autograd.extend._registry import FromOutside, defining, latest, new_key, register, users_module
from autograd.extend._rows import OwnRow, Row

__all__ = ["add", "define"]

public_names: Callable[[], list[str]] = list  # set by `autograd`, a floor above, to its own names


def define(*new: Row | ArrayRow, check: bool = True) -> Any:
    """Add rows to the table. They may use each other in their partials, and the table's.

    A row without a leading underscore becomes a function of `autograd` and a method of nodes, too. Another
    definition of the same name by the same module, as when a cell of a notebook runs again, takes the place
    of the first: graphs recorded before, and rows whose partials use it, keep the first, which stays in
    memory for good: define a row once, not in a loop.

    Args:
        new: rows and array rows.
        check: whether to compare the partials with differences, the functions on arrays with those on floats,
            and array rows with their samples. It takes some hundredths of a second a row.

    Returns:
        The function, which takes numbers, arrays, Values and Tensors; of several rows a tuple.

    Raises:
        ValueError: for a name that is taken, or parts that do not fit each other. Nothing is added then.
        TypeError: for anything but a row, and for a function that gives no number.
        GradientError: for a partial, or a transpose, that is not the derivative.

    >>> from autograd import Value, grad
    >>> softsign = Row("softsign", lambda x: x / (1 + abs(x)), partials="1 / square(1 + abs(x))", kink="x")
    >>> soft = define(softsign)
    >>> soft(1.0), soft(Value(-1.0)), grad(grad(soft))(1.0)
    (0.5, Value(-0.5), -0.25)
    >>> define(Row("halved", lambda x: x / 2, partials="2"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    autograd.GradientError: row 'halved': the partial by x, '2', is 2 at x = -5.3, and 0.5 ± ...
    """
    if not new:
        raise TypeError("define takes one or several rows: define(Row(...))")
    module = users_module()
    with defining.current:
        names = [_name_of(row, module) for row in new]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two rows are called {sorted(twice)[0]!r}")
    keys = keys_of(*(row for row in new if isinstance(row, Row)))
    keys |= {row.name: new_key(row.name) for row in new if isinstance(row, Row)}
    for row in new:
        if isinstance(row, Row) and (unknown := sorted(row.names - {*NODES, *keys})):
            raise ValueError(
                f"row {row.name!r}: its texts use {unknown[0]!r}, which is no row of the table; a row of "
                "your own is defined before, or together: "
                f"define(Row({unknown[0]!r}, ...), Row({row.name!r}, ...))"
            )
    primitives = [OwnRow(row, module, keys[row.name], keys) if isinstance(row, Row) else row for row in new]
    if check:
        floats = {**FLOATS, **{row.key: row.on_floats for row in primitives if isinstance(row, OwnRow)}}
        for primitive in primitives:
            if isinstance(primitive, OwnRow):
                check_row(primitive, floats)
            else:
                check_array_row(primitive)
    for primitive in primitives:
        if isinstance(primitive, OwnRow):
            primitive.describe()
    with defining.current:
        add(primitives, [old for name in names if (old := latest(name)) is not None])
    return primitives[0] if len(primitives) == 1 else tuple(primitives)


def keys_of(*rows: Row) -> dict[str, str]:
    """The keys of the rows from outside that the texts of rows use."""
    used = {name for row in rows for name in row.names}
    return {name: old.key for name in used if isinstance(old := latest(name), OwnRow)}


def add(primitives: Sequence[OwnRow | ArrayRow], replaced: Sequence[FromOutside] = ()) -> None:
    """Put rows into the table, in the place of others."""
    table.check(*primitives)
    for old in replaced:
        _retire(old)
    table.define(*(row for row in primitives if isinstance(row, OwnRow)))
    for row in primitives:
        if isinstance(row, ArrayRow):
            PRIMITIVES[row.name] = row
        else:
            row.float_pulls = row.read_pulls(FLOATS)
        register(row)


def _name_of(row: Any, module: str) -> str:
    """A row's name, if it is free or this module's own."""
    if not isinstance(row, (Row, ArrayRow)):
        raise TypeError(f"define takes rows, define(Row(...)) or define(ArrayRow(...)), not {row!r:.80}")
    name = row.name
    own = latest(name)
    if own is not None and own.module != module:
        raise ValueError(
            f"row {name!r}: the name is taken by a row of {own.module}; use that row, or another name, as "
            f"'my_{name.strip('_')}'"
        )
    holder = None
    if own is None and (name in PRIMITIVES or name in NODES):
        holder = "a primitive of autograd"
    elif own is None and not name.startswith("_"):
        if name in public_names():
            holder = f"autograd.{name}"
        elif hasattr(Value, name) or hasattr(Tensor, name):
            holder = f"the attribute {name} of nodes"
    if holder:
        raise ValueError(f"row {name!r}: the name is taken by {holder}; another is free, such as 'my_{name}'")
    return name


def _retire(old: FromOutside) -> None:
    """Take a row's public names from it; graphs recorded with it keep it."""
    if isinstance(old, OwnRow):
        old.public = False
    table.retire(old)
    if PRIMITIVES.get(old.name) is old:
        del PRIMITIVES[old.name]
