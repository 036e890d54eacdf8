"""Functions of numbers in JavaScript: they throw where Python raises."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, ClassVar

from autograd._compiler.loops.functions.calls import is_math
from autograd._compiler.loops.functions.printing import ATOM, COMPARISON, Printer
from autograd._compiler.loops.functions.tree import Arithmetic, Definition, Number, Power, Raise

__all__ = ["JavaScript"]

# Functions of Math that have the meaning of Python's, and a finite result everywhere.
TOTAL = {"asinh", "atan", "atan2", "cbrt", "ceil", "cos", "floor", "sin", "tan", "tanh", "trunc"}
PARTIAL = {  # those that have not, and their arguments
    "acos": "x", "acosh": "x", "asin": "x", "atanh": "x", "cosh": "x", "exp": "x", "expm1": "x",
    "fmod": "x, y", "hypot": "x, y", "log": "x", "log10": "x", "log1p": "x", "log2": "x", "pow": "x, y",
    "sinh": "x", "sqrt": "x",
}  # fmt: skip
COPYSIGN = """
function copysign(x, y) {
  return y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x);
}""".strip()
DIVIDE = """
function divide(x, y) {
  if (y === 0) throw new RangeError(`${x} / 0 is undefined`);
  return x / y;
}""".strip()
WORDS = re.findall(
    r"\w+",
    """arguments await break case catch class const continue debugger default delete do else enum eval export
    extends finally for function if implements import in instanceof interface let new null of package private
    protected public return static super switch this throw true false try typeof undefined var void while with
    yield Infinity Math NaN Number Object RangeError""",
)


def _checked(name: str) -> str:
    """A function that throws where its result is not finite, and its arguments are."""
    arguments = PARTIAL[name]
    value = "x % y" if name == "fmod" else f"Math.{name}({arguments})"
    finite = " && ".join(f"Number.isFinite({x})" for x in arguments.split(", "))
    shown = ", ".join(f"${{{x}}}" for x in arguments.split(", "))
    return (
        f"function {name}({arguments}) {{\n"
        f"  const value = {value};\n"
        f"  if (!Number.isFinite(value) && {finite}) throw new RangeError(`{name}({shown}) is undefined`);\n"
        "  return value;\n"
        "}"
    )


class JavaScript(Printer):
    """Prints JavaScript."""

    LANGUAGE = "JavaScript"
    COMPUTES = "arithmetic, comparisons, if, constant ranges, and most functions of math"
    HELPERS: ClassVar[dict[str, str]] = {
        "copysign": COPYSIGN, "divide": DIVIDE, **{name: _checked(name) for name in PARTIAL},
    }  # fmt: skip
    TAKEN = frozenset(WORDS)
    DECLARE = "let"
    SIGNS: ClassVar[dict[str, str]] = {"==": "===", "!=": "!=="}

    def native(self, function: Callable[..., Any]) -> str | None:
        name = function.__name__ if is_math(function) else ""
        if name in TOTAL or name == "fabs":
            return "Math.abs" if name == "fabs" else f"Math.{name}"
        return self.functions.helper(name) if name in self.HELPERS else None

    def name(self, name: str) -> str:
        return f"{name}_" if name in self.TAKEN or name in self.HELPERS else name

    def number(self, value: float) -> str:
        if not math.isfinite(value):
            return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
        return repr(value).removesuffix(".0")

    def head(self, definition: Definition) -> str:
        return f"function {definition.name}({', '.join(map(self.name, definition.arguments))})"

    def raised(self, statement: Raise) -> str:
        message = re.sub(r'[\\"]', r"\\\g<0>", " ".join(statement.message.split()))
        return f'throw new RangeError("{message}");'

    def power(self, power: Power) -> tuple[str, int]:
        sides = self.expression(power.base), self.expression(power.exponent)
        return f"{self.functions.helper('pow')}({', '.join(sides)})", ATOM

    def quotient(self, quotient: Arithmetic) -> tuple[str, int]:
        if isinstance(quotient.right, Number) and quotient.right.value != 0:
            return self.signed(quotient)
        sides = self.expression(quotient.left), self.expression(quotient.right)
        return f"{self.functions.helper('divide')}({', '.join(sides)})", ATOM

    def predicate(self, name: str, operand: str) -> tuple[str, int]:
        if name == "isinf":
            return f"Math.abs({operand}) === Infinity", COMPARISON
        return f"Number.{'isFinite' if name == 'isfinite' else 'isNaN'}({operand})", ATOM
