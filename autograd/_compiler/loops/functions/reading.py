"""Python source of functions of numbers, read as trees.

The reader knows assignments, ``if``, counting loops over constant ranges, ``raise``, ``return``, and
expressions of arithmetic, comparisons and calls. It is strict: all else is refused, with its line.
Parts without variables are computed here, by Python.
"""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Mapping, Sequence
from types import FunctionType
from typing import Any

import numpy as np

from autograd._compiler.loops.functions import standins
from autograd._compiler.loops.functions.calls import apply, arithmetic, negative, power
from autograd._compiler.loops.functions.definitions import definition, place
from autograd._compiler.loops.functions.tree import (
    AsNumber,
    Assign,
    Choice,
    Code,
    Comparison,
    Definition,
    Expression,
    For,
    If,
    Junction,
    Not,
    Number,
    Predicate,
    Raise,
    Return,
    Statement,
    Truth,
    Untranslatable,
    Variable,
)
from autograd._graph.primitive import PRIMITIVES
from autograd._table.numerics import powers

__all__ = ["read_function", "read_text"]

ERRORS = ("ValueError", "OverflowError", "ZeroDivisionError", "ArithmeticError")
SIGNS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.And: "and", ast.Or: "or",
}  # fmt: skip
PREDICATES: dict[Any, str] = {
    getattr(module, name): name for module in (math, np) for name in ("isfinite", "isinf", "isnan")
}
EXACT = 2**53  # whole numbers up to here are floats


def read_function(function: FunctionType, name: str) -> Definition:
    """A Python function of numbers.

    Raises:
        Untranslatable: naming the part that is not understood, and its line.

    >>> print(read_function(standins.radians, "radians").body)
    [Return(value=Arithmetic(sign='*', left=Variable(name='x'), right=Number(value=0.017453292519943295)))]
    """
    return _Function(function, name).read()


def read_text(text: str, variables: Mapping[str, str]) -> Expression:
    """A text of a row, with code for its variables.

    >>> print(read_text("2 * x", {"x": "z[i]"}))
    Arithmetic(sign='*', left=Number(value=2.0), right=Code(text='z[i]'))
    """
    return _Text(variables).number(ast.parse(f"({text})", mode="eval").body)


