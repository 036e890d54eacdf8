"""Derivatives at a point, checked with differences: the report, whatever it says."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd._derivatives.gradcheck import GradientReport
from autograd._derivatives.gradcheck.checking import check
from autograd._derivatives.gradcheck.points import Function

__all__ = ["check_gradient"]


def check_gradient(
    f: Function,
    *args: Any,
    order: int = 1,
    gradient: Any = None,
    noise: float | None = None,
    entries: int | None = None,
    rng: int | np.random.Generator | None = None,
    **named: Any,
) -> GradientReport:
    """Compare derivatives with differences of f, and report on each; the arguments are those of `gradcheck`.

    Returns:
        A report, true where all derivatives agree. It raises nothing for a wrong derivative;
        ``report.raise_if_wrong()`` does.

    >>> import math
    >>> report = check_gradient(math.sin, 0.3, gradient=lambda x: -math.cos(x))
    >>> report.verdict, report.diagnosis
    ('disagrees', 'it has the wrong sign')
    >>> report = check_gradient(lambda x, y: x * y**2, 3.0, 2.0, order=2)
    >>> bool(report), len(report.entries), min(entry.digits for entry in report.entries) > 12
    (True, 12, True)
    """
    return check(f, args, named, order, gradient, noise, entries, rng)
