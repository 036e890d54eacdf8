"""Points of a primitive's whole domain: its ends and kinks, ties, tiny and huge numbers made likely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from autograd._support.extras import extra
from autograd.testing._strategies.domains import Point, domain_of
from autograd.testing._strategies.kinks import Mover, kinks, places
from autograd.testing._strategies.numbers import REALS, float_type, intervals, listed, numbers_of
from autograd.testing._strategies.printing import computed, named

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["points"]

# Inputs at which functions with a domain in words are defined, as powers of negative numbers.
WHOLE = (1.0, 2.0, -1.0, 3.0, 0.0, -2.0, 4.0, -3.0, 5.0, 7.0, -10.0)


def points(
    function: Any, *, finite: bool = False, kink_distance: float = 0.0, dtype: DTypeLike = float
) -> SearchStrategy[Point]:
    """Points of the whole domain of a function: tuples of floats, one for each input.

    Likely are, besides the numbers that `numbers` makes likely for each input, ties of two inputs, x = y and
    x = -y, and the kinks of a primitive, each exactly, and beside it by one float and by 1e-8. A domain
    known in words alone, as that of `pow`, is all points at which the function has a value: there are
    negative bases with whole exponents too.

    Args:
        function: a primitive such as ``autograd.exp`` or ``np.exp``, its name, a row that is not defined
            yet, or any function of numbers: its domain is where it raises no ValueError or ZeroDivisionError.
        finite: only points with a finite value and, of a primitive, finite first derivatives.
        kink_distance: only points that are farther than this from a kink; at 0 kinks are among the points.
        dtype: float64, or float32 for numbers that float32 holds exactly.

    Raises:
        ImportError: without Hypothesis; names the command that installs it.
        TypeError: for anything but a function.
        ValueError: for an unknown name, a negative distance, or another dtype.

    >>> from hypothesis import find
    >>> x, y = find(points("maximum"), lambda point: point[0] == point[1])  # a tie
    >>> x == y
    True
    >>> (x,) = find(points("log", finite=True), lambda point: point[0] < 0.3)
    >>> 0 < x < 0.3
    True
    """
    st = extra("hypothesis.strategies", "testing", "drawing points")
    if not kink_distance >= 0:
        raise ValueError(f"kink_distance is a number from 0, not {kink_distance!r}")
    domain, kind = domain_of(function), float_type(dtype)
    has_kink = domain.kink is not None and kink_distance == 0
    # Of one input the kinks are the same numbers in all draws.
    targets = kinks(domain, (0.0,), 0) if has_kink and domain.arity == 1 else ()
    zeros = sorted((x for target in targets if (x := target()) is not None), key=abs)
    columns: Any = [numbers_of(intervals(parts), zeros, kind) for parts in domain.parts]
    if domain.in_words:
        columns = [
            st.one_of(column, listed(WHOLE), numbers_of(intervals(REALS), (), kind)) for column in columns
        ]
    drawn = st.tuples(*columns)
    if domain.arity > 1:
        moves = places(domain, has_kink)
        # Two thirds of the points stay where they are.
        place = st.sampled_from([None] * 2 * len(moves) + moves)
        drawn = computed(Mover(domain, kind), drawn, place, st.integers(0, 15))

    def is_wanted(point: Point) -> bool:
        return (
            (not domain.in_words or domain.holds(point))
            and (not finite or domain.is_finite(point))
            and (kink_distance == 0 or domain.distance_to_kink(point) > kink_distance)
        )

    needs_filter = domain.in_words or finite or kink_distance
    return named(  # type: ignore[no-any-return]
        drawn.filter(is_wanted) if needs_filter else drawn,
        "points",
        getattr(function, "name", function),
        finite=finite or None,
        kink_distance=kink_distance or None,
        dtype=None if kind == np.float64 else str(kind),
    )
