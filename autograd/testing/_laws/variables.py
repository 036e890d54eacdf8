"""Laws about changes of a program that change nothing in its gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from autograd.testing._laws.paths import SWEEP
from autograd.testing._laws.search.law import Law
from autograd.testing._laws.search.shapes import graphs
from autograd.testing._laws.search.trial import Trial
from autograd.testing._laws.search.violation import Violation
from autograd.testing._programs.program import Line, Program

__all__ = ["ORDER", "PERMUTATION", "UNUSED"]

COMMUTATIVE = ("add", "mul", "maximum", "minimum", "hypot")


def unchanged(change: Callable[[Program], Program], expected_from: str, trial: Trial) -> Iterator[Violation]:
    """A program whose gradient is another one after a change."""

    def test(program: Program) -> Violation | None:
        tolerances = trial.tolerances(program)
        changed = change(program)
        if tolerances is None or not trial.allows(changed):
            return None
        try:
            before = gradient(trial, program)
        except Exception:
            return None  # not a matter of the change
        try:
            after = gradient(trial, changed)
        except Exception as error:
            return trial.failure(changed, error)
        slack = dict(zip(program.variables, tolerances[1:], strict=True))
        return trial.difference(
            changed,
            tuple(after.values()),
            tuple(before.get(name, 0.0) for name in after),
            tuple(2.0 * slack.get(name, 0.0) for name in after),
            expected_from,
        )

    return trial.first(graphs(trial), test)


def gradient(trial: Trial, program: Program) -> dict[str, float]:
    """The engine's gradient by the names of the variables."""
    return dict(zip(program.variables, trial.run(program)[1:], strict=True))


def in_another_order(program: Program) -> Program:
    """The same calculation: each line as late as it may stand, and the terms of sums and products swapped."""
    pending = [
        replace(line, arguments=line.arguments[::-1]) if line.operation in COMMUTATIVE else line
        for line in program.lines
    ]
    lines: list[Line] = []
    while pending:
        waiting = {line.name for line in pending}
        line = next(line for line in reversed(pending) if waiting.isdisjoint(line.names))
        pending.remove(line)
        lines.append(line)
    return replace(program, lines=tuple(lines))


def with_unused_parts(program: Program) -> Program:
    """The program with a variable that is not used, and a line whose result is not."""
    first = program.lines[0]
    return replace(
        program,
        variables=("unused", *program.variables),
        point=(3.0, *program.point),
        lines=(*program.lines, Line("dead", first.operation, first.arguments)),
    )


def with_variables_permuted(program: Program) -> Program:
    """The same function, whose variables are made in another order."""
    return replace(program, variables=program.variables[::-1], point=program.point[::-1])


ORDER = Law(
    "order of accumulation",
    "the gradient is the same whatever the order of the lines, and of the terms of a + b and a b",
    partial(unchanged, in_another_order, "in another order of lines and terms it"),
    follows=SWEEP,
)
UNUSED = Law(
    "an unused leaf",
    "∂f(x)/∂u = 0, None or a number; and neither u nor a result that is not used changes ∂f/∂x",
    partial(unchanged, with_unused_parts, "without the unused variable and the dead line it"),
    follows=SWEEP,
)
PERMUTATION = Law(
    "permutation of inputs",
    "for g(y, x) = f(x, y), ∇g(y, x) has the entries of ∇f(x, y), in the other order",
    partial(unchanged, with_variables_permuted, "with the variables in another order it"),
    follows=SWEEP,
)
