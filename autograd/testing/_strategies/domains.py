"""The domain of a primitive or of any function of numbers, as far as is known."""

from __future__ import annotations

import contextlib
import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd._graph.primitive import PRIMITIVES
from autograd._table.intervals import Interval
from autograd._table.readings import FLOATS, NUMPY
from autograd._table.rows import ARITHMETIC, Row
from autograd.extend._rows import OwnRow
from autograd.extend._rows import Row as Description
from autograd.testing._strategies.numbers import is_inside

__all__ = ["Domain", "Point", "domain_of", "is_overflow"]

Point = tuple[float, ...]

REALS = (Interval.parse("(-inf, inf)"),)


@dataclass(frozen=True)
class Domain:
    """The domain of a function of numbers, as far as is known.

    Attributes:
        function: on floats; raises outside of its domain.
        parts: for each input the intervals in which it lies.
        kink: a function of the inputs that is 0 where the derivative jumps; None if it does nowhere.
        partials: the first derivatives, as functions of the inputs and the result.
        in_words: whether the domain is not, or not exactly, the product of the intervals.
    """

    function: Callable[..., float]
    parts: tuple[Sequence[Interval], ...]
    kink: Callable[..., Any] | None = None
    partials: tuple[Callable[..., Any], ...] = ()
    in_words: bool = True

    @property
    def arity(self) -> int:
        """The number of inputs."""
        return len(self.parts)

    def value(self, point: Point) -> float | None:
        """The number of the function; infinite where it overflows, None where it has none."""
        try:
            return float(self.function(*point))
        except OverflowError:
            return math.inf
        except (ValueError, ZeroDivisionError) as error:
            return math.inf if is_overflow(error) else None

    def holds(self, point: Point) -> bool:
        """Whether a point lies in the domain."""
        if not all(map(math.isfinite, point)):
            return False
        if self.in_words:
            return self.value(point) is not None
        return all(map(is_inside, point, self.parts))

    def is_finite(self, point: Point) -> bool:
        """Whether the value and the known derivatives are finite."""
        out = self.value(point)
        if out is None or not math.isfinite(out):
            return False
        try:
            return all(math.isfinite(float(partial(*point, out))) for partial in self.partials)
        except ARITHMETIC:
            return False

    def distance_to_kink(self, point: Point) -> float:
        """The size of the kink's text, 0 on the kink; infinite where there is no kink."""
        return math.inf if self.kink is None else float(np.min(np.abs(self.kink(*point))))


def is_overflow(error: Exception) -> bool:
    """Whether a result is infinite: rows from outside refuse it in words of their own."""
    return isinstance(error, OverflowError) or str(error) in ("the result is inf", "the result is -inf")


def domain_of(function: Any) -> Domain:
    """The domain of a primitive, its name, a row that is not defined yet, or any function of numbers.

    Raises:
        TypeError: for anything else, and for a function whose inputs cannot be counted.
        ValueError: for a name that the table lacks.

    >>> domain_of("log").parts
    ((Interval(low=0.0, high=inf, low_closed=False, high_closed=False),),)
    """
    if isinstance(function, str):
        if not isinstance(PRIMITIVES.get(function), Row):
            raise ValueError(f"the table has no primitive on numbers called {function!r}")
        function = PRIMITIVES[function]
    with contextlib.suppress(TypeError):  # no function of NumPy's is unhashable
        function = NUMPY.get(function, function)
    if isinstance(function, Description):
        function = OwnRow(function, __name__, function.name, {})
        partials = function.read({**FLOATS, function.key: function.on_floats})
    elif isinstance(function, Row):
        partials = function.float_partials
    elif callable(function):
        return Domain(function, (REALS,) * _count_inputs(function))
    else:
        raise TypeError(
            f"points takes a primitive, its name, a Row or a function of numbers, not {function!r:.80}"
        )
    return Domain(function.on_floats, function.domain, function._kink, partials, function.has_note)


def _count_inputs(function: Callable[..., Any]) -> int:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        parameters = ()  # type: ignore[assignment]
    places = [
        p
        for p in parameters
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty
    ]
    if not places:
        raise TypeError(
            f"{function!r:.80} does not say how many numbers it takes; pass a lambda that does: "
            "lambda x, y: f(x, y)"
        )
    return len(places)
