"""The table's number functions as JavaScript, so that no formula is written a second time.

A row whose number function is from `math` gets the function of that name in JavaScript's ``Math``.
A small Python function, as in `numerics.elementary`, is translated from its own
source. The translator is strict: it refuses all that is not certain to mean the same in both languages,
and a test walks the table, so a new row is translated on the day it is written.

A division by zero and a function outside its domain raise in JavaScript as they do in Python
(`assets/arithmetic.js` holds ``divide`` and ``checked``).
"""

from __future__ import annotations

import ast
import inspect
import math
import re
import textwrap
from collections.abc import Callable, Iterable
from types import FunctionType, ModuleType
from typing import Any

from autograd._table.rows import Row
from viz._page.script.dialect import BUILTINS, CONSTANTS, RENAMED, SHARED, SIGNS, TAKEN, WRITTEN
from viz._page.script.standins import STAND_INS

__all__ = ["Untranslatable", "operations", "translate"]


LAMBDA = (lambda: None).__name__


class Untranslatable(ValueError):
    """A row's number function that cannot be carried over to JavaScript."""


def operations(rows: Iterable[Row]) -> str:
    """A JavaScript constant OPERATIONS: for each row's name the function on numbers.

    Raises:
        Untranslatable: naming the row, and the part of its function that is not understood.

    >>> from autograd._graph.primitive import lookup
    >>> print(operations([lookup("exp"), lookup("square")]))
    const OPERATIONS = (() => {
      const maths = {
        exp: checked(Math.exp),
      };
    <BLANKLINE>
      function square(x) {
        return x * x;
      }
    <BLANKLINE>
      return {
        exp: maths.exp,
        square,
      };
    })();
    """
    written: dict[FunctionType, str] = {}
    entries = []
    for row in rows:
        function = STAND_INS.get(row.source, row.source)
        try:
            entry = _reference(function, written, row.key)
        except Untranslatable as error:
            raise Untranslatable(
                f"row {row.name!r} has no JavaScript: {error}. A page computes what functions of "
                "arithmetic, comparisons, if and functions of math compute"
            ) from None
        entries.append(f"{row.key}," if entry == row.key else f"{row.key}: {entry},")
    functions = "".join(textwrap.indent(source, "  ") + "\n\n" for source in written.values())
    table = textwrap.indent("\n".join(entries), "    ")
    borrowed = sorted(set(re.findall(r"\bmaths\.(\w+)", functions + table)))
    maths = "".join(f"    {name}: checked({WRITTEN.get(name, f'Math.{name}')}),\n" for name in borrowed)
    shared = f"  const maths = {{\n{maths}  }};\n\n" if maths else ""
    return f"const OPERATIONS = (() => {{\n{shared}{functions}  return {{\n{table}\n  }};\n}})();"


def translate(function: Callable[..., Any]) -> str:
    """A Python function of floats as a JavaScript function, after the functions that it calls.

    Raises:
        Untranslatable: for all but arithmetic, comparison, choice, counting loops and `math`.

    >>> from autograd._table.numerics import elementary
    >>> print(translate(elementary.relu))
    function relu(x) {
      return x <= 0 ? 0.0 : x;
    }
    """
    written: dict[FunctionType, str] = {}
    _reference(function, written, "f")
    return "\n\n".join(written.values())


def _reference(function: Any, written: dict[FunctionType, str], name_of_lambda: str) -> str:
    """The name of a function in JavaScript; its source goes into `written` if it has one."""
    name = getattr(function, "__name__", "")
    if getattr(math, name, None) is function:
        if name not in SHARED and name not in RENAMED and name not in WRITTEN:
            raise Untranslatable(f"JavaScript has no {name}")
        return f"maths.{RENAMED.get(name, name)}"
    if not isinstance(function, FunctionType):
        raise Untranslatable(f"{function!r} is neither a function of math nor written in Python")
    if function in written:
        return written[function].partition("(")[0].removeprefix("function ")
    name = name_of_lambda if name == LAMBDA else name
    if any(source.startswith(f"function {name}(") for source in written.values()):
        raise Untranslatable(f"two functions are called {name}")
    source = _Function(function, name, written).source()
    written[function] = source
    return name


def _definition(function: FunctionType) -> ast.FunctionDef | ast.Lambda:
    """The syntax of a function."""
    try:
        if function.__name__ != LAMBDA:
            tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
            if (
                not isinstance(tree, ast.FunctionDef)
                or tree.decorator_list
                or hasattr(function, "__wrapped__")
            ):
                raise Untranslatable(f"{function.__name__} is not a plain def")
            return tree
        file = ast.parse("".join(inspect.findsource(function)[0]))
    except (OSError, TypeError, SyntaxError):
        raise Untranslatable(f"there is no source of {function.__name__}") from None
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
        raise Untranslatable(f"there is no source of {function.__name__} any more")
    return max(around, key=lambda node: _start(node.body))


