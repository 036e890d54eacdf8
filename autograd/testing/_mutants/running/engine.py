"""The parts of this engine that its modules build when they are imported: built again from changed texts."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable
from typing import Any

from autograd._compiler import row_calls
from autograd._compiler.export import arrays
from autograd._derivatives import value_sweep
from autograd._graph.node import Node
from autograd._graph.primitive import PRIMITIVES, Primitive
from autograd._table import define as table
from autograd._table.readings import ARRAYS, FLOATS, MIXED, NODES, NUMPY
from autograd._table.rows import Row
from autograd.testing._mutants.running.namespaces import Namespaces

__all__ = ["CACHE", "ENGINE", "forget", "perform", "replace_primitive", "watch"]

ENGINE = "autograd"
CACHE = functools._lru_cache_wrapper


def watch(namespaces: Namespaces) -> None:
    """Remember the table, its readings, and the classes whose methods come from it."""
    namespaces.watch(PRIMITIVES, FLOATS, ARRAYS, MIXED, NODES, NUMPY, *map(vars, PRIMITIVES.values()))
    namespaces.watch(vars(value_sweep), row_calls.TRACED, row_calls.QUICK, arrays.ROW_ARRAYS, arrays.RowArray)
    namespaces.watch(*table.node_types(Node))


def perform(statement: ast.stmt, twin: ast.stmt | None, names: dict[str, Any]) -> bool:
    """Do again what a statement of the engine does with the table; whether it is such a statement.

    Args:
        statement: the statement.
        twin: the statement before its change; what both do alike is done already.
        names: of the module.
    """
    call = _call(statement)
    function = names.get(call.func.id) if call and isinstance(call.func, ast.Name) else None
    if call is None or function not in (table.define, table.define_arrays, table.on_define):
        return False
    alike = {*map(ast.dump, former.args)} if (former := _call(twin)) else set()
    for argument in [_evaluate(arg, names) for arg in call.args if ast.dump(arg) not in alike]:
        if isinstance(argument, Row):
            _redefine(argument)
        elif function is table.on_define:
            for row in table.rows():
                argument(row)
    return True


def replace_primitive(old: Primitive, new: Primitive) -> None:
    """Give a primitive the parts of another in place, since graphs and tables hold the first."""
    if isinstance(old, Row) and isinstance(new, Row):
        _redefine(new)
    else:
        vars(old).update(vars(new))


def _redefine(row: Row) -> None:
    for names in (row_calls.TRACED, row_calls.QUICK):
        names.pop(row.key, None)
    table.redefine(row)
    value_sweep._walk = value_sweep._write_walk()


def forget(package: str, objects: Iterable[Any]) -> None:
    """Clear the caches of a package among objects: they hold results of another text."""
    row_calls._pulls.clear()
    for x in objects:
        if type(x) is CACHE and (getattr(x, "__module__", None) or "").partition(".")[0] == package:
            x.cache_clear()


def _call(statement: ast.stmt | None) -> ast.Call | None:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return call if isinstance(call, ast.Call) else None


def _evaluate(expression: ast.expr, names: dict[str, Any]) -> Any:
    return eval(compile(ast.Expression(expression), "<changed statement>", "eval"), names)
