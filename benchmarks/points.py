"""``python -m benchmarks points``: in how many runs drawn points meet derivatives that are wrong at a few."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from autograd._graph.primitive import lookup
from autograd.testing import points

__all__ = ["DESIGNS", "MISTAKES", "is_met", "main", "runs_that_meet"]

DRAWS = 100
SMALLEST = 1e-300  # a difference that is no more counts as none


def _overflowing(x: float, out: float) -> float:
    try:
        return 1 / (1 + x**2)
    except OverflowError:
        return math.inf


MISTAKES: dict[str, tuple[str, Callable[[float, float], float]]] = {
    "exp' wrong beyond 20": ("exp", lambda x, out: out * (1.5 if x > 20 else 1)),
    "sigmoid' = s(1 - s)": ("sigmoid", lambda x, out: out * (1 - out)),
    "tanh' = 1 - tanh²": ("tanh", lambda x, out: 1 - out * out),
    "relu' = 5 at 0": ("relu", lambda x, out: 5.0 if x == 0 else float(x > 0)),
    "abs' wrong below 0": ("abs", lambda x, out: 1.0),
    "atan' overflowing": ("atan", _overflowing),
}
"""Derivatives that are right nearly everywhere: the row, and a function of the input and the result."""


def _normal() -> Any:
    """Numbers of the normal distribution, as examples usually draw them."""
    return st.integers(0, 2**32).map(lambda number: (float(np.random.default_rng(number).normal()),))


DESIGNS: dict[str, Callable[[str], Any]] = {
    "normal": lambda name: _normal(),
    "floats(-10, 10)": lambda name: st.tuples(st.floats(-10, 10)),
    "floats": lambda name: st.tuples(st.floats(allow_nan=False, allow_infinity=False)),
    "points": points,
}


def is_met(mistake: str, x: float) -> bool:
    """Whether the wrong derivative differs from the right one at a number.

    >>> is_met("exp' wrong beyond 20", 20.5), is_met("exp' wrong beyond 20", 1.0)
    (True, False)
    """
    name, wrong = MISTAKES[mistake]
    row: Any = lookup(name)
    try:
        out = row.on_floats(x)
    except OverflowError:
        return False
    right, other = row.float_partials[0](x, out), wrong(x, out)
    return not abs(other - right) <= max(1e-6 * abs(right), SMALLEST)


def runs_that_meet(design: str, mistake: str, runs: int) -> int:
    """In how many runs of 100 draws at least one point meets a mistake."""
    strategy = DESIGNS[design](MISTAKES[mistake][0])
    return sum(any(is_met(mistake, x) for (x,) in _draws(strategy, number)) for number in range(runs))


def _draws(strategy: Any, number: int) -> list[tuple[float, ...]]:
    drawn = []

    @seed(number)
    @settings(max_examples=DRAWS, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def draw(point: tuple[float, ...]) -> None:
        drawn.append(point)

    draw()
    return drawn


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks points", description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help=f"of {DRAWS} draws each (default: 20)")
    options = parser.parse_args(arguments)
    print(f"| points | {' | '.join(MISTAKES)} |\n|---|{'---|' * len(MISTAKES)}")
    for design in DESIGNS:
        cells = (str(runs_that_meet(design, mistake, options.runs)) for mistake in MISTAKES)
        print(f"| {design} | {' | '.join(cells)} |", flush=True)
    print(f"\nRuns, of {options.runs} of {DRAWS} draws each, in which a point meets the mistake.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
