"""Laws about the sweep: a gradient is the sum over all paths of the product of local derivatives.

The local derivatives are the engine's own, each from a program of one operation on variables of its own. So
these laws need no reference, and a wrong derivative of an operation does not break them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from autograd.testing._laws.law import Law
from autograd.testing._laws.shapes import chains, graphs, several_uses_of_a_leaf, several_uses_of_a_result
from autograd.testing._laws.trial import Numbers, Trial
from autograd.testing._laws.violation import Violation
from autograd.testing._programs.program import Line, Program

__all__ = ["CHAIN_RULE", "LEAF", "PATHS", "RESULT"]


def over_paths(
    programs: Callable[[Trial], Iterator[Program]], expected_from: str
) -> Callable[[Trial], list[Violation]]:
    """The search for a program whose gradient is not the sum over its paths."""

    def search(trial: Trial) -> list[Violation]:
        def test(program: Program) -> Violation | None:
            return compare_with_paths(trial, program, expected_from)

        violation = trial.first(programs(trial), test)
        return [violation] if violation else []

    return search


def compare_with_paths(trial: Trial, program: Program, expected_from: str) -> Violation | None:
    """The difference between an engine's gradient of a program and the sum over paths."""
    tolerances = trial.tolerances(program)
    if tolerances is None:
        return None
    try:
        expected = sum_over_paths(trial, program)
    except Exception:
        return None  # an operation that fails alone is no matter of the sweep
    try:
        got = trial.run(program)
    except Exception as error:
        return trial.failure(program, error)
    return trial.difference(program, got[:1] + got[1:], (got[0], *expected), tolerances, expected_from)


def sum_over_paths(trial: Trial, program: Program) -> Numbers:
    """The gradient of a program from the engine's local derivatives."""
    values = program.values()
    adjoints = dict.fromkeys(values, 0.0)
    adjoints[program.outputs[0]] = 1.0
    for line in reversed(program.lines):
        for name, partial in local_derivatives(trial, line, values):
            adjoints[name] += adjoints[line.name] * partial
    return tuple(adjoints[name] for name in program.variables)


def local_derivatives(trial: Trial, line: Line, values: dict[str, float]) -> list[tuple[str, float]]:
    """For each argument of a line its name and the engine's derivative by it, as a variable of its own."""
    places = {f"x{i}": a for i, a in enumerate(line.arguments) if isinstance(a, str)}
    arguments = tuple(f"x{i}" if isinstance(a, str) else a for i, a in enumerate(line.arguments))
    alone = Program(
        tuple(places), tuple(values[a] for a in places.values()), (Line("out", line.operation, arguments),)
    )
    return list(zip(places.values(), trial.run(alone)[1:], strict=True))


CHAIN_RULE = Law(
    "chain rule",
    "(f ∘ g)'(x) = f'(g(x)) g'(x): the derivatives along a path are multiplied",
    over_paths(chains, "the product of the engine's own derivatives along the path"),
)
LEAF = Law(
    "a leaf used several times",
    "d f(x, x)/dx = ∂₁f + ∂₂f: the gradient of a variable is the sum over its uses",
    over_paths(several_uses_of_a_leaf, "the sum over its uses"),
    follows=("chain rule",),
)
RESULT = Law(
    "a result used several times",
    "∂out/∂a = Σ ∂out/∂b ∂b/∂a over all b that use a, and is passed on once, when it is complete",
    over_paths(several_uses_of_a_result, "the sum over all paths"),
    follows=("chain rule", "a leaf used several times"),
)
PATHS = Law(
    "sum over paths",
    "∂out/∂x = Σ over all paths from x to out of the product of the derivatives along the path",
    over_paths(graphs, "the sum over all paths"),
    follows=("chain rule", "a leaf used several times", "a result used several times"),
)