def _start(e: ast.expr) -> tuple[int, int]:
    return e.lineno, e.col_offset


def _end(e: ast.expr) -> tuple[int, int]:
    return e.end_lineno or 0, e.end_col_offset or 0


def _binding(e: ast.expr) -> int:
    """3 for a sign, 2 for a product, 1 for a sum, both read from left to right; 0 for all else."""
    match e:
        case ast.UnaryOp(ast.USub(), _):
            return 3
        case ast.BinOp(_, ast.Mult() | ast.Div(), _):
            return 2
        case ast.BinOp(_, ast.Add() | ast.Sub(), _):
            return 1
    return 0


class _Function:
    """One function on its way to JavaScript."""

    def __init__(self, function: FunctionType, name: str, written: dict[FunctionType, str]) -> None:
        self.name, self.written, self.names = name, written, function.__globals__
        tree = _definition(function)
        self.body: list[ast.stmt] = [ast.Return(tree.body)] if isinstance(tree, ast.Lambda) else tree.body
        a = tree.args
        if a.posonlyargs or a.kwonlyargs or a.vararg or a.kwarg:
            raise Untranslatable(f"{function.__name__} has arguments that are not plain names")
        self.arguments = [argument.arg for argument in a.args]
        assigned = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        counters = [n.target for n in ast.walk(tree) if isinstance(n, ast.For)]
        self.counters = {n.id for n in counters if isinstance(n, ast.Name)}
        self.locals = list(dict.fromkeys(n.id for n in assigned if n not in counters))
        for word in (name, *self.arguments, *self.locals, *self.counters):
            if word in TAKEN:
                raise Untranslatable(f"{word} is a word of JavaScript")

    def wrong(self, node: ast.AST) -> Untranslatable:
        part = ast.unparse(node).splitlines()[0]
        return Untranslatable(f"{part!r} in {self.name}")

    def source(self) -> str:
        fresh = [name for name in self.locals if name not in self.arguments]
        declared = [f"  let {', '.join(fresh)};"] if fresh else []
        lines = [*declared, *self.block(self.body)]
        head = f"function {self.name}({', '.join(self.arguments)}) {{"
        return "\n".join([head, *lines, "}"])

    # -- statements -----------------------------------------------------------------------

    def block(self, body: list[ast.stmt]) -> list[str]:
        return [f"  {line}" for statement in body for line in self.statement(statement)]

    def statement(self, s: ast.stmt) -> list[str]:
        match s:
            case ast.Expr(ast.Constant(str())):
                return []
            case ast.Return(value) if value is not None:
                return [f"return {self.number(value)};"]
            case ast.Assign([ast.Name(name)], value):
                return [f"{name} = {self.number(value)};"]
            case ast.If(test, body, orelse):
                otherwise = ["} else {", *self.block(orelse)] if orelse else []
                return [f"if ({self.truth(test)}) {{", *self.block(body), *otherwise, "}"]
            case ast.Raise(ast.Call(ast.Name("ValueError" | "OverflowError" | "ZeroDivisionError"))):
                return ['throw new RangeError("undefined");']
            case ast.For(ast.Name(name), ast.Call(ast.Name("range"), bounds, []), body, [], None):
                start, stop, step = self.counted(s, bounds)
                going = f"{name} < {stop}" if step > 0 else f"{name} > {stop}"
                return [f"for (let {name} = {start}; {going}; {name} += {step}) {{", *self.block(body), "}"]
        raise self.wrong(s)

    def counted(self, s: ast.For, bounds: list[ast.expr]) -> tuple[int, int, int]:
        try:
            numbers = range(*(ast.literal_eval(b) for b in bounds))
        except (TypeError, ValueError):
            raise self.wrong(s) from None
        if ast.unparse(s.target) in self.locals:
            raise self.wrong(s)
        return numbers.start, numbers.stop, numbers.step

    # -- expressions ----------------------------------------------------------------------

    def truth(self, e: ast.expr) -> str:
        """A condition. A number is true where it is not 0, nan too, which JavaScript takes for false."""
        match e:
            case ast.Compare(left, signs, rights):
                return self.compared(e, left, signs, rights)
            case ast.BoolOp(sign, values):
                return f" {SIGNS[type(sign)]} ".join(self.grouped(self.truth(v), v) for v in values)
            case ast.UnaryOp(ast.Not(), inner):
                return f"!({self.truth(inner)})"
            case ast.Call(ast.Attribute(ast.Name(module), "isfinite"), [x]) if self.is_math(module):
                return f"Number.isFinite({self.number(x)})"
        return f"{self.operand(e)} !== 0"

    def compared(self, e: ast.Compare, left: ast.expr, signs: list[ast.cmpop], rights: list[ast.expr]) -> str:
        comparisons = []
        for sign, right in zip(signs, rights, strict=True):
            if isinstance(sign, ast.In) and isinstance(right, ast.Tuple):
                comparisons.append(
                    " || ".join(f"{self.operand(left)} === {self.operand(option)}" for option in right.elts)
                )
            elif type(sign) in SIGNS and not isinstance(left, ast.Compare):
                comparisons.append(f"{self.operand(left)} {SIGNS[type(sign)]} {self.operand(right)}")
            else:
                raise self.wrong(e)
            left = right
        return comparisons[0] if len(comparisons) == 1 else " && ".join(f"({part})" for part in comparisons)

    def number(self, e: ast.expr) -> str:
        match e:
            case ast.Constant(bool()):
                raise self.wrong(e)
            case ast.Constant(float() | int() as value) if abs(value) <= 2**53 or isinstance(value, float):
                return repr(value)
            case ast.Name(name):
                return self.named(e, name)
            case ast.Attribute(ast.Name(module), name) if self.is_math(module) and name in CONSTANTS:
                return CONSTANTS[name]
            case ast.UnaryOp(ast.USub(), inner):
                return f"-{self.operand(inner)}"
            case ast.BinOp(ast.Constant(int(base)), ast.Pow(), ast.Constant(int(power))) if power >= 0:
                return self.number(ast.Constant(base**power))
            case ast.BinOp(
                base, ast.Pow(), ast.Constant(int()) | ast.UnaryOp(ast.USub(), ast.Constant(int())) as power
            ):
                return f"maths.pow({self.number(base)}, {self.number(power)})"
            case ast.BinOp(left, ast.Div(), ast.Constant(value)) if value != 0:
                return f"{self.term(left, 2)} / {self.operand(ast.Constant(value))}"
            case ast.BinOp(left, ast.Div(), right):
                return f"divide({self.number(left)}, {self.number(right)})"
            case ast.BinOp(left, sign, right) if type(sign) in SIGNS:
                binds = _binding(e)
                return f"{self.term(left, binds)} {SIGNS[type(sign)]} {self.term(right, binds + 1)}"
            case ast.IfExp(test, body, orelse):
                chosen = f"{self.number(body)} : {self.number(orelse)}"
                return f"{self.grouped(self.truth(test), test)} ? {chosen}"
            case ast.Call(function, arguments, []):
                return self.called(e, function, arguments)
        raise self.wrong(e)

    def term(self, e: ast.expr, binds: int) -> str:
        """A side of + - * /; the truth of a comparison counts as 1 or 0 there in both languages."""
        if isinstance(e, ast.Compare):
            return f"({self.truth(e)})"
        return self.number(e) if _binding(e) >= binds else self.operand(e)

    def operand(self, e: ast.expr) -> str:
        return self.grouped(self.number(e), e)

    def grouped(self, source: str, e: ast.expr) -> str:
        alone = isinstance(e, (ast.Call, ast.Name, ast.Constant, ast.Attribute)) or source.isdecimal()
        simple = isinstance(e, ast.Compare) and " || " not in source and " && " not in source
        return source if alone or simple else f"({source})"

    def named(self, e: ast.expr, name: str) -> str:
        if name in self.arguments or name in self.locals or name in self.counters:
            return name
        value = self.names.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            return self.number(ast.Constant(value))
        raise self.wrong(e)

    def called(self, e: ast.expr, function: ast.expr, arguments: list[ast.expr]) -> str:
        match function:
            case ast.Name(name) if name in BUILTINS and name not in self.names:
                target, count = BUILTINS[name]
                if len(arguments) != count:
                    raise self.wrong(e)
                texts = (self.truth(a) if isinstance(a, ast.Compare) else self.number(a) for a in arguments)
                return f"{target}({', '.join(texts)})"
            case ast.Name(name) if name in self.names:
                callee = self.names[name]
            case ast.Attribute(ast.Name(module), name) if isinstance(self.names.get(module), ModuleType):
                callee = getattr(self.names[module], name, None)
            case _:
                raise self.wrong(e)
        target = _reference(STAND_INS.get(callee, callee), self.written, name)
        # JavaScript has no number for an argument that is left out.
        if isinstance(callee, FunctionType) and len(arguments) != callee.__code__.co_argcount:
            raise self.wrong(e)
        if len(arguments) != SHARED.get(target.removeprefix("maths."), len(arguments)):
            raise self.wrong(e)
        return f"{target}({', '.join(map(self.number, arguments))})"

    def is_math(self, module: str) -> bool:
        return self.names.get(module) is math
