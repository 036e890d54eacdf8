"""Programs grown from the choices of a random generator."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from autograd.testing._programs.drawing.growth import grow
from autograd.testing._programs.drawing.language import language
from autograd.testing._programs.program import Program

__all__ = ["random_program"]


class _Random:
    """Choices of a generator."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def integer(self, least: int, most: int) -> int:
        return least + int(self.rng.random() * (most - least + 1))

    def real(self, scale: float) -> float:
        return float(scale * (2.0 * self.rng.random() - 1.0))


def random_program(
    rng: int | np.random.Generator,
    *,
    operations: Collection[str] | None = None,
    variables: int | range | Collection[str] = range(1, 4),
    max_lines: int | None = None,
    outputs: int = 1,
    constants: Mapping[str, tuple[int, ...]] | None = None,
) -> Program:
    """A random program, each line of which has a finite number at its point.

    Hard places are likely: kinks, ends of domains, tiny and huge numbers, ties, a node used on both sides of
    an operation or three times, unused variables, deep chains.

    Args:
        rng: a seed, or a generator, which goes on with each program.
        operations: names of operations; by default all public rows of the table but the steps, and
            mean, softmax and spread. Those of an `Engine` are `engine.operations`.
        variables: how many, such as 2 or ``range(1, 4)``, or their names.
        max_lines: the largest number of operations; by default 12, and rarely a chain of over a thousand.
        outputs: the number of results.
        constants: inputs that have to be constants, as an `Engine` has them: ``{"pow": (1,)}``.

    >>> program = random_program(7, operations=["add", "mul", "tanh"], variables=2, max_lines=4)
    >>> program.is_defined(), program.size <= 4
    (True, True)
    """
    chosen = language(operations, variables, max_lines, outputs, constants)
    return grow(_Random(np.random.default_rng(rng)), chosen)