class _Reader:
    """Expressions; the names in them are for the two kinds of sources to look up."""

    def variable(self, name: str) -> Expression | None:
        """A name that is a variable."""
        raise NotImplementedError

    def constant(self, name: str) -> Any:
        """What any other name means; KeyError if it means nothing."""
        raise NotImplementedError

    def wrong(self, node: ast.AST, why: str = "") -> Untranslatable:
        part = ast.unparse(node).splitlines()[0]
        return Untranslatable(f"{part!r}{why and ': ' + why}")

    def number(self, e: ast.expr) -> Expression:
        """An expression; a truth counts as 1 or 0."""
        value = self.either(e)
        return AsNumber(value) if isinstance(value, Truth) else value

    def truth(self, e: ast.expr) -> Truth:
        """A condition. A number is true where it is not 0, nan too."""
        if isinstance(e, ast.BoolOp):
            return Junction(SIGNS[type(e.op)], tuple(map(self.truth, e.values)))
        value = self.either(e)
        return value if isinstance(value, Truth) else Comparison("!=", value, Number(0.0))

    def either(self, e: ast.expr) -> Expression | Truth:
        match e:
            case ast.Constant(bool() | int() | float() as value):
                if isinstance(value, float) or abs(value) <= EXACT:
                    return Number(float(value))
            case ast.Name(name) if (variable := self.variable(name)) is not None:
                return variable
            case ast.Name() | ast.Attribute():
                return self.number_of_name(e)
            case ast.UnaryOp(ast.Not(), inner):
                return Not(self.truth(inner))
            case ast.UnaryOp(ast.USub(), inner):
                return negative(self.number(inner))
            case ast.UnaryOp(ast.UAdd(), inner):
                return self.number(inner)
            case ast.BinOp(left, sign, right):
                return self.binary(e, self.number(left), sign, self.number(right))
            case ast.Compare(left, signs, rights):
                return self.comparison(e, left, signs, rights)
            case ast.BoolOp(sign, values):
                return self.first_of(sign, values)
            case ast.IfExp(test, body, orelse):
                return Choice(self.truth(test), self.number(body), self.number(orelse))
            case ast.Call(function, arguments, []) if not any(isinstance(a, ast.Starred) for a in arguments):
                return self.call(e, function, arguments)
        raise self.wrong(e)

    def binary(self, e: ast.AST, left: Expression, sign: ast.operator, right: Expression) -> Expression:
        match sign:
            case ast.Pow():
                return power(left, right)
            case ast.Mod():
                return apply(standins.mod, (left, right))
            case ast.FloorDiv():
                return apply(standins.floordiv, (left, right))
        if type(sign) not in SIGNS:
            raise self.wrong(e)
        return arithmetic(SIGNS[type(sign)], left, right)

    def comparison(
        self, e: ast.expr, left: ast.expr, signs: Sequence[ast.cmpop], rights: Sequence[ast.expr]
    ) -> Truth:
        parts: list[Truth] = []
        for sign, right in zip(signs, rights, strict=True):
            if isinstance(sign, (ast.In, ast.NotIn)) and isinstance(right, (ast.Tuple, ast.List, ast.Set)):
                options = tuple(Comparison("==", self.number(left), self.number(o)) for o in right.elts)
                is_among = options[0] if len(options) == 1 else Junction("or", options)
                parts.append(is_among if isinstance(sign, ast.In) else Not(is_among))
            elif type(sign) in SIGNS:
                parts.append(Comparison(SIGNS[type(sign)], self.number(left), self.number(right)))
            else:
                raise self.wrong(e)
            left = right
        return parts[0] if len(parts) == 1 else Junction("and", tuple(parts))

    def first_of(self, sign: ast.boolop, values: Sequence[ast.expr]) -> Expression | Truth:
        """Python's ``x and y``, which is x where x is 0, else y; of truths a truth."""
        truths = [truth for value in values if isinstance(truth := self.either(value), Truth)]
        if len(truths) == len(values):
            return Junction(SIGNS[type(sign)], tuple(truths))
        *before, last = map(self.number, values)
        for value, part in zip(reversed(before), reversed(values[:-1]), strict=True):
            pair = (last, value) if isinstance(sign, ast.And) else (value, last)
            last = Choice(self.truth(part), *pair)
        return last

    def meaning(self, e: ast.expr) -> Any:
        """What a name, or an attribute of a module, means in Python."""
        match e:
            case ast.Name(name) if self.variable(name) is None:
                try:
                    return self.constant(name)
                except KeyError:
                    raise self.wrong(e) from None
            case ast.Attribute(inner, name) if hasattr(module := self.meaning(inner), name):
                return getattr(module, name)
        raise self.wrong(e)

    def number_of_name(self, e: ast.expr) -> Expression:
        value = self.meaning(e)
        if type(value) in (int, float, bool) and (isinstance(value, float) or abs(value) <= EXACT):
            return Number(float(value))
        raise self.wrong(e)

    def call(self, e: ast.expr, function: ast.expr, arguments: Sequence[ast.expr]) -> Expression | Truth:
        callee = self.meaning(function)
        if not callable(callee):
            raise self.wrong(e)
        if callee is bool and len(arguments) == 1:
            return self.truth(arguments[0])
        numbers = [*map(self.number, arguments)]
        if callee in PREDICATES and len(numbers) == 1:
            return Predicate(PREDICATES[callee], numbers[0])
        if callee is float and len(numbers) == 1:
            return numbers[0]
        if callee in (builtins.min, builtins.max) and len(numbers) > 1:
            total, *others = numbers
            for number in others:
                total = apply(standins.BUILTINS[callee], (total, number))
            return total
        if callee is builtins.pow and len(numbers) == 2:
            return power(*numbers)
        try:
            return apply(callee, numbers)
        except Untranslatable as error:
            raise self.wrong(e, str(error)) from None


