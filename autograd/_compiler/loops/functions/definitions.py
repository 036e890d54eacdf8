"""The syntax of a Python function, from the file in which it is written."""

from __future__ import annotations

import ast
import inspect
import textwrap
from types import FunctionType

from autograd._compiler.loops.functions.tree import Untranslatable

__all__ = ["LAMBDA", "definition", "place"]

LAMBDA = (lambda: None).__name__


def definition(function: FunctionType) -> tuple[ast.FunctionDef | ast.Lambda, int]:
    """The syntax of a function, and the number that its lines begin at in the file, less one.

    Raises:
        Untranslatable: without a source, and for what is no plain ``def`` or ``lambda``.
    """
    name = function.__name__
    try:
        if name != LAMBDA:
            lines, start = inspect.getsourcelines(function)
            tree = ast.parse(textwrap.dedent("".join(lines))).body[0]
            if (
                not isinstance(tree, ast.FunctionDef)
                or tree.decorator_list
                or hasattr(function, "__wrapped__")
            ):
                raise Untranslatable(f"{name} is not a plain def ({place(function)})")
            return tree, start - 1
        file = ast.parse("".join(inspect.findsource(function)[0]))
    except (OSError, TypeError, SyntaxError):
        raise Untranslatable(f"there is no source of {name}") from None
    # A lambda is known by the place of its instructions in the file; one of no width only begins the code.
    places = [
        (line, column, end_line, end_column)
        for line, end_line, column, end_column in function.__code__.co_positions()
        if line and end_line and column is not None and end_column
    ]
    first = min((place[:2] for place in places), default=(0, 0))
    last = max((place[2:] for place in places), default=(0, 0))
    around = [
        node
        for node in ast.walk(file)
        if isinstance(node, ast.Lambda) and _start(node.body) <= first and last <= _end(node.body)
    ]
    if not around:
        raise Untranslatable(f"there is no source of {name} any more")
    return max(around, key=lambda node: _start(node.body)), 0


def place(function: FunctionType, line: int | None = None) -> str:
    """The file and the line of a function, for errors."""
    return f"{function.__code__.co_filename}, line {line or function.__code__.co_firstlineno}"


def _start(e: ast.expr) -> tuple[int, int]:
    return e.lineno, e.col_offset


def _end(e: ast.expr) -> tuple[int, int]:
    return e.end_lineno or 0, e.end_col_offset or 0
