"""The judge of programs: the right results by mpmath, and how far computations in floats may be off.

Each operation is evaluated with many digits, and each rounding of a computation in floats followed to the
results: the sum of the sizes of their effects is what an engine may be off by. Sums may be done in any order.
Next to a kink or to the end of a domain, within such errors, rounding decides, and everything is accepted.
"""

from __future__ import annotations

import math
from typing import Any

from autograd.testing._judge.functions import Functions, reference_functions
from autograd.testing._judge.judgement import Judgement
from autograd.testing._judge.lines import SLACK, Format, Recording
from autograd.testing._judge.sweep import Sweep
from autograd.testing._programs.program import Program

__all__ = ["judge"]

DIGITS = 160  # bits of all numbers here


def judge(
    program: Program, order: int = 1, *, dtype: Any = "float64", functions: Functions | None = None
) -> Judgement:
    """The right results of a program of one output, and how far a computation in floats may be off.

    Args:
        program: the program.
        order: 2 for second derivatives too.
        dtype: float64 or float32, in which the engine computes.
        functions: by mpmath, of rows from outside: ``{"bump": lambda x: mpmath.exp(-x * x)}``.

    Raises:
        ValueError: for several outputs, for a row without a function of mpmath.
        ImportError: where mpmath is not installed, with the command that installs it.

    >>> from autograd.testing import Line, Program
    >>> right = judge(Program(("x",), (2.0,), (Line("a", "square", ("x",)),)))
    >>> right.value, right.gradient
    (4.0, (4.0,))
    >>> right.accepts(4.0, [4.0]), right.accepts(4.0, [2.0])
    (True, False)
    """
    if len(program.outputs) != 1:
        raise ValueError(f"the judge takes a program of one output, not of {len(program.outputs)}")
    if order not in (1, 2):
        raise ValueError(f"order is 1 or 2, not {order!r}")
    form = Format(dtype)
    with form.mp.workprec(DIGITS):
        recording = Recording(program, form, {**reference_functions(), **(functions or {})}, order)
        return _judged(program, recording, form, order)


def _judged(program: Program, recording: Recording, form: Format, order: int) -> Judgement:
    names = range(len(program.variables))
    nothing = tuple(math.nan for _ in names)
    result: dict[str, Any] = {
        "value": math.nan, "value_tolerance": math.inf, "gradient": nothing, "gradient_tolerance": nothing,
        "undecided": recording.undecided, "may_fail": recording.may_fail,
    }  # fmt: skip
    if order > 1:
        result |= {"hessian": (nothing,) * len(names), "hessian_tolerance": (nothing,) * len(names)}
    if recording.output.jet is None:
        return Judgement(program, **result, undefined=recording.output.problem)
    sweep = Sweep(recording, form)
    value = _pair(form, recording.output.value, sweep.value_error())
    result["value"], result["value_tolerance"] = value
    if not sweep.undefined:
        gradient = [_pair(form, *sweep.gradient(i)) for i in names]
        result["gradient"], result["gradient_tolerance"] = zip(*gradient, strict=True)
        if order > 1:
            rows = [[_pair(form, *sweep.second(i, j)) for j in names] for i in names]
            result["hessian"] = tuple(tuple(x for x, _ in row) for row in rows)
            result["hessian_tolerance"] = tuple(tuple(t for _, t in row) for row in rows)
    result["may_fail"] |= sweep.may_fail
    result["on_kink"] = sweep.on_kink
    return Judgement(program, **result, gradient_undefined=sweep.undefined)


def _pair(form: Format, x: Any, error: Any) -> tuple[float, float]:
    """A number and its tolerance as floats."""
    number = math.copysign(math.inf, x) if abs(x) > form.max else float(x)
    return number, float(SLACK * error) if SLACK * error < form.largest else math.inf
