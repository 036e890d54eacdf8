"""Everything about one primitive: values, arrays, derivatives of both modes, kinks, domain, notation."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd._table.array_rows import ArrayRow
from autograd.testing._checks.derivatives import (
    check_array_derivatives,
    check_differences,
    check_precision,
    smooth_points,
)
from autograd.testing._checks.reference import exact
from autograd.testing._checks.results import RuleReport
from autograd.testing._checks.subjects import subject
from autograd.testing._checks.values import (
    Reference,
    check_arrays,
    check_notation,
    check_outside,
    check_values,
)
from autograd.testing._strategies.domains import Point
from autograd.testing._strategies.sampling import sample

__all__ = ["check_rule"]

POINTS = 50
ULPS = (4.0, 8.0, 16.0)  # value, first and second derivative


def check_rule(
    rule: Any,
    *,
    derivative: Callable[..., Any] | None = None,
    reference: Callable[..., Any] | None = None,
    domain: str | Sequence[str] | None = None,
    order: int = 2,
    points: int | Sequence[Point] = POINTS,
    ulps: tuple[float, float, float] = ULPS,
    rng: int | np.random.Generator = 0,
) -> RuleReport:
    """Check everything about one primitive, over its whole domain.

    The points are its ends and kinks, tiny and huge numbers, ties and ordinary numbers, as of `points`. These
    are checked:

    * it has a value in all of its domain, and is an error outside of it;
    * the functions on arrays give the values on floats, keep shape and dtype (float32, no dimensions, empty,
      strided, broadcast), and leave their inputs alone;
    * derivatives are those of differences, in both modes, up to the order; at a kink the derivative lies
      between the slopes on both sides;
    * derivatives on arrays are those on floats;
    * its LaTeX takes the inputs.

    Args:
        rule: a primitive such as ``autograd.exp`` or ``np.exp``, its name, a `Row` of ``autograd.extend``,
            which need not be defined, the result of ``autograd.extend.function``, or any function of floats.
        derivative: of such a function: of the same inputs, one number, or a tuple with one for each.
        reference: the function in mpmath, as ``mp.exp``: values and derivatives are compared with it too.
        domain: an interval for each input, in place of those of the row.
        order: 1, or 2 for second derivatives too, where the rule has them.
        points: how many, or the points themselves.
        ulps: how many units in the last place the value, a first and a second derivative may be off the
            reference.
        rng: a seed or a generator, for the points: the same seed gives the same report.

    Returns:
        A report, true where all agrees; ``print(report)`` shows the aspects, and ``report.raise_if_wrong()``
        raises an AssertionError.

    Raises:
        TypeError: for anything but a rule.
        ValueError: for an unknown name, or domains that do not fit.

    >>> from autograd.extend import Row
    >>> bool(check_rule("tanh", points=20))
    True
    >>> wrong = Row("cubed", lambda x: x * x * x, partials="2 * square(x)")
    >>> report = check_rule(wrong, points=20)
    >>> report.verdict, [aspect.name for aspect in report.aspects if aspect.problems]
    ('disagrees', ['first derivative'])
    """
    start = time.perf_counter()
    if isinstance(rule, ArrayRow):
        raise TypeError(
            f"{rule.name} takes whole arrays, of shapes that check_rule does not know: check it at arrays of "
            "yours with check_gradient, or give its ArrayRow samples="
        )
    with subject(rule, derivative, domain) as it:
        generator = np.random.default_rng(rng)
        at = sample(it.domain, points, generator) if isinstance(points, int) else [tuple(p) for p in points]
        order = min(order, it.orders if derivative is None else 1)
        compared = None if reference is None else _reference(reference)
        value, values = check_values(it, at, compared, ulps[0])
        defined, derivatives = smooth_points(it, values)
        aspects = [value, defined, *check_differences(it, [*derivatives], order)]
        if it.row is not None:
            aspects += [check_arrays(it, values, 2 * ulps[0]), check_array_derivatives(it, derivatives)]
        if compared is not None:
            aspects.append(check_precision(it, derivatives, compared, ulps[1:], order))
        if domain is None and not it.domain.in_words:
            aspects.append(check_outside(it))
        if it.row is not None:
            aspects.append(check_notation(it))
    return RuleReport(it.name, tuple(aspects), len(at), time.perf_counter() - start)


def _reference(function: Callable[..., Any]) -> Reference:
    def at(point: Point, orders: tuple[int, ...]) -> Any:
        return exact(function, point, orders)

    return at
