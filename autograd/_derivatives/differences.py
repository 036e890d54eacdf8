"""Difference quotients that know their own error.

A difference quotient has a rounding error that grows as the step shrinks and a truncation error
that grows with it. Ridders' method (Advances in Engineering Software 4, 1982) takes a row of
shrinking steps, extrapolates them to step 0, and reads the error off the disagreement of the
extrapolations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["TRUST", "Array", "Difference", "difference"]

Array = NDArray[Any]

SHRINK = 3.0  # from one step to the next
ROWS = 10  # steps tried in a row: down to 3**-10 = 2e-5 of the first
TRUST = 50.0  # how many of its own error estimates a difference may be off


@dataclass(frozen=True)
class Difference:
    """A derivative of numbers by a number.

    Attributes:
        value, error: of each number.
        step: of the extrapolation that it is from.
    """

    value: Array
    error: Array
    step: float

    def agrees(self, other: Array, margin: Any) -> bool:
        """Whether other derivatives differ by no more than the errors, and a margin, explain."""
        # A margin relative to an infinite derivative would be infinite itself.
        near = np.abs(other - self.value) <= TRUST * self.error + margin
        return bool(np.all(np.isfinite(other) & near))


def difference(f: Callable[[float], Array | None], x: float) -> Difference | None:
    """The derivative of f at x; None where no step has values of f on both sides.

    Args:
        f: gives numbers, or None outside of its domain.

    >>> slope = difference(lambda x: np.array([x * x]), 3.0)
    >>> bool(abs(slope.value[0] - 6.0) <= TRUST * slope.error[0] < 1e-8)
    True
    """
    step = max(abs(x), 1.0) / 8
    coarse, fine = (_extrapolated(f, x, first) for first in (step, step * SHRINK**-7))
    if coarse is None or fine is None:
        return coarse or fine
    # Fine steps see a spike or a kink that coarse steps leap over: where the two disagree, these count.
    agree = coarse.agrees(fine.value, TRUST * fine.error)
    return coarse if agree and np.sum(coarse.error) <= np.sum(fine.error) else fine


def _extrapolated(f: Callable[[float], Array | None], x: float, step: float) -> Difference | None:
    """The best extrapolation from a row of shrinking steps; None where no step has values on both sides."""
    best: Difference | None = None
    above: list[Array] = []
    with np.errstate(all="ignore"):
        while len(above) < ROWS and x + step != x:
            up, down = f(x + step), f(x - step)
            if up is None or down is None:  # over the edge of the domain
                step /= SHRINK
                continue
            width = (x + step) - (x - step)  # of the steps actually taken: x + step is rounded
            rounding = 4 * np.finfo(float).eps * np.maximum(np.abs(up), np.abs(down)) / width
            row = [(up - down) / width]
            for k, previous in enumerate(above, start=1):
                power = SHRINK ** (2 * k)
                row.append((row[-1] * power - previous) / (power - 1))
                error = np.maximum(np.abs(row[k] - row[k - 1]), np.abs(row[k] - previous)) + rounding
                if best is None or np.sum(error) < np.sum(best.error):
                    best = Difference(row[k], error, step)
            if best is not None and np.all(best.error <= 1e-12 * np.abs(best.value)):
                break
            above = row
            step /= SHRINK
    return best
