"""The derivatives of a program's result, and the effect of each rounding on them.

A rounding of an operation's value v changes the result by ∂out/∂v, and the derivative by a variable x by
∂²out/∂x∂v: reverse sweeps over the values, over the tangents and over the second tangents give them. Each
product of the chain rule is rounded too, and each local derivative. The errors add up by their sizes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from autograd.testing._judge.lines import Format, Operation, Recording

__all__ = ["Sweep"]


class Sweep:
    """Derivatives of the result of a recording that has one.

    Attributes:
        undefined: why there is no gradient; empty if there is one.
        may_fail: whether a number on the way is beyond the largest float, or a derivative that is multiplied
            by 0 is undefined.
        on_kink: whether derivatives follow conventions of rows.
    """

    def __init__(self, recording: Recording, form: Format) -> None:
        self._recording, self._format = recording, form
        self._zero = form.mp.mpf(0)
        self._operations = recording.needed
        self.undefined, self.may_fail = "", False
        self._adjoints = {id(recording.output): form.mp.mpf(1)}
        for operation in reversed(self._operations):
            adjoint = self._adjoints.get(id(operation), self._zero)
            self._check_defined(operation, adjoint)
            for argument, partial in self._edges(operation):
                self._add(self._adjoints, argument, adjoint * partial)
        self.may_fail |= any(self._is_large(node.value) for node in self._nodes())
        self.on_kink = any(o.jet is not None and o.jet.by_convention for o in self._operations)
        self._tangents: dict[int, dict[int, Any]] = {}
        self._mixed: dict[int, dict[int, Any]] = {}

    @property
    def _leaves(self) -> list[Operation]:
        leaves = {id(a): a for o in self._operations for a in o.arguments if a.row is None}
        return [*leaves.values()]

    def value_error(self) -> Any:
        """The effect of all roundings on the value."""
        return sum((self._times(self._adjoint(o), o.rounding) for o in self._nodes()), self._zero)

    def gradient(self, i: int) -> tuple[Any, Any]:
        """The derivative by a variable, and how far rounding moves it."""
        tangents, mixed, form = self._tangents_of(i), self._mixed_of(i), self._format
        error = self._zero
        for node in self._nodes():
            error += self._times(mixed.get(id(node), self._zero), node.rounding)
            error += form.tiny * (abs(tangents.get(id(node), 0)) + abs(self._adjoint(node)))
        for operation in self._operations:
            adjoint = self._adjoint(operation)
            for argument, partial in self._edges(operation):
                error += self._product_error(adjoint, partial, tangents.get(id(argument), self._zero))
        return tangents.get(id(self._recording.output), self._zero), error

    def second(self, i: int, j: int) -> tuple[Any, Any]:
        """The second derivative by two variables, and how far rounding moves it."""
        form, zero = self._format, self._zero
        first, other = self._tangents_of(i), self._tangents_of(j)
        by_first, by_other = self._mixed_of(i), self._mixed_of(j)
        seconds: dict[int, Any] = {}
        for operation in self._operations:
            total = zero
            for argument, partial in self._edges(operation):
                total += partial * seconds.get(id(argument), zero)
            for a, b, partial in self._pairs(operation):
                total += partial * first.get(id(a), zero) * other.get(id(b), zero)
            seconds[id(operation)] = total
        thirds: dict[int, Any] = {}
        error = zero
        for o in reversed(self._operations):
            adjoint, key = self._adjoint(o), id(o)
            third = thirds.get(key, zero)
            m, n = by_first.get(key, zero), by_other.get(key, zero)
            for a, partial in self._edges(o):
                self._add(thirds, a, third * partial)
                error += self._product_error(adjoint, partial, seconds.get(id(a), zero))
                error += self._product_error(m, partial, other.get(id(a), zero))
                error += self._product_error(n, partial, first.get(id(a), zero))
            for a, b, partial in self._pairs(o):
                t, u, s = first.get(id(b), zero), other.get(id(b), zero), seconds.get(id(b), zero)
                self._add(thirds, a, partial * (n * t + m * u + adjoint * s))
                t_of_a = first.get(id(a), zero)
                error += self._product_error(adjoint * t_of_a, partial, u)
                error += form.tiny * (abs(adjoint * t_of_a) + abs(adjoint * u) + abs(t_of_a * u))
            for a, b, c, partial in self._triples(o):
                product = partial * first.get(id(b), zero) * other.get(id(c), zero)
                self._add(thirds, a, adjoint * product)
        for node in self._nodes():
            error += self._times(thirds.get(id(node), zero), node.rounding)
            factors = (self._adjoints, first, other, by_first, by_other, seconds)
            error += form.tiny * sum((abs(f.get(id(node), 0)) for f in factors), zero)
        return seconds.get(id(self._recording.output), zero), error

    # -- sweeps -------------------------------------------------------------------------------

    def _tangents_of(self, i: int) -> dict[int, Any]:
        """The derivative of each operation by a variable."""
        if i not in self._tangents:
            tangents = {id(self._recording.variables[i]): self._format.mp.mpf(1)}
            for operation in self._operations:
                for argument, partial in self._edges(operation):
                    if id(argument) in tangents:
                        self._add(tangents, operation, partial * tangents[id(argument)])
            self._tangents[i] = tangents
        return self._tangents[i]

    def _mixed_of(self, i: int) -> dict[int, Any]:
        """The derivative of the result by a variable and by each operation."""
        if i not in self._mixed:
            tangents, mixed = self._tangents_of(i), dict[int, Any]()
            for operation in reversed(self._operations):
                own, adjoint = mixed.get(id(operation), self._zero), self._adjoint(operation)
                for argument, partial in self._edges(operation):
                    self._add(mixed, argument, own * partial)
                for a, b, partial in self._pairs(operation):
                    if id(b) in tangents:
                        self._add(mixed, a, adjoint * partial * tangents[id(b)])
            self._mixed[i] = mixed
        return self._mixed[i]

    def _add(self, sums: dict[int, Any], operation: Operation, x: Any) -> None:
        if x:
            self.may_fail |= self._is_large(x)
            sums[id(operation)] = sums.get(id(operation), self._zero) + x

    def _check_defined(self, operation: Operation, adjoint: Any) -> None:
        assert operation.jet is not None
        assert operation.row is not None
        for i in operation.jet.undefined:
            if operation.arguments[i].depends:
                if not adjoint or not operation.arguments[i].varies:
                    self.may_fail = True
                elif not self.undefined:
                    numbers = ", ".join(self._format.mp.nstr(a.value, 8) for a in operation.arguments)
                    self.undefined = f"the derivative of {operation.row.name}({numbers}) is undefined"

    # -- local derivatives ----------------------------------------------------------------------

    def _edges(self, operation: Operation) -> Iterator[tuple[Operation, Any]]:
        return ((o, partial) for o, partial in self._local(operation, 1))

    def _pairs(self, operation: Operation) -> Iterator[tuple[Operation, Operation, Any]]:
        return ((a, b, partial) for a, b, partial in self._local(operation, 2))

    def _triples(self, operation: Operation) -> Iterator[tuple[Operation, Operation, Operation, Any]]:
        return ((a, b, c, partial) for a, b, c, partial in self._local(operation, 3))

    def _local(self, operation: Operation, order: int) -> Iterator[tuple[Any, ...]]:
        """The local derivatives of an order that are not 0, in each order of their inputs."""
        assert operation.jet is not None
        for index, partial in operation.jet.partials.items():
            if len(index) == order:
                for inputs in set(itertools.permutations(index)):
                    yield *(operation.arguments[i] for i in inputs), partial

    # -- sizes --------------------------------------------------------------------------------

    def _nodes(self) -> list[Operation]:
        return [*self._leaves, *self._operations] if self._operations else [self._recording.output]

    def _adjoint(self, operation: Operation) -> Any:
        return self._adjoints.get(id(operation), self._zero)

    def _times(self, derivative: Any, rounding: Any) -> Any:
        return abs(derivative) * rounding if derivative and rounding else self._zero

    def _product_error(self, adjoint: Any, partial: Any, tangent: Any) -> Any:
        """The error of a product of three factors, of which the middle one is rounded itself."""
        if not adjoint or not tangent:
            return self._zero
        self.may_fail |= self._is_large(partial)
        return abs(adjoint * tangent) * (abs(partial) * self._format.unit + self._format.tiny)

    def _is_large(self, x: Any) -> bool:
        return bool(abs(x) > self._format.largest)
