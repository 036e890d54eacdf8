"""Mistakes made in any module by its source: one small change for each place that has one."""

from __future__ import annotations

import ast
import importlib.util
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from autograd.testing._mutants.mutant import Mutant, Mutants

__all__ = ["mutants_of"]

# Operators as they are written, and for which each is mistaken.
OPERATORS: Mapping[type[ast.AST], tuple[str, str]] = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "*"), ast.Pow: ("**", "*"), ast.MatMult: ("@", "*"),
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"), ast.And: ("and", "or"), ast.Or: ("or", "and"),
}  # fmt: skip


def mutants_of(module: ModuleType | str | os.PathLike[str]) -> Mutants:
    """Mistakes in any module, made from its source: to see whether its tests are any good.

    Each is one small change: another operator (``+`` to ``-``, ``*`` to ``/``, ``<`` to ``<=``), ``=`` for
    ``+=``, a constant off by one, a term or a factor dropped, a sign lost, a result negated, `reversed` left
    out, a condition turned round. Annotations, docstrings and texts of errors stay as they are. A few changes
    do no harm, such as ``<`` to ``<=`` where the two are never equal: a survivor is a question.

    Args:
        module: a module, its import name, or the path of its file. A module that is imported is changed where
            it runs; from a file that is imported later, in `mutation_score` by the tests themselves, the
            import finds the changed source.

    Raises:
        ValueError: for a module without source, and a source that is no Python.
        TypeError: for anything else.

    >>> from autograd.testing._engines import homework
    >>> some = mutants_of(homework)
    >>> print(some["__add__: + to - (line 27)"].replacement.strip())
    return Value(self.data - other.data, [(self, lambda g: g), (other, lambda g: g)])
    """
    name = _name(module)
    file = Mutant("", name, "", "").file
    try:
        source = file.read_text(encoding="utf-8")
        tree = ast.parse(source)
    except (OSError, SyntaxError, ValueError) as error:
        raise ValueError(f"mutants_of: {file} cannot be read: {error}") from None
    return Mutants(_numbered(name, source, tree))


def _name(module: Any) -> str:
    if isinstance(module, ModuleType):
        return module.__name__
    if not isinstance(module, str | os.PathLike):
        raise TypeError(
            f"mutants_of takes a module, its name, or the path of its file, not {type(module).__name__} "
            f"({module!r:.80})"
        )
    name = os.fspath(module)
    if isinstance(module, os.PathLike) or name.endswith(".py") or os.sep in name:
        return str(Path(name).resolve())
    try:
        known = importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        known = False
    if not known:
        raise ValueError(f"mutants_of: no module is called {name!r}; a file is named by its path, {name}.py")
    return name


