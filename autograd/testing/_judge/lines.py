"""The operations of a program with their values, local derivatives and errors of rounding."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd._support.extras import extra
from autograd._table.define import rows
from autograd._table.rows import Row
from autograd.testing._judge.functions import Functions
from autograd.testing._judge.local_derivatives import FAR, Jet, Undefined, jet, kink_error
from autograd.testing._programs.program import Program

__all__ = ["SLACK", "Format", "Operation", "Recording"]

SLACK = 64  # how many errors of one rounding an operation may make; no false alarm in 160,000 comparisons
ALL_BITS = 2_200  # of a sum of the largest and the smallest float
SUMS = ("add", "sub")  # whose terms may be added in another order


class Format:
    """The floats in which an engine computes.

    Attributes:
        mp: mpmath's context.
        unit: the distance of 1 to the next float.
        tiny: the smallest positive float.
        max: the largest one.
        largest: numbers from here on may overflow by rounding.
    """

    def __init__(self, dtype: Any) -> None:
        self.mp = extra("mpmath", "testing", "the right value of a program").mp
        self._dtype = np.dtype(dtype)
        limits = np.finfo(self._dtype)
        self.unit, self.tiny = (self.mp.mpf(float(x)) for x in (limits.eps, limits.smallest_subnormal))
        self.max = self.mp.mpf(float(limits.max))
        self.largest = self.max * (1 - 4096 * self.unit)

    def has(self, x: Any) -> bool:
        """Whether a number is one of them."""
        with np.errstate(over="ignore"):
            return bool(float(self._dtype.type(float(x))) == x)

    def rounding(self, size: Any) -> Any:
        """The error of one rounding of a number of this size."""
        return self.mp.inf if size > self.largest else self.unit * size + self.tiny


@dataclass(eq=False)
class Operation:
    """An operation of the program, a variable or a constant.

    Attributes:
        row: None for a variable or a constant.
        arguments: other operations.
        depends: whether it depends on a variable.
        varies: whether it does by inputs with derivatives, unlike the condition of `where`.
        jet: its value and local derivatives; None where it is undefined.
        problem: why it is undefined; empty if it is not.
        is_exact: whether floats have its value without any rounding.
        rounding: of its value.
        error: of its value, with the errors of all that it is computed from.
    """

    row: Row | None
    arguments: tuple[Operation, ...]
    depends: bool
    varies: bool
    jet: Jet | None = None
    problem: str = ""
    is_exact: bool = False
    rounding: Any = 0
    error: Any = 0

    @property
    def value(self) -> Any:
        assert self.jet is not None
        return self.jet.value

    @property
    def sources(self) -> Sequence[Operation]:
        """The arguments that it needs: of `where`, one of two."""
        if self.row is not None and self.row.selects and self.arguments[0].jet is not None:
            return self.arguments[0], self.arguments[1 if self.arguments[0].value else 2]
        return self.arguments


class Recording:
    """A program's operations in order, evaluated.

    Attributes:
        variables: the leaves.
        output: the result.
        needed: the operations that the result depends on, in order, the last one last.
        may_fail: whether an operation that the result does not need is undefined, or has no derivative.
        undecided: why rounding decides the result; empty if it does not.
    """

    def __init__(self, program: Program, form: Format, functions: Functions, order: int) -> None:
        self._format, self._functions, self._order = form, functions, order
        self._all: list[Operation] = []
        self._undecided: dict[int, str] = {}
        self.variables = [self._leaf(x, varies=True) for x in program.point]
        names = {row.name: self._recorder(row) for row in rows() if row.public}
        self.output = self._as_operation(program.function(names)(*self.variables))
        for operation in self._all:
            self._evaluate(operation)
        needed, backwards = {id(self.output)}, []
        self.may_fail = False
        for operation in reversed(self._all):
            if id(operation) in needed:
                backwards.append(operation)
                needed.update(map(id, operation.sources))
            else:
                self.may_fail |= operation.jet is None or abs(operation.value) > form.largest
                self.may_fail |= operation.jet is not None and bool(operation.jet.undefined)
        self.needed = backwards[::-1]
        reasons = (self._undecided.get(id(operation)) for operation in self.needed)
        leaves = [a for o in self.needed for a in o.sources if a.row is None]
        if any(abs(leaf.value) > form.max for leaf in leaves):
            self.undecided = "a number of the program is beyond the largest float"
        else:
            self.undecided = next(filter(None, reasons), "")

    def _leaf(self, x: float, varies: bool) -> Operation:
        number = self._format.mp.mpf(x)
        exact = self._format.has(number)
        error = 0 if exact else self._format.rounding(abs(number))
        return Operation(None, (), varies, varies, Jet(number, {}), "", exact, error, error)

    def _as_operation(self, x: Any) -> Operation:
        return x if isinstance(x, Operation) else self._leaf(x, varies=False)

    def _recorder(self, row: Row) -> Callable[..., Operation]:
        def record(*args: Any) -> Operation:
            if row.name not in self._functions:
                raise ValueError(
                    f"the judge needs {row.name} as a function of mpmath's numbers: "
                    f"judge(program, functions={{{row.name!r}: …}})"
                )
            arguments = tuple(map(self._as_operation, args))
            varies = any(a.varies for i, a in enumerate(arguments) if i not in row.inert)
            operation = Operation(row, arguments, any(a.depends for a in arguments), varies)
            self._all.append(operation)
            return operation

        return record

    def _evaluate(self, operation: Operation) -> None:
        row, arguments = operation.row, operation.arguments
        assert row is not None
        missing = [source for source in operation.sources if source.jet is None]
        if missing:
            operation.problem = missing[0].problem
        elif row.selects:
            self._choose(operation)
        elif any(a.value and self._format.mp.mag(a.value) > FAR for a in arguments):
            operation.problem = "a number is far beyond the largest float"
            self._undecided[id(operation)] = operation.problem
        else:
            args = tuple(a.value for a in arguments)
            by = tuple(i for i, a in enumerate(arguments) if a.depends or not a.is_exact)
            try:
                operation.jet = jet(row, self._functions[row.name], args, by, self._order + 1)
            except Undefined:
                numbers = ", ".join(self._format.mp.nstr(a, 8) for a in args)
                operation.problem = f"{row.name}({numbers}) is undefined"
            else:
                self._round(operation, row, operation.jet)
            self._undecided[id(operation)] = self._close_to(operation, row, args)

    def _choose(self, operation: Operation) -> None:
        condition, taken = operation.sources
        place = operation.arguments.index(taken, 1)
        operation.jet = Jet(taken.value, {(place,): self._format.mp.mpf(1)})
        operation.error, operation.is_exact = taken.error, taken.is_exact
        if not condition.is_exact and abs(condition.value) <= SLACK * condition.error:
            self._undecided[id(operation)] = "where: by rounding, its condition is 0 or is not"

    def _round(self, operation: Operation, row: Row, result: Jet) -> None:
        size = abs(result.value)
        if row.name in SUMS:
            size = max(size, sum(abs(a.value) for a in operation.arguments))
        operation.rounding = self._format.rounding(size)
        operation.is_exact = all(a.is_exact for a in operation.arguments) and self._is_exact(
            row, operation.arguments, result.value
        )
        operation.error = 0 if operation.is_exact else operation.rounding
        for i, argument in enumerate(operation.arguments):
            if argument.error:
                undefined = i in result.undefined
                partial = self._format.mp.inf if undefined else abs(result.partials.get((i,), 0))
                operation.error += partial * argument.error if partial else 0

    def _is_exact(self, row: Row, arguments: Sequence[Operation], value: Any) -> bool:
        """Whether a value is a float, with all digits that sums of floats have."""
        if not self._format.has(value):
            return False
        with self._format.mp.workprec(ALL_BITS):
            return bool(self._functions[row.name](*(a.value for a in arguments)) == value)

    def _close_to(self, operation: Operation, row: Row, args: tuple[Any, ...]) -> str:
        """The place that is nearer than the errors of the arguments: a kink, the end of a domain."""
        on_zero = operation.jet is not None and row.kink is not None and not all(args)
        if on_zero and self._depends_on_a_sign(row, args):
            return f"{row.name}: the sign of a zero decides"
        errors = [SLACK * a.error for a in operation.arguments]
        if not any(errors):
            return ""
        for x, error, parts in zip(args, errors, row.domain, strict=True):
            ends = [end for part in parts for end in (part.low, part.high) if math.isfinite(end)]
            if error and any(abs(x - end) <= error for end in ends):
                return f"{row.name}: by rounding, {self._format.mp.nstr(x, 8)} is in its domain or is not"
        if operation.jet is not None and self._is_bent(operation, row, operation.jet, args, errors):
            return f"{row.name}: an argument is nothing but rounding"
        if row.kink is None or operation.jet is None or len({id(a) for a in operation.arguments}) < row.arity:
            return ""
        distance, change = kink_error(row, args, errors)
        return f"{row.name}: a kink is nearer than rounding" if distance <= change else ""

    def _is_bent(
        self, operation: Operation, row: Row, result: Jet, args: tuple[Any, ...], errors: list[Any]
    ) -> bool:
        """Whether errors of the arguments are so large that a derivative does not tell their effect."""
        for i, error in enumerate(errors):
            if error <= abs(args[i]) * self._format.unit**0.5 or i in row.inert:
                continue
            for e in (error, -error):
                expected = result.value + result.partials.get((i,), 0) * e
                try:
                    moved = self._functions[row.name](*args[:i], args[i] + e, *args[i + 1 :])
                    off = abs(moved - expected)
                except (ValueError, ArithmeticError):
                    return True
                if off > abs(expected - result.value) / 8 + SLACK * operation.rounding:
                    return True
        return False

    def _depends_on_a_sign(self, row: Row, args: tuple[Any, ...]) -> bool:
        """Whether a zero of the other sign gives another value, as that of atan2(0, -1)."""
        values = set()
        for zeros in itertools.product((0.0, -0.0), repeat=len(args)):
            with contextlib.suppress(ArithmeticError, ValueError):
                values.add(row.on_floats(*(float(x) or zero for x, zero in zip(args, zeros, strict=True))))
        return len(values) > 1
