"""The spelling of an engine with an adapter, read off the functions of the adapter."""

from __future__ import annotations

import ast
import inspect
import linecache
from collections.abc import Callable
from types import FunctionType
from typing import Any

from autograd.testing._engines.engine import Engine
from autograd.testing._grading.files.spelling import Spelling

__all__ = ["spelling_of"]


def spelling_of(engine: Engine) -> Spelling:
    """The spelling of an engine with an adapter of its own, as far as its functions tell it.

    A function is written by its name, a method as one, and a lambda that only calls or reads, such as
    ``lambda x: x.slope``, as its body; other functions have the names of this project.
    """
    tape = engine.tape
    if tape is None:
        return Spelling(make="{}")
    usual = Spelling()
    name = getattr(tape.variable, "__name__", "")
    make = f"{name}({{}})" if name.isidentifier() else _template(tape.variable, 1) or usual.make
    calls = {
        operation: template
        for operation, function in engine.operations.items()
        if (template := _template(function, _arity(function)))
    }
    return Spelling(
        make=make,
        number=_template(tape.value, 1) or usual.number,
        gradient=_template(tape.gradient, 1) or usual.gradient,
        backward=_template(tape.backward, 1) or usual.backward,
        calls=calls,
    )


def _arity(function: Any) -> int:
    return function.__code__.co_argcount if isinstance(function, FunctionType) else 0


def _template(function: Callable[..., Any], arity: int) -> str:
    """A call of a function with a place for each argument, as ``plus({}, {})``; empty where it is unknown."""
    if not isinstance(function, FunctionType) or not arity:
        return ""
    if function.__name__ == "<lambda>":
        return _of_lambda(function)
    *owner, name = function.__qualname__.split(".")
    if "<locals>" in owner:
        return ""
    places = ["{}"] * arity
    return f"{{}}.{name}({', '.join(places[1:])})" if owner else f"{name}({', '.join(places)})"


def _of_lambda(function: FunctionType) -> str:
    node = _lambda_node(function)
    if node is None or node.args.vararg or node.args.kwarg or node.args.defaults or node.args.kwonlyargs:
        return ""
    names = [argument.arg for argument in node.args.args]
    body = node.body
    if isinstance(body, ast.Call) and ast.unparse(body.func) == "float" and len(body.args) == 1:
        body = body.args[0]
    used = [n.id for n in ast.walk(body) if isinstance(n, ast.Name) and n.id in names]
    is_plain = isinstance(body, ast.Attribute | ast.Call | ast.Subscript) and all(
        isinstance(n, ast.Attribute | ast.Call | ast.Subscript | ast.Name | ast.Constant | ast.expr_context)
        for n in ast.walk(body)
    )
    if used != names or not is_plain or "{" in ast.unparse(body):
        return ""
    return ast.unparse(_Places(names, _modules(function)).visit(body))


def _lambda_node(function: FunctionType) -> ast.Lambda | None:
    """The lambda in the source of its file: the one whose body stands where its code says."""
    code = function.__code__
    try:
        tree = ast.parse("".join(linecache.getlines(code.co_filename)))
    except SyntaxError:
        return None
    spans = set(code.co_positions())
    for node in ast.walk(tree):
        if isinstance(node, ast.Lambda):
            body = node.body
            if (body.lineno, body.end_lineno, body.col_offset, body.end_col_offset) in spans:
                return node
    return None


def _modules(function: FunctionType) -> set[str]:
    """The names by which a function reaches modules, such as the student's."""
    cells = inspect.getclosurevars(function)
    names = (*cells.nonlocals.items(), *cells.globals.items())
    return {name for name, value in names if inspect.ismodule(value)}


class _Places(ast.NodeTransformer):
    """Arguments become places, and functions of modules lose the name of the module."""

    def __init__(self, arguments: list[str], modules: set[str]) -> None:
        self.arguments, self.modules = arguments, modules

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name("{}") if node.id in self.arguments else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if isinstance(node.value, ast.Name) and node.value.id in self.modules:
            return ast.Name(node.attr)
        return ast.Attribute(self.visit(node.value), node.attr)