class _Changes(ast.NodeVisitor):
    """Collects changes of a source: of each its function, its kind, and the new text of a span."""

    def __init__(self, source: str) -> None:
        self.lines = [line.encode() for line in source.splitlines(keepends=True)]
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))
        self.source = source.encode()
        self.changes: list[tuple[str, str, int, int, int, bytes]] = []
        self.function = "module"

    # -- where a node stands ----------------------------------------------------------------------

    def start(self, node: Any) -> int:
        start: int = self.starts[node.lineno - 1] + node.col_offset
        return start

    def end(self, node: Any) -> int:
        end: int = self.starts[node.end_lineno - 1] + node.end_col_offset
        return end

    def text(self, node: ast.AST) -> bytes:
        return self.source[self.start(node) : self.end(node)]

    def operand(self, node: ast.AST) -> bytes:
        """An expression as it may stand anywhere."""
        is_one_word = isinstance(node, ast.Name | ast.Constant | ast.Attribute | ast.Subscript | ast.Call)
        return self.text(node) if is_one_word else b"(" + self.text(node) + b")"

    def add(self, what: str, node: Any, start: int, end: int, text: bytes | str) -> None:
        new = text if isinstance(text, bytes) else text.encode()
        if new != self.source[start:end]:
            self.changes.append((self.function, what, node.lineno, start, end, new))

    def replace(self, what: str, node: ast.AST, text: bytes | str) -> None:
        self.add(what, node, self.start(node), self.end(node), text)

    def sign(self, operator: ast.AST, left: ast.AST, right: ast.AST) -> None:
        """Another operator between two expressions, whose sign is the only one outside of brackets there."""
        sign, other = OPERATORS.get(type(operator), ("", ""))
        start, end = self.end(left), self.start(right)
        place = self.source[start:end].find(sign.encode())
        if sign and place >= 0:
            at = start + place
            self.add(f"{sign} to {other}", left, at, at + len(sign), other)

    # -- the changes -------------------------------------------------------------------------------

    def visit_FunctionDef(self, node: Any) -> None:
        outer, self.function = self.function, node.name
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(default)
        for statement in node.body:  # neither the annotations nor the decorators
            self.visit(statement)
        self.function = outer

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Raise(self, node: ast.Raise) -> None:
        """The texts of errors are no calculation."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Nor are texts for people."""

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self.sign(node.op, node.left, node.right)
        if isinstance(node.op, ast.Add | ast.Sub):
            self.drop("term", node)
        elif isinstance(node.op, ast.Mult | ast.Div):
            self.drop("factor", node)
        elif isinstance(node.op, ast.Pow):
            self.replace("power dropped", node, self.operand(node.left))
        self.generic_visit(node)

    def drop(self, what: str, node: ast.BinOp) -> None:
        self.replace(f"the second {what} dropped", node, self.operand(node.left))
        if not isinstance(node.op, ast.Div | ast.Sub):
            self.replace(f"the first {what} dropped", node, self.operand(node.right))

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        sign, other = (f"{text}=" for text in OPERATORS.get(type(node.op), ("", "")))
        start, end = self.end(node.target), self.start(node.value)
        place = self.source[start:end].find(sign.encode())
        if type(node.op) in OPERATORS and place >= 0:
            self.add(f"{sign} to =", node, start + place, start + place + len(sign), "=")
            if type(node.op) in (ast.Add, ast.Sub):
                self.add(f"{sign} to {other}", node, start + place, start + place + len(sign), other)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.USub | ast.Not) and not isinstance(node.operand, ast.Constant):
            what = "minus lost" if isinstance(node.op, ast.USub) else "not lost"
            self.replace(what, node, self.operand(node.operand))
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        if len(node.ops) == 1:
            self.sign(node.ops[0], node.left, node.comparators[0])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self.sign(node.op, node.values[0], node.values[1])
        self.generic_visit(node)

    def visit_If(self, node: Any) -> None:
        if not isinstance(node.test, ast.Compare | ast.UnaryOp):
            self.replace("condition turned round", node.test, b"(not (" + self.text(node.test) + b"))")
        self.generic_visit(node)

    visit_IfExp = visit_If
    visit_While = ast.NodeVisitor.generic_visit  # turned round it would only never run, or for ever

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.replace(f"{node.value} to {not node.value}", node, repr(not node.value))
        elif isinstance(node.value, int | float) and self.text(node)[:1].isdigit():
            other = node.value + 1
            self.replace(f"{node.value!r} to {other!r}", node, repr(other))

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and isinstance(node.value, ast.BinOp | ast.Name | ast.Subscript):
            self.replace("result negated", node.value, b"-(" + self.text(node.value) + b")")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in ("reversed", "abs", "sorted") and len(node.args) == 1:
            self.replace(f"{name} left out", node, self.operand(node.args[0]))
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        part = node.slice
        if (
            isinstance(part, ast.Slice)
            and isinstance(part.step, ast.UnaryOp)
            and not (part.lower or part.upper)
        ):
            self.replace("not turned round", node, self.text(node.value))
        self.generic_visit(node)


def _numbered(module: str, source: str, tree: ast.Module) -> Iterator[Mutant]:
    """The changes as mutants, named by their function and line; names that occur again are numbered."""
    visitor = _Changes(source)
    visitor.visit(tree)
    names: Counter[str] = Counter()
    for function, what, line, start, end, new in sorted(visitor.changes, key=lambda c: (c[3], c[4])):
        text, replacement = _unique(visitor.source, start, end, new)
        name = f"{function}: {what} (line {line}"
        names[name] += 1
        count = f", number {names[name]})" if names[name] > 1 else ")"
        try:
            ast.parse(source.replace(text, replacement))
        except SyntaxError:
            continue
        yield Mutant(name + count, module, text, replacement)


def _unique(source: bytes, start: int, end: int, new: bytes) -> tuple[str, str]:
    """The lines around a span, as many as it takes for them to be there once, and their replacement."""
    first = source.rfind(b"\n", 0, start) + 1
    last = source.find(b"\n", end)
    last = len(source) if last < 0 else last
    while source.count(source[first:last]) > 1 and first > 0:
        first = source.rfind(b"\n", 0, first - 1) + 1
    return source[first:last].decode(), (source[first:start] + new + source[end:last]).decode()
