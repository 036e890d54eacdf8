"""The statements of a source that a change reaches."""

from __future__ import annotations
import __future__

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from autograd.testing._mutants.running.codes import same_outside_of_functions

__all__ = [
    "Definition",
    "Source",
    "bound_names",
    "changed_block",
    "compiled",
    "depends",
    "first_line",
    "future_flags",
    "pair",
    "reach",
    "read_by_defaults",
    "same_shell",
]

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Source:
    """A source: its statements, and the lines of each.

    Attributes:
        statements: of the module.
    """

    def __init__(self, text: str) -> None:
        self.statements = ast.parse(text).body
        self._lines = text.splitlines()

    def lines(self, statement: ast.stmt) -> list[str]:
        """The lines of a statement, with those of its decorators."""
        return self._lines[first_line(statement) - 1 : statement.end_lineno]


def first_line(statement: ast.stmt) -> int:
    """The line at which a statement, or the first of its decorators, starts."""
    start: int = min(node.lineno for node in (statement, *getattr(statement, "decorator_list", ())))
    return start


def changed_block(
    old: Source, new: Source, before: Sequence[ast.stmt], after: Sequence[ast.stmt]
) -> tuple[list[ast.stmt], list[ast.stmt], list[ast.stmt]]:
    """The statements that differ, of those before and after a change, and the former ones that follow.

    >>> old, new = (Source(f"a = 1\\nb = {b}\\nc = 3") for b in (2, 4))
    >>> parts = changed_block(old, new, old.statements, new.statements)
    >>> [[ast.unparse(s) for s in part] for part in parts]
    [['b = 2'], ['b = 4'], ['c = 3']]
    """
    first, second = [*map(old.lines, before)], [*map(new.lines, after)]
    shorter = min(len(first), len(second))
    start = 0
    while start < shorter and first[start] == second[start]:
        start += 1
    end = 0
    while end < shorter - start and first[-1 - end] == second[-1 - end]:
        end += 1
    last, last_after = len(first) - end, len(second) - end
    return list(before[start:last]), list(after[start:last_after]), list(before[last:])


def pair(before: Sequence[ast.stmt], after: Sequence[ast.stmt]) -> Iterator[tuple[ast.stmt | None, ast.stmt]]:
    """Each statement after a change with its counterpart: of the same name, or at the same place."""
    rest = list(before)
    for statement in after:
        names = bound_names(statement)
        twins = [s for s in rest if type(s) is type(statement) and bound_names(s) == names]
        if not twins and not names and len(before) == len(after):
            twins = [s for s in rest if type(s) is type(statement)]
        if twins:
            rest.remove(twins[0])
        yield (twins[0] if twins else None), statement


def same_shell(old: ast.stmt, new: ast.stmt, flags: int) -> bool:
    """Whether statements differ only in the bodies of functions that they define."""
    return same_outside_of_functions(compiled([old], "", flags), compiled([new], "", flags))


def compiled(statements: Sequence[ast.stmt], file: str, flags: int) -> Any:
    """The code of statements."""
    module = ast.Module(list(statements), [])
    return compile(module, file, "exec", flags=flags, dont_inherit=True)


def future_flags(code: Any) -> int:
    """The flags of a module's ``from __future__`` imports, for the compilation of its parts."""
    features = (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
    return sum(flag for flag in set(features) if code.co_flags & flag)


def bound_names(statement: ast.AST) -> set[str]:
    """The names that a statement of a module or a class sets there."""
    if isinstance(statement, Definition):
        return {statement.name}
    names: set[str] = set()
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store | ast.Del):
            names.add(child.id)
        elif not isinstance(child, ast.Lambda | ast.comprehension):
            names |= bound_names(child)
    return names


def reach(statements: Sequence[ast.stmt], changed: set[str]) -> set[str]:
    """The names of the functions and classes of a module that read a name among these, at any remove.

    >>> sorted(reach(ast.parse("def f(): return TEXT\\ndef g(): f()\\ndef h(): pass").body, {"TEXT"}))
    ['TEXT', 'f', 'g']
    """
    names = set(changed)
    reads = {s.name: _loaded(s) for s in statements if isinstance(s, Definition)}
    while readers := {name for name, read in reads.items() if name not in names and read & names}:
        names |= readers
    return names


def depends(statement: ast.stmt, reached: set[str], values: set[str]) -> bool:
    """Whether a statement of a module has another result after a change.

    Args:
        statement: a statement that stands after the change.
        reached: the names of functions with changed results, from `reach`.
        values: the names among them whose value is another object.

    >>> [depends(s, {"f"}, set()) for s in ast.parse("x = f(1); y = f; z = g()").body]
    [True, False, False]
    """
    if isinstance(statement, ast.ClassDef):
        return False
    if isinstance(statement, Definition):
        return any(_loaded(decorator) & reached for decorator in statement.decorator_list)
    return bool(_called(statement) & reached or _loaded(statement) & values)


def read_by_defaults(definition: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The names that the defaults of a function read, once, when it is defined.

    >>> (definition,) = ast.parse("def f(x=SCALE, *, y=2): return z").body
    >>> read_by_defaults(definition)
    {'SCALE'}
    """
    defaults = (*definition.args.defaults, *filter(None, definition.args.kw_defaults))
    return set().union(*map(_loaded, defaults))


def _loaded(tree: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _called(tree: ast.AST) -> set[str]:
    """The names in the functions of calls; of `on_define`, which calls its arguments, those too."""
    names: set[str] = set()
    for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
        function = _loaded(call.func)
        names |= function
        if "on_define" in function:
            names |= {name for arg in call.args for name in _loaded(arg)}
    return names
