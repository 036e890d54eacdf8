"""Updates of parameters by their gradients, from Python functions of numbers to C."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import FunctionType
from typing import Any

from autograd._compiler.loops.functions.c import C
from autograd._compiler.loops.functions.definitions import definition
from autograd._compiler.loops.functions.library import Library
from autograd._compiler.loops.functions.printing import ATOM
from autograd._compiler.loops.functions.reading import read_text
from autograd._compiler.loops.functions.tree import (
    Arithmetic,
    Code,
    Expression,
    Negative,
    Number,
    Power,
    Untranslatable,
)

__all__ = ["Update", "update_code"]


@dataclass(frozen=True)
class Update:
    """An optimizer's rule.

    Attributes:
        formula: gives the number to subtract from a parameter, or a tuple of this and the parameter's new
            state. Its arguments: the gradient ``g``, the parameter ``theta``, the state, and numbers that all
            parameters share: the learning rate ``rate``, the number ``t`` of the step, counted from 1, and
            constants. It consists of assignments and a return, of + - * / and powers, and of calls
            ``a, b = f(g, rate)`` of other formulas, with variables that are called as the parameters of f.
        state: the names of the state, in the order of the results; 0 before the first step.
        constants: the constants by their names.
        clip_norm: the largest norm of the gradient, beyond which g is the shortened one; None for no limit.
        clip_value: the largest size of each number in g.
    """

    formula: Callable[..., Any]
    state: tuple[str, ...]
    constants: Mapping[str, float]
    clip_norm: float | None = None
    clip_value: float | None = None

    @property
    def numbers(self) -> list[float]:
        """The constants and the limit, in the order in which C gets them."""
        return [*self.constants.values(), *self._limit.values()]

    @property
    def form(self) -> tuple[Any, ...]:
        """The formula and the kind of the limit: updates of one form have the same code."""
        return self.formula, *self._limit

    @property
    def _limit(self) -> dict[str, float]:
        limits = {"clip_norm": self.clip_norm, "clip_value": self.clip_value}
        return {name: limit for name, limit in limits.items() if limit is not None}


# The gradient that a step uses, of a limited length or with limited numbers.
LIMITS = {
    "clip_norm": (
        [
            "double length = 0;",
            "for (long i = 0; i < PARAMETERS; i++)",
            "    length += (double)gradient[i] * gradient[i];",
            "length = sqrt(length);",
            "const real ratio = (real)(length > clip_norm ? clip_norm / length : 1.0);",
        ],
        "gradient[i] * ratio",
    ),
    "clip_value": (
        ["const real most = (real)clip_value;"],
        "gradient[i] > most ? most : gradient[i] < -most ? -most : gradient[i]",
    ),
}


def update_code(update: Update, real: str) -> str:
    """A C function that performs an update for all PARAMETERS; whether these are finite afterwards.

    The state is an array of a row for each of its names. Expressions of shared numbers alone are computed
    once, in double: 1 - 0.999f would have an error of 5e-5.

    Args:
        real: ``float`` or ``double``, of the parameters.

    Raises:
        Untranslatable: where the source of the formula is not there, and for other statements and operations,
            naming them.
    """
    formula = _Formula(update, real)
    places = {name: f"state[{row} * PARAMETERS + i]" for row, name in enumerate(update.state)}
    limiting: list[str] = []
    gradient = "gradient[i]"
    for name in update._limit:
        limiting, gradient = LIMITS[name]
    names = [*update.constants, *update._limit]
    before = [
        "(void)state, (void)rate, (void)t, (void)constants;",
        *(f"const double {name} = constants[{i}];" for i, name in enumerate(names)),
        *(f"const real {name} = (real)({text});" for text, name in formula.shared.items()),
        *limiting,
        "int finite = 1;",
    ]
    loop = [
        f"const real g = {gradient};",
        *(f"real {name} = {place};" for name, place in places.items()),
        *formula.lines,
        *(f"{place} = {text};" for place, text in zip(places.values(), formula.results, strict=True)),
        f"const real moved = theta[i] - ({formula.change});",
        "theta[i] = moved;",
        "finite &= moved - moved == 0;",
    ]
    return "\n".join(
        [
            "static int update(real *restrict theta, real *restrict state, const real *restrict gradient,",
            "                  double rate, double t, const double *constants) {",
            *(f"    {line}" for line in before),
            "    for (long i = 0; i < PARAMETERS; i++) {",
            *(f"        {line}" for line in loop),
            "    }",
            "    return finite;",
            "}",
        ]
    )


class _Formula:
    """The formula of an update in C.

    Attributes:
        lines: declarations and assignments of variables.
        change: the expression to subtract from the parameter.
        results: expressions of the new state.
        shared: names of the numbers that are computed once, by their expressions.
    """

    def __init__(self, update: Update, real: str) -> None:
        self.lines: list[str] = []
        self.shared: dict[str, str] = {}
        self._double, self._real = C(Library(C)), (_Float if real == "float" else _Double)(Library(C))
        if not isinstance(update.formula, FunctionType):
            raise Untranslatable(f"{update.formula!r} is not written in Python")
        tree = _definition(update.formula)
        self._own = {"g", "theta[i]", *update.state}
        self._names = {argument.arg for argument in tree.args.args}
        self.change, *self.results = self._read(update.formula, tree)

    def _read(self, function: FunctionType, tree: ast.FunctionDef) -> list[str]:
        """Write the assignments of a formula; the expressions that it returns."""
        *assignments, last = (s for s in tree.body if not isinstance(s, ast.Expr))
        for statement in assignments:
            match statement:
                case ast.Assign([ast.Name(name)], value):
                    self._assign(name, self._code(value))
                case ast.Assign([ast.Tuple(targets)], ast.Call(ast.Name(called), arguments, [])):
                    inner = function.__globals__.get(called)
                    if not isinstance(inner, FunctionType):
                        raise _refused(statement)
                    other = _definition(inner)
                    if list(map(ast.unparse, arguments)) != [argument.arg for argument in other.args.args]:
                        raise _refused(statement)
                    results = self._read(inner, other)
                    for target, result in zip(map(ast.unparse, targets), results, strict=True):
                        if target != result:
                            self._assign(target, result)
                case _:
                    raise _refused(statement)
        match last:
            case ast.Return(ast.Tuple(values)):
                return list(map(self._code, values))
            case ast.Return(ast.expr() as value):
                return [self._code(value)]
        raise _refused(last)

    def _assign(self, name: str, text: str) -> None:
        declare = "" if name in self._own else "real "
        self.lines.append(f"{declare}{name} = {text};")
        self._own.add(name)

    def _code(self, e: ast.expr) -> str:
        names = {name: name for name in self._names | self._own} | {"theta": "theta[i]"}
        return self._real.expression(self._with_shared(read_text(ast.unparse(e), names)))

    def _with_shared(self, e: Expression) -> Expression:
        """An expression with a name for each part that has none of the parameter's own numbers."""
        if not self._own & set(_names_in(e)):
            text = self._double.expression(e)
            return Code(self.shared.setdefault(text, f"shared{len(self.shared)}"))
        match e:
            case Code():
                return e
            case Negative(operand):
                return Negative(self._with_shared(operand))
            case Arithmetic(sign, left, right):
                return Arithmetic(sign, self._with_shared(left), self._with_shared(right))
            case Power(base, Number(0.5)):
                return Power(self._with_shared(base), Number(0.5))
        raise Untranslatable(f"{self._double.expression(e)!r} in the formula of an update")


def _definition(function: FunctionType) -> ast.FunctionDef:
    tree, _ = definition(function)
    if not isinstance(tree, ast.FunctionDef):
        raise _refused(tree)
    return tree


def _names_in(part: Any) -> Iterator[str]:
    if isinstance(part, Code):
        yield part.text
    elif isinstance(part, tuple):
        for item in part:
            yield from _names_in(item)
    elif is_dataclass(part):
        for field in fields(part):
            yield from _names_in(getattr(part, field.name))


def _refused(part: ast.AST) -> Untranslatable:
    return Untranslatable(f"{ast.unparse(part)!r} in the formula of an update")


class _Double(C):
    root = "sqrt"

    def power(self, power: Power) -> tuple[str, int]:
        return f"{self.root}({self.expression(power.base)})", ATOM


class _Float(_Double):
    root = "sqrtf"