class _Text(_Reader):
    """A text of a row: its names are those of the table."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables

    def variable(self, name: str) -> Expression | None:
        return Code(self.variables[name]) if name in self.variables else None

    def constant(self, name: str) -> Any:
        if name == "pi":
            return math.pi
        return powers.dpow if name == "_slope" else PRIMITIVES[name]


class _Function(_Reader):
    """A Python function."""

    def __init__(self, function: FunctionType, name: str) -> None:
        self.function, self.name = function, name
        tree, self.first_line = definition(function)
        self.statements: list[ast.stmt] = (
            [ast.Return(tree.body, lineno=tree.lineno)] if isinstance(tree, ast.Lambda) else tree.body
        )
        a = tree.args
        if a.kwonlyargs or a.vararg or a.kwarg:
            raise Untranslatable(
                f"{function.__name__} has arguments that are not plain names ({place(function)})"
            )
        self.arguments = [argument.arg for argument in (*a.posonlyargs, *a.args)]
        assign_together = [
            n for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        ]
        counters = [n.target for n in ast.walk(tree) if isinstance(n, ast.For)]
        names = (n.id for n in assign_together if n not in counters)
        self.variables = list(dict.fromkeys(n for n in names if n not in self.arguments))
        self.counters: list[str] = []
        closure = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        self.closure = {name: cell.cell_contents for name, cell in closure}

    def wrong(self, node: ast.AST, why: str = "") -> Untranslatable:
        line = self.first_line + getattr(node, "lineno", 1)
        return Untranslatable(f"{super().wrong(node, why)} in {self.name} ({place(self.function, line)})")

    def variable(self, name: str) -> Expression | None:
        is_one = name in self.arguments or name in self.variables or name in self.counters
        return Variable(name) if is_one else None

    def constant(self, name: str) -> Any:
        for names in (self.closure, self.function.__globals__, vars(builtins)):
            if name in names:
                return names[name]
        raise KeyError(name)

    def read(self) -> Definition:
        body = self.block(self.statements)
        if not _ends(body):
            raise Untranslatable(f"{self.name} may end without a return ({place(self.function)})")
        return Definition(self.name, self.arguments, body)

    def block(self, body: Sequence[ast.stmt]) -> list[Statement]:
        return [statement for s in body for statement in self.statement(s)]

    def statement(self, s: ast.stmt) -> list[Statement]:
        match s:
            case ast.Expr(ast.Constant(str())) | ast.Pass():
                return []
            case ast.Return(value) if value is not None:
                return [Return(self.number(value))]
            case ast.Assign([ast.Name(name)], value) | ast.AnnAssign(ast.Name(name), _, ast.expr() as value):
                return [Assign(name, self.number(value))]
            case ast.Assign([ast.Tuple(targets)], ast.Tuple(values)) if len(targets) == len(values):
                return self.assign_together(s, targets, values)
            case ast.AugAssign(ast.Name(name), sign, value):
                return [Assign(name, self.binary(s, Variable(name), sign, self.number(value)))]
            case ast.If(test, body, orelse):
                return [If(self.truth(test), self.block(body), self.block(orelse))]
            case ast.Raise(ast.Call(ast.Name(error), texts)) if error in ERRORS:
                match texts:
                    case [ast.Constant(str() as message)]:
                        return [Raise(error, message)]
                return [Raise(error, "undefined")]
            case ast.Raise(ast.Name(error)) if error in ERRORS:
                return [Raise(error, "undefined")]
            case ast.For(ast.Name(name), ast.Call(ast.Name("range"), bounds, []), body, [], None):
                return [self.loop(s, name, bounds, body)]
        raise self.wrong(s)

    def assign_together(
        self, s: ast.stmt, targets: list[ast.expr], values: list[ast.expr]
    ) -> list[Statement]:
        """Several assignments at once: by way of other names, where one changes what a later one reads."""
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if len(names) < len(targets):
            raise self.wrong(s)
        numbers = [*map(self.number, values)]
        read = [{n.id for n in ast.walk(value) if isinstance(n, ast.Name)} for value in values]
        if not any(name in later for i, name in enumerate(names) for later in read[i + 1 :]):
            return [*map(Assign, names, numbers)]
        new = [f"{name}_new" for name in names]
        while any(map(self.variable, new)):
            new = [f"{name}_" for name in new]
        return [*map(Assign, new, numbers), *map(Assign, names, map(Variable, new))]

    def loop(self, s: ast.For, name: str, bounds: list[ast.expr], body: list[ast.stmt]) -> For:
        numbers = [*map(self.number, bounds)]
        if not all(isinstance(n, Number) and n.value.is_integer() for n in numbers) or not numbers:
            raise self.wrong(s)
        if self.variable(name) is not None:
            raise self.wrong(s, f"{name} is a variable already")
        counts = range(*(int(n.value) for n in numbers if isinstance(n, Number)))
        self.counters.append(name)
        inner = self.block(body)
        self.counters.pop()
        return For(name, counts, inner)


def _ends(body: Sequence[Statement]) -> bool:
    """Whether statements end in a return, or an error, on every way."""
    match body[-1] if body else None:
        case Return() | Raise():
            return True
        case If(_, chosen, otherwise):
            return _ends(chosen) and _ends(otherwise)
    return False
