r"""Local derivatives: of a labelled quantity, with respect to the labelled quantities it was made from.

The arithmetic between two labels is one step, z = w a + b. That step is recorded once more, on
fresh leaves with the numbers it had, and swept with nodes: each partial derivative comes out as a
graph, and its formula is the formula of that graph. So there is no second text of a derivative,
one use of a quantity is told from another (x x has two), and only the step is swept, not all
that lies behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from autograd._derivatives.sweeps import adjoints
from autograd._graph.context import resumed
from autograd._graph.node import DomainError, Node
from autograd._nodes.value import Value
from autograd._table.rows import Row
from viz._formulas.arguments import a_node
from viz._formulas.expressions import FormulaTooBig, Number, below, build
from viz._formulas.formula import name_of
from viz._formulas.setting import typeset
from viz._mathematics.latex import label
from viz._mathematics.signs import derivative
from viz._mathematics.typeset import Math, Symbol, to_text

__all__ = ["Partial", "carrying", "depending", "partials", "step"]

Names = Callable[[Node], Symbol | None]


@dataclass(frozen=True)
class Partial:
    """∂result/∂argument through one use of the argument.

    Attributes:
        result: what it is the derivative of.
        argument: the quantity it is the derivative by.
        use: 0 where the step uses the argument once; else which use this is, counted from 1.
        symbol: the derivative's formula; None where it has none that can be shown.
        number: its number; None where it is not one number, as for arrays, or undefined.

    >>> from autograd import Value
    >>> x = Value(3.0, label="x")
    >>> (partial,) = partials((x**2).with_label("y"))
    >>> partial.name, partial.text, partial.number
    ('∂y/∂x', '2x', 6.0)
    """

    result: Node
    argument: Node
    use: int
    symbol: Math | None
    number: float | None

    @property
    def name(self) -> str:
        """Which derivative it is, as one line of Unicode: ∂z/∂w; a quantity without a label is a dot."""
        above, below = (name_of(node) or label("·") for node in (self.result, self.argument))
        return to_text(derivative(above, below))

    @property
    def text(self) -> str | None:
        """Its formula as one line of Unicode."""
        return None if self.symbol is None else to_text(self.symbol)


def partials(result: Node, names: Names = name_of) -> list[Partial]:
    r"""The local derivatives of a node by the named nodes right below it, one for each use, in reading order.

    Args:
        result: a `Value` or a `Tensor`.
        names: the symbol of a node that has a name; by default its label's.

    Returns:
        One `Partial` for each use, with ``.name``, ``.text``, ``.symbol`` and ``.number``. A leaf has none.

    Raises:
        TypeError: for anything that is not a node.

    >>> from autograd import Value, sigmoid
    >>> z, y = Value(0.4, label="z"), Value(1.0, label="y")
    >>> a = sigmoid(z).with_label("a")
    >>> C = ((a - y) ** 2).with_label("C")
    >>> for p in partials(a) + partials(C):
    ...     print(p.name, "=", p.text)
    ∂a/∂z = σ′(z)
    ∂C/∂a = 2(a − y)
    ∂C/∂y = −2(a − y)
    """
    interior, uses, symbols = step(a_node(result, "partials"), names)
    with resumed():  # a formula is read from a recorded graph, inside no_grad as well
        found = _swept(result, interior, uses, symbols)
    slopes = dict(zip(uses, found, strict=True))
    shown = carrying(uses)
    counts = Counter(argument for _, _, argument in shown)
    seen: dict[Node, int] = {}
    listed = []
    for use in shown:
        argument, (symbol, number) = use[2], slopes[use]
        seen[argument] = seen.get(argument, 0) + 1
        listed.append(
            Partial(result, argument, seen[argument] if counts[argument] > 1 else 0, symbol, number)
        )
    return listed


def carrying(uses: list[tuple[Node, int, Node]]) -> list[tuple[Node, int, Node]]:
    """The uses of named nodes that a derivative is shown for.

    A use that no change goes through, as in a condition or in the largest number that softmax takes out, is
    one of them only if its node has no other.
    """
    inert = {(node, i) for node, i, _ in uses if i in getattr(node.op, "inert", ())}
    moving = {argument for node, i, argument in uses if (node, i) not in inert}
    return [use for use in uses if use[:2] not in inert or use[2] not in moving]


def step(
    result: Node, names: Names = name_of
) -> tuple[list[Node], list[tuple[Node, int, Node]], dict[Node, Symbol]]:
    """The calculation between a node and the named ones below it.

    Returns:
        Its operations, arguments first; each use of a named node, in reading order: the operation,
        which of its arguments, the node; and the symbols of the named nodes.

    >>> x = Value(3.0, label="x")
    >>> [(operation.op.name, i, node.label) for operation, i, node in step(x * x + 1)[1]]
    [('mul', 0, 'x'), ('mul', 1, 'x')]
    """
    order, symbols = below(result, names)
    named = {node for node in order if node is not result and (node.is_leaf or node in symbols)}
    interior = [node for node in order if node not in named and not node.is_leaf]
    uses = [
        (node, i, a)
        for node in interior
        for i, a in enumerate(node.args)
        if isinstance(a, Node) and a in named
    ]
    place = {node: i for i, node in enumerate(order)}
    uses.sort(key=lambda use: place[use[2]])
    return interior, uses, symbols


def depending(moved: Iterable[Node], order: Iterable[Node]) -> set[Node]:
    """The nodes of an order, arguments first, that change when the moved ones do; these included."""
    found = set(moved)
    for node in order:
        if any(parent in found for parent in node.parents):
            found.add(node)
    return found


def _swept(
    result: Node, interior: list[Node], uses: list[tuple[Node, int, Node]], symbols: dict[Node, Symbol]
) -> list[tuple[Math | None, float | None]]:
    if not all(isinstance(node, Value) and isinstance(node.op, Row) for node in interior):
        return [(None, None)] * len(uses)  # the derivative of an array is not one number
    if any(node.op.reverse_only for node in interior):  # type: ignore[union-attr]
        return [(None, None)] * len(uses)  # a gradient on its way back is no multiple of a local derivative
    leaves = [Value(node.inputs[i]) for node, i, _ in uses]  # the numbers of the recorded pass
    fresh = {(node, i): leaf for (node, i, _), leaf in zip(uses, leaves, strict=True)}
    again: dict[Node, Value] = {}
    for node in interior:
        args = [
            fresh[node, i] if (node, i) in fresh else again.get(a, a) if isinstance(a, Node) else a
            for i, a in enumerate(node.args)
        ]
        again[node] = node.op(*args)  # type: ignore[misc]
    found = _by_each(again[result], leaves) if leaves else {}
    original: dict[Node, Node] = {leaf: a for leaf, (_, _, a) in zip(leaves, uses, strict=True)}
    keys = {leaf: id(argument) for leaf, argument in original.items()}

    def named(node: Node) -> Symbol | None:
        return symbols.get(original[node]) if node in original else None

    def shown(partial: object) -> Math | None:
        if partial is None:
            return None
        if not isinstance(partial, Node):
            return typeset(Number(float(partial)))  # type: ignore[arg-type]
        try:
            return typeset(build(partial, named, keys))
        except FormulaTooBig:
            return None

    slopes = [found.get(leaf, 0.0) for leaf in leaves]
    return [(shown(slope), None if slope is None else float(slope)) for slope in slopes]


def _by_each(result: Value, leaves: Sequence[Value]) -> dict[Node, Any]:
    """The derivatives by the leaves, as nodes; None where one is undefined, as that of √ is at 0."""
    with suppress(DomainError):
        return adjoints(result, 1.0, wrt=leaves, create_graph=True)
    if len(leaves) == 1:
        return {leaves[0]: None}
    return {leaf: _by_each(result, [leaf]).get(leaf, 0.0) for leaf in leaves}
