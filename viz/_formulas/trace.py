"""Nodes that know their operation and arguments only, and the numbers of graphs of them.

A derivative has a formula also where it has no number, as that of √x at 0, and the lecture page moves
leaves in and out of domains. So the recorded numbers are not swept, but traces: the engine's own reverse
walk runs on them, with the partial derivatives of the table, and nothing in it can be undefined.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd import softmax
from autograd._graph.node import Node, topological_order
from autograd._graph.primitive import Primitive, lookup
from autograd._nodes.operators import squaring
from autograd._table.rows import OPERATORS, Row
from viz._formulas.expressions import Call, Expr, Name, Numeral, Product, Sum

__all__ = ["Tracer", "UnknownName", "calculated", "depending", "evaluate", "shares_of", "trace"]


class Tracer(Node):
    """An operation and its arguments, traces or numbers; a leaf has the number at which it was recorded.

    >>> x = trace()
    >>> y = lookup("exp")(x) * 2
    >>> y.op, y.args[1]
    (<primitive mul>, 2.0)
    """

    __slots__ = ("_args", "data")

    def __init__(
        self, op: Primitive | None = None, args: tuple[Any, ...] = (), data: float = math.nan
    ) -> None:
        self._op, self._args, self.data = op, args, data

    @property
    def args(self) -> tuple[Any, ...]:
        return self._args

    def _links(self) -> Sequence[Tracer | None]:
        return [a if isinstance(a, Tracer) else None for a in self._args]

    def square(self) -> Tracer:
        return trace(_row("square"), (self,))

    @staticmethod
    def _apply(row: Any, args: tuple[Any, ...], params: Any = None) -> Tracer:
        return trace(row, tuple(a if isinstance(a, Tracer) else float(a) for a in args))

    def _pull(self, g: Any, create_graph: bool, among: Any) -> list[tuple[Any, Any]]:
        row: Any = self._op
        contributions = []
        for i, (parent, factor) in enumerate(zip(self._links(), row.contributions, strict=True)):
            if parent is None or factor is None or (among is not None and parent not in among):
                continue
            if row.selects:  # the contribution to the branch that is taken, selected again
                contribution = row(self._args[0], *(g if i == j else 0.0 for j in range(1, row.arity)))
            else:
                slope = row.node_partials[i](*self._args, self)
                contribution = slope if not isinstance(g, Tracer) and g == 1 else g * slope
            contributions.append((parent, contribution))
        return contributions

    @staticmethod
    def _is_strict() -> bool:
        return False


def trace(op: Primitive | None = None, args: tuple[Any, ...] = (), data: float = math.nan) -> Tracer:
    """A trace of an operation, or a leaf with its number."""
    return Tracer(op, args, data)  # type: ignore[abstract]  # the missing methods are for numbers


def _row(name: str) -> Row:
    row = lookup(name)
    assert isinstance(row, Row)
    return row


def _define_operators() -> None:
    for name in sorted(OPERATORS):
        row = _row(name)
        forward = lambda self, *other, row=row: row(self, *other)  # noqa: E731
        setattr(Tracer, f"__{name}__", squaring(forward) if name == "pow" else forward)
        if row.arity == 2:
            setattr(Tracer, f"__r{name}__", lambda self, other, row=row: row(other, self))


_define_operators()


class UnknownName(LookupError):
    """A name in a formula that is not among the quantities that its numbers are known of."""


def evaluate(results: Iterable[Tracer | float]) -> list[float | None]:
    """The numbers of traces at the numbers of their leaves; None for one that is undefined or not finite.

    >>> x = trace(data=0.0)
    >>> evaluate([x * 3 + 1, 1 / x])
    [1.0, None]
    """
    results = list(results)
    numbers: dict[Any, float | None] = {}
    for node in topological_order(*(result for result in results if isinstance(result, Tracer))):
        assert isinstance(node, Tracer)
        if node.is_leaf:
            numbers[node] = node.data
            continue
        row: Any = node.op
        args = [numbers[a] if isinstance(a, Tracer) else float(a) for a in node.args]
        try:
            numbers[node] = None if None in args else row.on_floats(*args)
        except (ValueError, ArithmeticError):
            numbers[node] = None
    ends = (numbers[result] if isinstance(result, Tracer) else float(result) for result in results)
    return [number if number is not None and math.isfinite(number) else None for number in ends]


def depending(sources: Iterable[Node], order: Iterable[Node]) -> set[Node]:
    """The nodes of an order, arguments first, that depend on the sources; these included."""
    dependent = set(sources)
    for node in order:
        if any(parent in dependent for parent in node.parents):
            dependent.add(node)
    return dependent


def shares_of(exponents: Iterable[Expr], leaves: Mapping[Any, Tracer]) -> list[Tracer]:
    """Traces of the shares of exponents, by the engine's own softmax.

    Args:
        exponents: formulas.
        leaves: the leaf of each name in them, by its key.
    """
    numbers = [calculated(u, leaves) for u in exponents]
    array = np.empty(len(numbers), dtype=object)
    array[:] = [x if isinstance(x, Tracer) else trace(data=x) for x in numbers]
    return list(softmax(array))


def calculated(e: Expr, leaves: Mapping[Any, Tracer]) -> Tracer | float:
    """A formula as a trace, or as a number.

    Args:
        e: the formula.
        leaves: the leaf of each name in it, by its key.

    Raises:
        UnknownName: for a name without a leaf.
    """
    match e:
        case Numeral(value):
            return value
        case Name(key):
            if key not in leaves:
                raise UnknownName(key)
            return leaves[key]
        case Call(op, args):
            return trace(op, tuple(calculated(a, leaves) for a in args))
        case Sum(terms):
            return functools.reduce(operator.add, (calculated(term, leaves) for term in terms))
        case Product(over, under, factors):
            powers = [calculated(base, leaves) ** n for base, n in factors]
            return functools.reduce(operator.mul, powers, over / under)
