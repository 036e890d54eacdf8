"""The right results of a program, and whether the results of an engine are right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from autograd.testing._programs.program import Program

__all__ = ["Judgement"]


@dataclass(frozen=True)
class Judgement:
    """The right value and derivatives of a program of one output, and how far rounding may move them.

    Attributes:
        program: the program.
        value: of the output, nan where it is undefined, infinite beyond the largest float.
        value_tolerance: how far a computation in floats may be off.
        gradient: by the variables; nan where undefined.
        gradient_tolerance: of each.
        hessian, hessian_tolerance: the second derivatives as rows, where they were asked for.
        undefined: why there is no value, and an engine has to say so; empty if there is one.
        gradient_undefined: the same for the gradient.
        may_fail: whether an engine may refuse, or give an infinity or nan, since a number on the way is
            beyond the largest float, or an operation that does not matter is undefined.
        on_kink: whether derivatives follow conventions, as relu′(0) = 0; second ones are not judged then.
        undecided: why rounding decides the result, as on a kink that another order of additions would miss:
            all results are accepted then. Empty if it does not.

    >>> from autograd.testing import judge
    >>> square = judge(Program.parse("x = 2.0; a = x * x"))
    >>> square.value, square.gradient, square.accepts(4.0, [4.0])
    (4.0, (4.0,), True)
    >>> square.complaint(4.0, [2.0])
    'the gradient has 2.0, right is 4.0, and rounding explains 5.7e-14'
    """

    program: Program
    value: float
    value_tolerance: float
    gradient: tuple[float, ...]
    gradient_tolerance: tuple[float, ...]
    hessian: tuple[tuple[float, ...], ...] | None = None
    hessian_tolerance: tuple[tuple[float, ...], ...] | None = None
    undefined: str = ""
    gradient_undefined: str = ""
    may_fail: bool = False
    on_kink: bool = False
    undecided: str = ""

    def accepts(self, value: float | None, gradient: Sequence[float] | None, rtol: float = 0.0) -> bool:
        """Whether an engine's results are right, up to rounding.

        Args:
            value: the result; None, as any infinity or nan, where the engine refuses it.
            gradient: by the variables; None where the engine refuses it. Without a value it does not matter.
            rtol: a relative error that is right as well, for an engine with rules of fewer digits.
        """
        return not self.complaint(value, gradient, rtol)

    def accepts_hessian(self, hessian: Sequence[Sequence[float]] | None, rtol: float = 0.0) -> bool:
        """Whether second derivatives are right, up to rounding; None stands for an error.

        Raises:
            ValueError: where the program was judged without them.
        """
        return not self.hessian_complaint(hessian, rtol)

    def complaint(self, value: float | None, gradient: Sequence[float] | None, rtol: float = 0.0) -> str:
        """The error in an engine's results, in a line; empty if there is none."""
        refused = value is None or not math.isfinite(value)
        if refused and gradient is None and self.gradient_undefined:
            return ""
        return self._value_complaint(value, rtol) or (
            "" if refused else self._gradient_complaint(gradient, rtol)
        )

    def hessian_complaint(self, hessian: Sequence[Sequence[float]] | None, rtol: float = 0.0) -> str:
        """The error in second derivatives, in a line; empty if there is none."""
        if self.hessian is None or self.hessian_tolerance is None:
            raise ValueError("the program was judged without second derivatives: judge(program, order=2)")
        if self.on_kink:
            return ""
        flat = None if hessian is None else [x for row in hessian for x in row]
        right, tolerance = (
            [x for row in rows for x in row] for rows in (self.hessian, self.hessian_tolerance)
        )
        return self._derivative_complaint("Hessian", flat, right, tolerance, rtol)

    def _value_complaint(self, value: float | None, rtol: float) -> str:
        if self.undecided:
            return ""
        if value is None or not math.isfinite(value):
            if self.undefined or self.may_fail or not math.isfinite(self.value):
                return ""
            return f"the value is {'an error' if value is None else value}, right is {self.value!r}"
        if self.undefined:
            return f"the value is {value!r}, right is an error: {self.undefined}"
        return _difference("value", value, self.value, self.value_tolerance, rtol)

    def _gradient_complaint(self, gradient: Sequence[float] | None, rtol: float) -> str:
        return self._derivative_complaint("gradient", gradient, self.gradient, self.gradient_tolerance, rtol)

    def _derivative_complaint(
        self,
        name: str,
        derivatives: Sequence[float] | None,
        right: Sequence[float],
        tolerance: Sequence[float],
        rtol: float,
    ) -> str:
        undefined = self.undefined or self.gradient_undefined
        if self.undecided:
            return ""
        if derivatives is None or not all(map(math.isfinite, derivatives)):
            if undefined or self.may_fail or not all(map(math.isfinite, right)):
                return ""
            return f"the {name} is {'an error' if derivatives is None else derivatives}, right is {[*right]}"
        if undefined:
            return f"the {name} is {[*derivatives]}, right is an error: {undefined}"
        if len(derivatives) != len(right):
            return f"the {name} has {len(derivatives)} numbers, right are {len(right)}"
        for x, y, by_how_much in zip(derivatives, right, tolerance, strict=True):
            if complaint := _difference(name, x, y, by_how_much, rtol):
                return complaint
        return ""


def _difference(name: str, x: float, right: float, tolerance: float, rtol: float) -> str:
    if abs(x - right) <= tolerance + rtol * abs(right) or (math.isinf(right) and math.isinf(tolerance)):
        return ""
    return f"the {name} has {x!r}, right is {right!r}, and rounding explains {tolerance:.2g}"
