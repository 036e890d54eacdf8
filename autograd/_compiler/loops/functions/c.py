"""Functions of numbers in C99: where Python raises, C has a floating-point exception, as in ``math.h``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, ClassVar

from autograd._compiler.loops.functions.calls import is_math
from autograd._compiler.loops.functions.printing import ATOM, PRODUCT, Printer
from autograd._compiler.loops.functions.tree import Code, Definition, Number, Power, Raise, Variable
from autograd._table.numerics import steps

__all__ = ["C"]

# Functions of math.h that have the meaning of Python's.
SAME = re.findall(
    r"\w+",
    """acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 fabs floor
    fmod hypot lgamma log log10 log1p log2 pow remainder rint sin sinh sqrt tan tanh trunc""",
)
RENAMED = {"gamma": "tgamma"}
OTHERS = re.findall(
    r"\w+",
    """drem fdim finite fma fmax fmin frexp gamma ilogb j0 j1 jn ldexp llrint llround logb lrint lround modf
    nan nearbyint nextafter nexttoward remquo round scalbln scalbn significand tgamma y0 y1 yn""",
)
WORDS = re.findall(
    r"\w+",
    """auto break case char const continue default do double else enum extern float for goto if inline int
    long register restrict return short signed sizeof static struct switch typedef union unsigned void
    volatile while HUGE_VAL I INFINITY NAN NULL asm assert bool complex errno false fpclassify imaginary
    isfinite isinf isnan isnormal main real signbit signgam true typeof""",
)
ROUNDINGS = {function: function.__name__ for function in (steps.rint, steps.floor, steps.ceil, steps.trunc)}
EXCEPTIONS = {"OverflowError": ("FE_OVERFLOW", "HUGE_VAL"), "ZeroDivisionError": ("FE_DIVBYZERO", "NAN")}
RAISED = """
static double raised(int exception, double result) {
  feraiseexcept(exception);
  return result;
}""".strip()


class C(Printer):
    """Prints C. Functions compute in double, as Python does, whatever a program computes in."""

    LANGUAGE = "C"
    COMPUTES = "arithmetic, comparisons, if, constant ranges, and functions of math"
    HELPERS: ClassVar[dict[str, str]] = {"raised": RAISED}
    TAKEN = frozenset([*WORDS, *(f"{name}{kind}" for name in (*SAME, *OTHERS) for kind in ("", "f", "l"))])
    DECLARE = "double"

    def native(self, function: Callable[..., Any]) -> str | None:
        if not is_math(function):
            return ROUNDINGS.get(function)
        name = function.__name__
        return name if name in SAME else RENAMED.get(name)

    def name(self, name: str) -> str:
        plain = re.sub(r"[^\x00-\x7f]", lambda letter: f"u{ord(letter[0]):x}", name)
        return f"{plain}_" if plain in self.TAKEN else plain

    def number(self, value: float) -> str:
        if not math.isfinite(value):
            return "NAN" if value != value else "INFINITY" if value > 0 else "-INFINITY"
        return repr(value)

    def head(self, definition: Definition) -> str:
        arguments = ", ".join(f"double {self.name(argument)}" for argument in definition.arguments)
        return f"static double {definition.name}({arguments})"

    def raised(self, statement: Raise) -> str:
        exception, result = EXCEPTIONS.get(statement.error, ("FE_INVALID", "NAN"))
        return f"return {self.functions.helper('raised')}({exception}, {result});"

    def power(self, power: Power) -> tuple[str, int]:
        if power.exponent == Number(2.0) and isinstance(power.base, (Variable, Code)):
            base = self.expression(power.base)
            return f"{base} * {base}", PRODUCT
        return f"pow({self.expression(power.base)}, {self.expression(power.exponent)})", ATOM

    def predicate(self, name: str, operand: str) -> tuple[str, int]:
        return f"{name}({operand})", ATOM
