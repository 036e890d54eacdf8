r"""Local derivatives: of a labelled quantity, with respect to the labelled quantities it was made from.

The arithmetic between two labels is one step, z = w a + b. That step is recorded once more, as traces,
and swept: each partial derivative comes out as a graph, and its formula is the formula of that graph. So
there is no second text of a derivative, each use of a quantity has a derivative of its own (x x has two),
and only the step is swept, not all below it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from autograd._derivatives.sweeps import adjoints
from autograd._graph.node import Node
from autograd._graph.primitive import lookup
from autograd._nodes.value import Value
from autograd._table.rows import Row
from viz._formulas.expressions import FormulaTooBig, Numeral, below, build
from viz._formulas.names import a_node, name_of
from viz._formulas.setting import typeset
from viz._formulas.trace import Tracer, evaluate, trace
from viz._mathematics.latex import label
from viz._mathematics.signs import derivative
from viz._mathematics.typeset import Math, Symbol, to_text

__all__ = [
    "Names", "Partial", "Step", "TracedStep", "Use",
    "carrying", "depending", "partials", "slope_formula", "step_below", "trace_step",
]  # fmt: skip

Names = Callable[[Node], Symbol | None]


@dataclass(frozen=True)
class Partial:
    """∂result/∂argument through one use of the argument.

    Attributes:
        result, argument: of ∂result/∂argument.
        use: 0 where the step uses the argument once; else which use this is, counted from 1.
        symbol: the derivative's formula; None for an array's, and for a formula that is too big.
        number: its number; None for an array's, and where it is undefined.

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
    step = step_below(a_node(result, "partials"), names)
    uses = carrying(step.uses)
    if not step.is_scalar:
        return [Partial(*whose, None, None) for whose in _numbered(result, uses)]
    traced = trace_step(step)
    symbols = {leaf: names(use.argument) for use, leaf in traced.leaves.items()}
    keys = {leaf: id(use.argument) for use, leaf in traced.leaves.items()}
    formulas = [slope_formula(traced.slopes[use], symbols, keys) for use in uses]
    if any(getattr(node.op, "selects", False) for node in step.operations):
        traced = trace_step(step, chosen=True)
    numbers = evaluate(traced.slopes[use] for use in uses)
    rows = zip(_numbered(result, uses), formulas, numbers, strict=True)
    return [Partial(*use, formula, number) for use, formula, number in rows]


def _numbered(result: Node, uses: list[Use]) -> Iterator[tuple[Node, Node, int]]:
    """The result, the argument, and which of several uses of the argument it is."""
    counts = Counter(use.argument for use in uses)
    before: Counter[Node] = Counter()
    for _, _, argument in uses:
        before[argument] += 1
        yield result, argument, before[argument] if counts[argument] > 1 else 0


# -- steps ------------------------------------------------------------------------------------


class Use(NamedTuple):
    """A named node as an argument of an operation: which of its arguments, counted from 0."""

    operation: Node
    place: int
    argument: Node


class Step(NamedTuple):
    """The calculation of a node from the named ones below it.

    Attributes:
        operations: its operations, arguments first.
        uses: the uses of named nodes, in reading order.
    """

    operations: list[Node]
    uses: list[Use]

    @property
    def is_scalar(self) -> bool:
        """Whether each operation has local derivatives that are numbers.

        An operation on arrays has none, and neither has a rule that only maps a cotangent to another.
        """
        rows = [node.op for node in self.operations if isinstance(node, Value) and isinstance(node.op, Row)]
        return len(rows) == len(self.operations) and not any(row.reverse_only for row in rows)


def step_below(result: Node, names: Names = name_of) -> Step:
    """The step that ends in a node.

    >>> x = Value(3.0, label="x")
    >>> [(use.operation.op.name, use.place, use.argument.label) for use in step_below(x * x + 1).uses]
    [('mul', 0, 'x'), ('mul', 1, 'x')]
    """
    order, symbols = below(result, names)
    places = {node: i for i, node in enumerate(order)}
    named = {node for node in order if node.is_leaf or (node in symbols and node is not result)}
    operations = [node for node in order if node not in named]
    uses = [
        Use(node, i, a)
        for node in operations
        for i, a in enumerate(node.args)
        if isinstance(a, Node) and a in named
    ]
    return Step(operations, sorted(uses, key=lambda use: places[use.argument]))


def carrying(uses: list[Use]) -> list[Use]:
    """The uses of named nodes that a derivative is shown for.

    An inert use, as in a condition or in the maximum that softmax subtracts, changes no result: it is among
    them only if its node has no other use.
    """
    inert = {use for use in uses if use.place in getattr(use.operation.op, "inert", ())}
    others = {use.argument for use in uses if use not in inert}
    return [use for use in uses if use not in inert or use.argument not in others]


def depending(sources: Iterable[Node], order: Iterable[Node]) -> set[Node]:
    """The nodes of an order, arguments first, that depend on the sources; these included."""
    dependent = set(sources)
    for node in order:
        if any(parent in dependent for parent in node.parents):
            dependent.add(node)
    return dependent


@dataclass(frozen=True)
class TracedStep:
    """A step on a leaf of its own for each use, so that two uses of one quantity have two derivatives.

    Attributes:
        result: the trace of the calculation.
        leaves: the leaf of each use, with the number that the recorded pass saw.
        slopes: the derivative of the result by each leaf, a trace or a constant.
    """

    result: Tracer
    leaves: dict[Use, Tracer]
    slopes: dict[Use, Tracer | float]


def trace_step(step: Step, chosen: bool = False) -> TracedStep:
    """Record a step once more, and sweep it.

    Args:
        step: a step of scalars.
        chosen: whether an operation that selects, as ``where``, is traced as the argument that it chose: the
            derivative of the other may be undefined.
    """
    leaves = {use: trace(data=use.operation.inputs[use.place]) for use in step.uses}
    places = {use[:2]: leaf for use, leaf in leaves.items()}
    traces: dict[Node, Tracer] = {}
    for node in step.operations:
        args = tuple(
            places.get((node, i)) or traces[a] if isinstance(a, Node) else a for i, a in enumerate(node.args)
        )
        if chosen and getattr(node.op, "selects", False):
            traces[node] = trace(lookup("_identity"), (args[1 if node.inputs[0] else 2],))
        else:
            traces[node] = trace(node.op, args)
    result = traces[step.operations[-1]] if step.operations else trace()
    gradients = adjoints(result, 1.0, wrt=leaves.values(), create_graph=True)
    return TracedStep(result, leaves, {use: gradients.get(leaf, 0.0) for use, leaf in leaves.items()})


def slope_formula(
    slope: Tracer | float, symbols: Mapping[Tracer, Symbol | None], keys: Mapping[Tracer, int]
) -> Math | None:
    """A derivative's formula; None where it is too big.

    Args:
        slope: a derivative of a traced step.
        symbols: the symbols of its leaves; a leaf without a symbol is written as its number.
        keys: equal for leaves of one quantity.
    """
    if not isinstance(slope, Tracer):
        return typeset(Numeral(float(slope)))
    try:
        return typeset(build(slope, symbols.get, keys))  # type: ignore[arg-type]
    except FormulaTooBig:
        return None
