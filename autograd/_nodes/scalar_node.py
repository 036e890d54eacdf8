"""The storage of a `Value`, and the chain rule at one.

The storage decides the speed of everything. A node is one object with slots and nothing beside it: Python's
garbage collector visits every object that could hold others, again and again as a graph grows, and a tuple
of arguments or a closure for the backward step would double or triple that cost. An argument takes two
slots: the node, or None for a constant, and its number. The numbers of leaves make the record immutable,
since leaves may change later; the partial derivatives are computed in the sweep.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from autograd._graph.node import DomainError, Node, name, plain, topological_order
from autograd._graph.tracing import Tracing
from autograd._table.rows import ARITHMETIC

__all__ = ["SLOTS", "ScalarNode", "undefined_derivative"]

# The slots of each argument: (node or None, number). A node of three arguments is a `_Ternary`, with
# extra slots; its _a is None, so the fast walk tests for it only where _a is None.
SLOTS = {
    1: (("_a", "_x"),),
    2: (("_a", "_x"), ("_b", "_y")),
    3: (("_b", "_y"), ("_c", "_z"), ("_d", "_t")),
}


class ScalarNode(Node):
    """A node that holds one float: its storage, and its steps of a sweep."""

    __slots__ = ("_a", "_b", "_primal", "_uses", "_x", "_y")

    _a: Any  # a ScalarNode or None
    _b: Any  # the same; of a leaf computed inside `no_grad`, `UNRECORDED`
    _primal: float
    _x: Any  # a number; of a leaf, the run of a transform's function that made it, if one did
    _y: float
    _uses: int | None  # None outside a sweep

    @property
    def args(self) -> tuple[Any, ...]:
        if self._op is None:
            return ()
        slots = SLOTS[self._op.arity]  # type: ignore[attr-defined]
        return tuple(
            getattr(self, number) if getattr(self, node) is None else getattr(self, node)
            for node, number in slots
        )

    @property
    def inputs(self) -> tuple[float, ...]:
        """The numbers of the arguments at the recording of this node.

        >>> from autograd import Value
        >>> (Value(2.0) * 3).inputs
        (2.0, 3.0)
        """
        if self._op is None:
            return ()
        row: Any = self._op
        if row.arity < 3:  # written out: a recorded sweep asks several times for each node
            return (self._x,) if row.arity == 1 else (self._x, self._y)
        return tuple(getattr(self, number) for _, number in SLOTS[row.arity])

    def _made_in(self) -> Tracing | None:
        return getattr(self, "_x", None) if self._op is None else None

    def _links(self) -> tuple[Any, ...]:
        row: Any = self._op
        return () if row is None else (self._a,) if row.arity == 1 else (self._a, self._b)

    def _carriers(self) -> Sequence[Any]:
        row: Any = self._op
        carries = [text is not None for text in row.contributions]
        if row.selects:
            carries = [bool(partial(*self.inputs, self._primal)) for partial in row.float_partials]
        return list(itertools.compress(self._links(), carries))

    def _describe(self) -> str:
        return f"{self.label} = {self._primal!r}" if self.label else repr(self._primal)

    def _check_finite(self) -> None:
        if math.isfinite(self._primal):
            return
        for node in topological_order(self):
            if not math.isfinite(node._primal):
                raise DomainError(
                    f"{name(self)} is no result to differentiate: not a finite number. It first appeared at "
                    + (
                        f"the leaf {name(node)}"
                        if node.is_leaf
                        else f"{node.op}{node.inputs} = {node._primal}"
                    )
                    + (f", labelled {node.label}" if node.label else "")
                )

    def _total(self, adjoint: Any) -> Any:
        """The new ``.grad``: a leaf's accumulates, an interior node's is that of the latest sweep."""
        return adjoint if self._op is not None or self.grad is None else self.grad + adjoint

    @staticmethod
    def _is_finite(adjoint: Any) -> bool:
        return math.isfinite(plain(adjoint))

    @staticmethod
    def _is_strict() -> bool:
        return True

    def _pull(self, gradient: Any, create_graph: bool, among: Any) -> list[tuple[Any, Any]]:
        if create_graph and self._op.selects:  # type: ignore[union-attr]
            return self._pull_selected(gradient, among)
        if self._op.reverse_only:  # type: ignore[union-attr]
            return self._pull_without_partials(gradient, create_graph, among)
        return [
            (parent, partial if type(gradient) is float and gradient == 1 else gradient * partial)
            for parent, partial in self._partials(create_graph, among)
        ]

    def _pull_selected(self, gradient: Any, among: Any) -> list[tuple[Any, Any]]:
        """The contribution to each branch as a node that selects again.

        So another example takes its own branch, and a second derivative need not come by the other one.
        """
        row: Any = self._op
        self._check_fresh()
        contributions = []
        for i, parent in enumerate(self._links()):
            if parent is not None and i not in row.inert and (among is None or parent in among):
                branches = [0.0] * row.arity
                branches[i] = gradient
                contributions.append((parent, row(self.args[0], *branches[1:])))
        return contributions

    def _pull_without_partials(self, gradient: Any, create_graph: bool, among: Any) -> list[tuple[Any, Any]]:
        """The contributions of a row that has no partials."""
        row: Any = self._op
        if create_graph:
            self._check_fresh()
        pulls = row.node_pulls if create_graph else row.float_pulls
        args, out = (self.args, self) if create_graph else (self.inputs, self._primal)
        try:
            return [
                (parent, pull(gradient, args, out, {}))
                for parent, pull in zip(self._links(), pulls, strict=True)
                if parent is not None and pull is not None and (among is None or parent in among)
            ]
        except ARITHMETIC as error:
            raise undefined_derivative(self, error) from None

    def _push(self, tangents: dict[Node, Any], create_graph: bool) -> Any:
        total: Any = 0.0
        if create_graph and self._op.selects:  # type: ignore[union-attr]
            row: Any = self._op
            total = row(
                self.args[0], *(0.0 if p is None else tangents.get(p, 0.0) for p in self._links()[1:])
            )
        else:
            for parent, partial in self._partials(create_graph, tangents):
                total = total + partial * tangents[parent]
        if not math.isfinite(plain(total)):
            raise DomainError(
                f"the tangent of {self.op}({', '.join(map(name, self.args))}) is {plain(total)}"
            )
        return total

    def _partials(self, create_graph: bool, among: Any = None) -> list[tuple[Any, Any]]:
        """Each parent with the partial derivative for that argument, a number or a node."""
        row: Any = self._op
        args: Any = self.inputs
        out: Any = self._primal
        partials = row.float_partials
        if create_graph:
            self._check_fresh()
            args, out, partials = self.args, self, row.node_partials
        pairs = []
        for i, parent in enumerate(self._links()):
            if parent is None or i in row.inert or (among is not None and parent not in among):
                continue
            try:
                pairs.append((parent, partials[i](*args, out)))
            except ARITHMETIC as error:
                raise undefined_derivative(self, error) from None
        return pairs

    def _check_fresh(self) -> None:
        for argument, number in zip(self.args, self.inputs, strict=True):
            if isinstance(argument, ScalarNode) and argument._primal != number and number == number:
                raise RuntimeError(
                    f"{argument!r} was {number!r} when {self!r} was recorded; a derivative that is "
                    "itself recorded needs it unchanged: record the calculation again"
                )


def undefined_derivative(node: ScalarNode, cause: Exception) -> DomainError:
    """The error for a node with a result and no derivative: √ at 0."""
    row: Any = node._op
    why = "overflows" if isinstance(cause, OverflowError) else "is undefined or infinite"
    return DomainError(
        f"the derivative of {row.name}({', '.join(map(name, node.args))}) {why}"
        + (f" (the result is {node.label})" if node.label else "")
    )
