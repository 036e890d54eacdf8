"""Laws about large graphs: depth does no harm, and work grows with the nodes, not with the paths."""

from __future__ import annotations

import functools
import itertools
import math
import sys
from collections.abc import Iterator
from typing import Any

from autograd.testing._laws.paths import SWEEP
from autograd.testing._laws.search.law import Law, LawSkipped
from autograd.testing._laws.search.trial import Trial, agree
from autograd.testing._laws.search.violation import Violation
from autograd.testing._programs.program import Line, Program

__all__ = ["DEEP", "ONCE"]

DEPTH = 5000
SHORT, LONG = 4, 24  # doublings
MORE = 2.0 * (LONG / SHORT) ** 2  # times the work: enough also where it is quadratic


@functools.cache
def repeated(operation: str, other: float | None, count: int) -> Program:
    """An operation again and again on its own result, with a constant, or with the result once more."""
    names = ["x", *(f"a{i}" for i in range(count))]
    lines = [
        Line(new, operation, (old, old if other is None else other)) for old, new in itertools.pairwise(names)
    ]
    return Program(("x",), (1.0,), tuple(lines))


def loop(trial: Trial, program: Program) -> str:
    """A program of `repeated` as a loop."""
    first = Program(program.variables, program.point, program.lines[:1])
    start, step, *sweep = trial.script(first).split("; ")
    step = step.replace("x", "out")
    return "\n".join([start, "out = x", f"for _ in range({program.size}): {step}", *sweep])


def deep(trial: Trial) -> Iterator[Violation]:
    """A chain that is longer than Python's usual limit of recursion."""
    for operation in ("add", "mul", "sub", "truediv"):
        program = repeated(operation, 1.0, DEPTH)
        if not trial.allows_line(program.lines[0]):
            continue
        try:
            got = trial.run(program)[1]
        except Exception as error:
            yield trial.failure(program, error, script=loop(trial, program))
            return
        if not agree(got, 1.0, 1e-6):
            yield trial.violation(program, "x.grad", got, 1.0, variable="x", script=loop(trial, program))
        return


class TooManyCalls(BaseException):
    """More calls of functions than the work can need; no `except Exception` catches it."""


def calls_of(trial: Trial, program: Program, limit: float) -> int:
    """The calls of functions during a run, which do not depend on the machine's speed.

    Raises:
        TooManyCalls: beyond the limit.
    """
    if sys.getprofile() is not None:
        raise LawSkipped("counts calls by sys.setprofile, which is in use: run it without a profiler")
    count = 0

    def watch(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")
        if count > limit:
            sys.setprofile(None)
            raise TooManyCalls

    sys.setprofile(watch)
    try:
        trial.run(program)
    finally:
        sys.setprofile(None)
    return count


def once(trial: Trial) -> Iterator[Violation]:
    """A chain of doublings has 2ⁿ paths: calls of functions are counted at two lengths."""
    short, long = repeated("add", None, SHORT), repeated("add", None, LONG)
    if not trial.allows(short):
        return
    try:
        calls = calls_of(trial, short, math.inf)
        calls_of(trial, long, MORE * calls)
    except TooManyCalls:
        script = loop(trial, long)
        right = f"about {LONG // SHORT} times the {calls} for {SHORT} additions"
        yield trial.violation(long, "the number of calls", f"over {MORE * calls:.0f}", right, script=script)
    except LawSkipped:
        raise
    except Exception:
        return  # a matter of the law about results that are used several times


DEEP = Law(
    "deep chains", f"a chain of {DEPTH} nodes has its gradient as a short chain has", deep, follows=SWEEP
)
ONCE = Law(
    "each node once",
    "the work of a sweep grows with the nodes, not with the paths, whose number doubles in a = a + a",
    once,
    operations=("add",),
    follows=SWEEP,
)
