"""Laws about the sweep: a gradient is the sum over all paths of the product of local derivatives.

The local derivatives are the engine's own, each from a program of one operation on variables of its own. So
these laws need no reference, and a wrong derivative of an operation does not break them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from autograd.testing._laws.search.law import Law
from autograd.testing._laws.search.shapes import (
    chains,
    graphs,
    is_any,
    is_chain,
    shares_a_leaf,
    shares_a_result,
)
from autograd.testing._laws.search.trial import Numbers, Trial
from autograd.testing._laws.search.violation import Violation
from autograd.testing._programs.program import Line, Program
from autograd.testing._programs.rewriting import alone

__all__ = ["CHAIN_RULE", "EQUAL_NUMBERS", "LEAF", "PATHS", "RESULT", "SWEEP", "compare_with_paths"]


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
        got = trial.run(program)[1:]
    except Exception as error:
        return trial.failure(program, error)
    return trial.difference(program, got, expected, tolerances[1:], expected_from)


def sum_over_paths(trial: Trial, program: Program) -> Numbers:
    """The gradient of a program from the engine's local derivatives."""
    values = program.values()
    adjoints = dict.fromkeys(values, 0.0)
    adjoints[program.outputs[0]] = 1.0
    for line in reversed(program.lines):
        for name, derivative in local_derivatives(trial, line, values):
            adjoints[name] += adjoints[line.name] * derivative
    return tuple(adjoints[name] for name in program.variables)


def local_derivatives(trial: Trial, line: Line, values: dict[str, float]) -> list[tuple[str, float]]:
    """For each argument of a line its name and the engine's derivative by it, as by a variable of its own."""
    program, _ = alone(line, values)
    return list(zip(line.names, trial.run(program)[1:], strict=True))


def over_paths(
    programs: Callable[[Trial], Iterator[Program]],
    shape: Callable[[Program], bool],
    expected_from: str,
    trial: Trial,
) -> Iterator[Violation]:
    """A program of a shape whose gradient is not the sum over its paths."""

    def test(program: Program) -> Violation | None:
        return compare_with_paths(trial, program, expected_from) if shape(program) else None

    return trial.first(programs(trial), test)


TWINS = (
    ("x = 2.0; a = x * 1.0; b = a * 1.0", "x = 2.0; a = x * 3.0; b = a * 1.5"),
    (
        "x = 1.0; y = 1.0; a = exp(x); b = exp(y); c = a * b",
        "x = 2.0; y = 0.5; a = exp(x); b = exp(y); c = a * b",
    ),
    (
        "x = 1.0; y = 1.0; a = x * 2.0; b = y * 2.0; c = a * b",
        "x = 1.0; y = 3.0; a = x * 2.0; b = y * 2.0; c = a * b",
    ),
    (
        "x = 1.0; y = 1.0; a = x + 1.0; b = y + 1.0; c = a * b",
        "x = 1.0; y = 3.0; a = x + 1.0; b = y + 1.0; c = a * b",
    ),
    ("x = 1.0; a = exp(x); b = exp(x); c = a * b", "x = 1.0; a = exp(x); b = sin(x); c = a * b"),
)
"""Programs with nodes of equal numbers, each with a program of the same shape and different numbers."""


def equal_numbers(trial: Trial) -> Iterator[Violation]:
    """A gradient that is right where numbers differ, and wrong where they are equal."""
    for texts in TWINS:
        equal, different = map(Program.parse, texts)
        if trial.allows(equal) and trial.allows(different):
            expected_from = "the sum over all paths"
            violation = compare_with_paths(trial, equal, expected_from)
            if violation and not compare_with_paths(trial, different, expected_from):
                yield violation
                return


EQUAL_NUMBERS = Law(
    "nodes of equal numbers",
    "nodes are told apart by what they are, not by their numbers: with a = b = e, d(a b) = a db + b da",
    equal_numbers,
)
CHAIN_RULE = Law(
    "chain rule",
    "(f ∘ g)'(x) = f'(g(x)) g'(x): the derivatives along a path are multiplied",
    partial(over_paths, chains, is_chain, "the product of the engine's own derivatives along the path"),
    follows=("nodes of equal numbers",),
)
LEAF = Law(
    "a leaf used several times",
    "d f(x, x)/dx = ∂₁f + ∂₂f: the gradient of a variable is the sum over its uses",
    partial(over_paths, graphs, shares_a_leaf, "the sum over its uses"),
    follows=("nodes of equal numbers", "chain rule"),
)
RESULT = Law(
    "a result used several times",
    "∂out/∂a = Σ ∂out/∂b ∂b/∂a over all b that use a, and it goes on to the arguments of a once, complete",
    partial(over_paths, graphs, shares_a_result, "the sum over all paths"),
    follows=("nodes of equal numbers", "chain rule", "a leaf used several times"),
)
PATHS = Law(
    "sum over paths",
    "∂out/∂x = Σ over all paths from x to out of the product of the derivatives along the path",
    partial(over_paths, graphs, is_any, "the sum over all paths"),
    follows=(
        "nodes of equal numbers",
        "chain rule",
        "a leaf used several times",
        "a result used several times",
    ),
)
SWEEP = (*PATHS.follows, PATHS.name)
"""The laws whose violation explains a violation of most laws after them."""
