"""The Hypothesis strategy of whole programs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from autograd._support.extras import extra
from autograd.testing._programs.drawing.growth import grow
from autograd.testing._programs.drawing.language import language
from autograd.testing._programs.program import Program
from autograd.testing._strategies.printing import named

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["expressions", "register_programs"]


class _Drawn:
    """Choices of Hypothesis, which shrink to the least whole number and to simple numbers near 0.

    Each choice of a program has a strategy of its own. Most examples of Hypothesis are mutations of others: a
    choice takes the outcome of another one of the same strategy, which often gives the same program again.
    """

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self.draw = draw
        self.count = 0

    def integer(self, least: int, most: int) -> int:
        self.count += 1
        return int(self.draw(_whole_numbers(least, most, self.count))[1])

    def real(self, scale: float) -> float:
        return float(self.draw(_numbers(scale)))


def expressions(
    *,
    operations: Collection[str] | None = None,
    variables: int | range | Collection[str] = range(1, 4),
    max_lines: int | None = None,
    outputs: int = 1,
    constants: Mapping[str, tuple[int, ...]] | None = None,
) -> SearchStrategy[Program]:
    """The Hypothesis strategy of programs, each line of which has a finite number at the point.

    Hard places are likely, as in `random_program`, which takes the same options. A failing program shrinks to
    a few operations on simple numbers; `smallest` takes it further. ``st.from_type(Program)`` is the same.

    Some programs have a thousand lines, and take longer than Hypothesis' limit of 200 ms for an example: set
    ``@settings(deadline=None)``, or `max_lines`.

    Raises:
        ImportError: without hypothesis, with the command that installs it.
        ValueError, TypeError: for an option without meaning, with what to give instead.

    >>> from hypothesis import given
    >>> from autograd import gradcheck
    >>> @given(expressions(operations=["add", "mul", "sin", "tanh"], variables=2))
    ... def test_gradient(program):
    ...     assert gradcheck(program.function(), *program.point)
    """
    strategies = extra("hypothesis.strategies", "testing", "expressions()")
    chosen = language(operations, variables, max_lines, outputs, constants)

    def programs(draw: Callable[[Any], Any]) -> Program:
        return grow(_Drawn(draw), chosen)

    return named(  # type: ignore[no-any-return]
        strategies.composite(programs)(),
        "expressions",
        operations=operations,
        variables=None if variables == range(1, 4) else variables,
        max_lines=max_lines,
        outputs=None if outputs == 1 else outputs,
        constants=constants,
    )


def register_programs() -> None:
    """Programs as strategies for annotations: by the second of Hypothesis and this package to be imported."""
    if strategies := sys.modules.get("hypothesis.strategies"):
        strategies.register_type_strategy(Program, lambda kind: expressions())


@lru_cache(maxsize=4096)
def _whole_numbers(least: int, most: int, place: int) -> Any:
    outcomes = [(place, x) for x in range(least, most + 1)]
    return extra("hypothesis.strategies", "testing", "expressions()").sampled_from(outcomes)


@cache
def _numbers(scale: float) -> Any:
    return extra("hypothesis.strategies", "testing", "expressions()").floats(-scale, scale)
