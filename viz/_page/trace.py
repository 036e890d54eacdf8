"""Nodes without numbers, and the flat program that a graph of them becomes.

A page must evaluate the graph where a leaf has been moved to, which may be outside a domain or come
back from there. So it is not the recorded numbers that are swept for its derivatives but traces:
nodes that know their operation and arguments only. The engine's own reverse walk runs on them, with
the table's partials, and nothing in it can be undefined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograd._graph.node import Node, topological_order
from autograd._graph.primitive import Primitive, lookup
from autograd._nodes.operators import squaring
from autograd._table.rows import OPERATORS, Row

__all__ = ["Program", "Trace", "trace"]


class Trace(Node):
    """An operation and its arguments, traces or numbers; a leaf has neither.

    >>> x = trace()
    >>> y = lookup("exp")(x) * 2
    >>> y.op, y.args[1]
    (<primitive mul>, 2.0)
    """

    __slots__ = ("_args",)

    def __init__(self, op: Primitive | None = None, args: tuple[Any, ...] = ()) -> None:
        self._op, self._args = op, args

    @property
    def args(self) -> tuple[Any, ...]:
        return self._args

    def _links(self) -> Sequence[Trace | None]:
        return [a if isinstance(a, Trace) else None for a in self._args]

    def square(self) -> Trace:
        return trace(_row("square"), (self,))

    @staticmethod
    def _apply(row: Any, args: tuple[Any, ...], params: Any = None) -> Trace:
        return trace(row, tuple(a if isinstance(a, Trace) else float(a) for a in args))

    def _pull(self, g: Any, create_graph: bool, wanted: Any) -> list[tuple[Any, Any]]:
        row: Any = self._op
        found = []
        for partial, gain, parent in zip(row.node_partials, row.contributions, self._links(), strict=True):
            if parent is not None and gain is not None and (wanted is None or parent in wanted):
                slope = partial(*self._args, self)
                found.append((parent, slope if not isinstance(g, Trace) and g == 1 else g * slope))
        return found

    @staticmethod
    def _is_strict() -> bool:
        return False


def trace(op: Primitive | None = None, args: tuple[Any, ...] = ()) -> Trace:
    """A trace of an operation, or a leaf."""
    return Trace(op, args)  # type: ignore[abstract]  # it has nothing of what only numbers need


def _row(name: str) -> Row:
    row = lookup(name)
    assert isinstance(row, Row)
    return row


def _give_operators() -> None:
    for name in sorted(OPERATORS):
        row = _row(name)
        forth = lambda self, *other, row=row: row(self, *other)  # noqa: E731
        setattr(Trace, f"__{name}__", squaring(forth) if name == "pow" else forth)
        if row.arity == 2:
            setattr(Trace, f"__r{name}__", lambda self, other, row=row: row(other, self))


_give_operators()


@dataclass
class Program:
    """Cells in the order of computing: an input, a constant, or an operation on earlier cells.

    A cell's place is its slot. The same operation on the same slots is one cell.

    >>> program = Program()
    >>> x = program.input(3.0)
    >>> program.operation("mul", (x, x)) == program.operation("mul", (x, x))
    True
    >>> program.cells
    [3.0, ['mul', 0, 0]]
    """

    cells: list[Any] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    _known: dict[Any, int] = field(default_factory=dict, repr=False)

    def input(self, number: float) -> int:
        """A cell that may be changed, and the number it has at first."""
        self.inputs.append(len(self.cells))
        self.cells.append(number)
        return self.inputs[-1]

    def constant(self, number: float) -> int:
        return self._cell(repr(number), number)  # by its digits: 0.0 and -0.0 are two numbers

    def operation(self, name: str, slots: Sequence[int]) -> int:
        cell = [name, *slots]
        return self._cell(tuple(cell), cell)

    def derivative(self, slot: int, of: int) -> int:
        """A derivative's number, which is undefined where the quantity that it is the derivative of is."""
        return self.operation("where", (self.constant(1.0), slot, of))

    def _cell(self, key: Any, cell: Any) -> int:
        if key not in self._known:
            self._known[key] = len(self.cells)
            self.cells.append(cell)
        return self._known[key]

    def emit(self, result: Any, slots: Mapping[Trace, int]) -> int:
        """The slot of a trace, or of a number.

        Args:
            result: what to compute.
            slots: where its leaves are.
        """
        if not isinstance(result, Trace):
            return self.constant(float(result))
        found: dict[Any, int] = dict(slots)
        for node in topological_order(result):
            if node not in found:
                places = [found[a] if isinstance(a, Trace) else self.constant(a) for a in node.args]
                row: Any = node.op
                found[node] = self.operation(row.key, places)
        return found[result]
