"""Whether an engine is wrong about a program: its result beside this project's, and the rounding of both."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograd import Value
from autograd.testing import Engine, Program, judge, own_engine
from autograd.testing._programs.operations import operation

__all__ = ["failure"]

OWN = own_engine()
FAR = 1e75  # beyond which the square of a square overflows: a limit of floats, not of an engine
PATHS = (
    100_000  # from the result to the variables: an engine that walks each of them takes too long with more
)
NOISE = 2.0**-30  # relative, in each operation and in each local derivative
RUNS = 4
ROUNDING = 2.0**-52 / NOISE * 64  # the part of the spread of noisy runs that rounding may explain


def failure(engine: Engine) -> Callable[[Program], Any]:
    """The kind of failure of an engine on a program: an exception's type, "value", "gradient"; else None.

    Differences that rounding explains are none: this project's engine runs with noise in each operation, and
    the spread of its results bounds them. Neither are programs at whose point numbers are far out of range,
    nor those where rounding decides on which side of a kink a number lies.
    """

    def fails(program: Program) -> Any:
        right = _run(OWN, program)
        if isinstance(right, Exception) or paths(program) > PATHS:
            return None
        result = _run(engine, program)
        if isinstance(result, RecursionError):
            return RecursionError
        if _is_far(program, right):
            return None
        if isinstance(result, Exception):
            return type(result)
        wrong = [not _is_close(a, b) for a, b in zip(right, result, strict=True)]
        if not any(wrong):
            return None
        tolerances = _tolerances(program, right)
        for i, (a, b) in enumerate(zip(right, result, strict=True)):
            if wrong[i] and not abs(a - b) <= tolerances[i]:
                if judge(program).undecided:
                    return None
                return "gradient" if i else "value"
        return None

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


def _run(engine: Engine, program: Program) -> tuple[float, ...] | Exception:
    try:
        value, gradient = engine.run(program)
    except Exception as error:
        return error
    return (value, *gradient)


def _is_far(program: Program, right: Any) -> bool:
    sizes = [abs(x) for x in (*program.values().values(), *right) if x]
    sizes += [abs(a) for line in program.lines for a in line.arguments if not isinstance(a, str) and a]
    return any(not 1 / FAR < size < FAR for size in sizes)


def _is_close(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-14 * abs(a)


def _tolerances(program: Program, right: tuple[float, ...]) -> list[float]:
    """The differences that rounding explains, infinite where a noisy run has no result."""
    rng = np.random.default_rng(0)
    noisy = Engine.of_tape("noisy", _Noisy(rng), OWN.tape)
    spreads = [0.0] * len(right)
    for _ in range(RUNS):
        result = _run(noisy, program)
        if isinstance(result, Exception):
            return [math.inf] * len(right)
        spreads = [max(s, abs(a - b)) for s, a, b in zip(spreads, right, result, strict=True)]
    return [ROUNDING * s + 1e-14 * abs(a) for s, a in zip(spreads, right, strict=True)]


class _Noisy(dict[str, Any]):
    """The operations of this project with noise, relative and of 1's size, in values and derivatives."""

    def __init__(self, rng: np.random.Generator) -> None:
        super().__init__()
        self.rng = rng

    def noise(self) -> float:
        return NOISE * float(self.rng.normal())

    def get(self, name: str, default: Any = None) -> Any:
        return self[name]

    def __missing__(self, name: str) -> Any:
        own = OWN.operations.get(name) or partial(operation(name).definition, self)

        def tilted(x: Any) -> Any:
            """The same number, with noise in the derivative by it."""
            return x + self.noise() * (x - x.data) if isinstance(x, Value) else x

        def noisy(*args: Any) -> Any:
            out = own(*map(tilted, args)) * (1.0 + self.noise())
            for x in args:
                if isinstance(x, Value):
                    out = out + self.noise() * (x - x.data)
            return out

        self[name] = noisy
        return noisy
