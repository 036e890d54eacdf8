"""Whether an engine is wrong about a program, beyond the errors that rounding may cause."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.testing import Engine, Program, judge
from autograd.testing._laws.search.rounding import reference

__all__ = ["failure"]

FAR = 1e75  # beyond which the square of a square overflows: a limit of floats, not of an engine
PATHS = 100_000  # from the result to the variables; an engine that walks each of them takes too long
EPSILON = 2.0**-52


def failure(engine: Engine) -> Callable[[Program], Any]:
    """The kind of failure of an engine on a program: an exception's type, "value", "gradient"; else None.

    Programs with numbers far out of range do not count, except where the engine recurses too deep, nor do programs in which rounding decides on which
    side of a kink a number lies.
    """

    def fails(program: Program) -> Any:
        right = reference(program)
        if right is None or paths(program) > PATHS:
            return None
        numbers = (right.value, *right.gradient)
        try:
            value, gradient = engine.run(program)
        except RecursionError:
            return RecursionError
        except Exception as error:
            return None if _is_far(program, numbers) else type(error)
        if _is_far(program, numbers):
            return None
        wrong = [
            not abs(x - y) <= tolerance
            for x, y, tolerance in zip((value, *gradient), numbers, right.tolerances(EPSILON), strict=True)
        ]
        if not any(wrong) or judge(program).undecided:
            return None
        return "value" if wrong[0] else "gradient"

    return fails


def paths(program: Program) -> int:
    """The number of paths from the result to the variables.

    >>> paths(Program.parse("x = 1.0; a = x + x; b = a * a"))
    4
    """
    counts = dict.fromkeys(program.variables, 1)
    for line in program.lines:
        counts[line.name] = sum(counts[name] for name in line.names)
    return counts[program.outputs[0]]


def _is_far(program: Program, right: tuple[float, ...]) -> bool:
    sizes = [abs(x) for x in (*program.values().values(), *right) if x]
    sizes += [abs(a) for line in program.lines for a in line.arguments if not isinstance(a, str) and a]
    return any(not 1 / FAR < size < FAR for size in sizes)
