"""Laws of calculus: between derivatives of several functions, and between the ways to take one derivative."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from autograd.testing._laws.paths import SWEEP
from autograd.testing._laws.search.law import Law
from autograd.testing._laws.search.rounding import reference
from autograd.testing._laws.search.shapes import graphs, is_moderate
from autograd.testing._laws.search.trial import Trial, agree
from autograd.testing._laws.search.violation import Violation
from autograd.testing._programs.program import Line, Program

__all__ = ["BATCH", "FORWARD", "HESSIAN", "LINEARITY", "PRODUCT_RULE"]

STEEP = 1e4  # second derivatives beyond which a difference may be rounding
MOVES = (0.0, 0.25, -0.5)  # of a point, for the examples of a batch


def of_two_functions(
    combine: Callable[[str, str], tuple[Line, ...]],
    expected_entry: Callable[[float, float, float, float], float],
    expected_from: str,
    trial: Trial,
) -> Iterator[Violation]:
    """A program, two of whose numbers f and g have a combination with another gradient.

    Args:
        combine: the lines that combine f and g, by their names.
        expected_entry: of the combination's gradient, from f, g and their derivatives.
        expected_from: the formula of that, for the report.
        trial: of the engine.
    """

    def test(program: Program) -> Violation | None:
        f = program.outputs[0]
        g = program.lines[0].name if program.size > 1 else program.variables[0]
        lines = combine(f, g)
        whole = replace(program, lines=(*program.lines, *lines), outputs=(lines[-1].name,))
        if not trial.allows(whole) or not is_moderate(whole):
            return None
        tolerances = trial.tolerances(whole)
        if tolerances is None:
            return None
        try:
            u, *du = trial.run(program)
            v, *dv = trial.run(replace(program, outputs=(g,)).without_unused_lines())
        except Exception:
            return None  # not a matter of the combination
        try:
            got = trial.run(whole)[1:]
        except Exception as error:
            return trial.failure(whole, error)
        expected = [expected_entry(u, v, a, b) for a, b in zip(du, dv, strict=True)]
        return trial.difference(whole, got, expected, tolerances[1:], expected_from)

    return trial.first(graphs(trial), test)


def linear_combination(f: str, g: str) -> tuple[Line, ...]:
    return Line("p", "mul", (f, 2.0)), Line("q", "mul", (g, 3.0)), Line("r", "add", ("p", "q"))


def product(f: str, g: str) -> tuple[Line, ...]:
    return (Line("p", "mul", (f, g)),)


def gradient_of_combination(u: float, v: float, du: float, dv: float) -> float:
    return 2 * du + 3 * dv


def gradient_of_product(u: float, v: float, du: float, dv: float) -> float:
    return v * du + u * dv


def forward_and_reverse(trial: Trial) -> Iterator[Violation]:
    """The derivative in a direction by both modes."""
    jvp = trial.engine.jvp

    def test(program: Program) -> Violation | None:
        tolerances = trial.tolerances(program)
        if jvp is None or tolerances is None:
            return None
        f = program.function(trial.engine.operations)
        for i, name in enumerate(program.variables):
            direction = [float(i == j) for j in range(len(program.variables))]
            try:
                got = jvp(f, program.point, direction)
                expected = trial.run(program)[1 + i]
            except Exception as error:
                return trial.failure(program, error)
            if not agree(got, expected, 2.0 * tolerances[1 + i]):
                quantity = f"the forward derivative by {name}"
                return trial.violation(program, quantity, got, expected, "the reverse derivative", name)
        return None

    return trial.first(graphs(trial), test)


def hessian_symmetry(trial: Trial) -> Iterator[Violation]:
    """Entries of the Hessian on both sides of its diagonal."""
    hessian = trial.engine.hessian

    def test(program: Program) -> Violation | None:
        right = reference(program)
        if hessian is None or right is None or not right.is_smooth or trial.tolerances(program) is None:
            return None
        try:
            rows = hessian(program.function(trial.engine.operations), program.point)
        except Exception as error:
            return trial.failure(program, error)
        largest = max(abs(x) for row in rows for x in row)
        slack = trial.epsilon * 2.0**20 * max(1.0, largest)
        names = program.variables
        for i in range(len(names)):
            for j in range(i):
                x, y = float(rows[i][j]), float(rows[j][i])
                if largest <= STEEP and not agree(x, y, slack):
                    quantity = f"∂²out/∂{names[i]}∂{names[j]}"
                    return trial.violation(program, quantity, x, y, f"∂²out/∂{names[j]}∂{names[i]}")
        return None

    return trial.first(graphs(trial), test)


def mean_over_batch(trial: Trial) -> Iterator[Violation]:
    """The gradient of a mean, by the first variable; the others are the example."""
    mean_gradient = trial.engine.mean_gradient

    def test(program: Program) -> Violation | None:
        points = [tuple(x + move for x in program.point[1:]) for move in MOVES]
        examples = [program.at(program.point[0], *point) for point in points]
        if mean_gradient is None or len(program.variables) < 2 or not all(map(is_moderate, examples)):
            return None
        tolerances = [trial.tolerances(example) for example in examples]
        slacks = [t[1] for t in tolerances if t is not None]
        if len(slacks) < len(MOVES):
            return None
        try:
            expected = sum(trial.run(example)[1] for example in examples) / len(examples)
            got = mean_gradient(program.function(trial.engine.operations), program.point[:1], points)[0]
        except Exception as error:
            return trial.failure(program, error)
        if agree(got, expected, 2.0 * sum(slacks)):
            return None
        name, *others = program.variables
        quantity = f"the gradient of the mean by {name} over ({', '.join(others)}) in {points}"
        return trial.violation(program, quantity, got, expected, "the mean of the examples' gradients", name)

    return trial.first(graphs(trial), test)


LINEARITY = Law(
    "linearity",
    "∇(2 f + 3 g) = 2 ∇f + 3 ∇g",
    partial(of_two_functions, linear_combination, gradient_of_combination, "2 ∇f + 3 ∇g"),
    operations=("add", "mul"),
    follows=SWEEP,
)
PRODUCT_RULE = Law(
    "product rule",
    "∇(f g) = g ∇f + f ∇g",
    partial(of_two_functions, product, gradient_of_product, "g ∇f + f ∇g"),
    operations=("mul",),
    follows=SWEEP,
)
FORWARD = Law(
    "forward = reverse",
    "the derivative in the direction v is ∇f · v",
    forward_and_reverse,
    needs=("jvp",),
    follows=SWEEP,
)
HESSIAN = Law(
    "Hessian symmetry",
    "∂²f/∂x∂y = ∂²f/∂y∂x, away from kinks",
    hessian_symmetry,
    needs=("hessian",),
    follows=SWEEP,
)
BATCH = Law(
    "batch = mean of examples",
    "∇ (1/n) Σ f(x, eₖ) = (1/n) Σ ∇f(x, eₖ), by x",
    mean_over_batch,
    needs=("mean_gradient",),
    follows=SWEEP,
)
