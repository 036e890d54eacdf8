r"""Local derivatives: of a labelled quantity, with respect to the labelled quantities it was made from.

The arithmetic between two labels is one step, z = w a + b. That step is recorded once more, as traces,
and swept: each partial derivative comes out as a graph, and its formula is the formula of that graph. So
there is no second text of a derivative, each use of a quantity has a derivative of its own (x x has two),
and only the step is swept, not all below it. The total derivative by a quantity is the sum over its uses.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from autograd._derivatives.sweeps import adjoints
from autograd._graph.node import Node, topological_order
from autograd._graph.primitive import lookup
from autograd._nodes.value import Value
from autograd._support.checks import a_bool
from autograd._table.rows import Row
from viz._formulas.expressions import Expr, FormulaTooBig, Numeral, OutOfRange, build, combined, total_of
from viz._formulas.joint import JointFormulas, Naming, has_exponentials, is_joint, lecture_names
from viz._formulas.names import a_node, below, name_of
from viz._formulas.setting import typeset
from viz._formulas.trace import Tracer, UnknownName, depending, evaluate, trace
from viz._mathematics.latex import label, letter_of
from viz._mathematics.signs import derivative
from viz._mathematics.typeset import Math, Symbol, to_text

__all__ = [
    "Names", "Partial", "Step", "TracedStep", "Use",
    "carrying", "depending", "expression", "in_lecture_names", "joint_formulas", "partials", "shown_uses",
    "slope_formula", "step_below", "trace_step",
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


def partials(result: Node, names: Names = name_of, *, total: bool = False) -> list[Partial]:
    r"""The local derivatives of a node by the named nodes right below it, in reading order.

    A quantity that the step uses several times has a derivative for each use, or with `total` the sum of
    them. Softmax, logsumexp and cross-entropy are functions of all their numbers: a step with one of them has
    total derivatives in any case, written in the shares sᵢ that softmax makes of the numbers aᵢ.

    Args:
        result: a `Value` or a `Tensor`.
        names: the symbol of a node that has a name; by default its label's.
        total: whether the uses of a quantity count as one.

    Returns:
        One `Partial` for each use, or for each quantity, with ``.name``, ``.text``, ``.symbol`` and
        ``.number``. A leaf has none.

    Raises:
        TypeError: for anything that is not a node, and for a `total` that is not True or False.

    >>> from autograd import Value, sigmoid
    >>> z, y = Value(0.4, label="z"), Value(1.0, label="y")
    >>> a = sigmoid(z).with_label("a")
    >>> C = ((a - y) ** 2).with_label("C")
    >>> for p in partials(a) + partials(C):
    ...     print(p.name, "=", p.text)
    ∂a/∂z = σ′(z)
    ∂C/∂a = 2(a − y)
    ∂C/∂y = −2(a − y)
    >>> x = Value(2.0, label="x")
    >>> y = (x**3 + x).with_label("y")
    >>> [p.text for p in partials(y)], [p.text for p in partials(y, total=True)]
    (['3x²', '1'], ['3x² + 1'])
    """
    step = step_below(a_node(result, "partials"), names)
    uses = shown_uses(step, a_bool(total, "total"))
    if not step.is_scalar:
        return [Partial(*whose, None, None) for whose in _numbered(result, uses)]
    joined = total or step.is_joint
    each = trace_step(step)
    joint = in_lecture_names(result, step, names, joined)
    if joint is not None:
        formulas: list[Math | None] = [typeset(slope) for slope in joint.slopes]
    else:
        symbols = {leaf: names(use.argument) for use, leaf in each.leaves.items()}
        keys = {leaf: id(use.argument) for use, leaf in each.leaves.items()}
        groups = [[u for u in each.leaves if u.argument is use.argument] if joined else [use] for use in uses]
        formulas = [slope_formula([each.slopes[u] for u in group], symbols, keys) for group in groups]
    if any(getattr(node.op, "selects", False) for node in step.operations):
        each = trace_step(step, chosen=True)
    numbers = dict(zip(each.slopes, evaluate(each.slopes.values()), strict=True))
    rows = zip(_numbered(result, uses), formulas, _numbers(uses, numbers, joined), strict=True)
    return [Partial(*whose, formula, number) for whose, formula, number in rows]


def _numbers(uses: list[Use], numbers: dict[Use, float | None], joined: bool) -> Iterator[float | None]:
    """The number of each derivative; of a total one, the sum over the uses, where all are defined."""
    for use in uses:
        if not joined:
            yield numbers[use]
            continue
        several = [number for u, number in numbers.items() if u.argument is use.argument]
        defined = [number for number in several if number is not None]
        yield math.fsum(defined) if len(defined) == len(several) else None


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

    @property
    def may_have_shares(self) -> bool:
        """Whether its formulas may be written in shares."""
        return has_exponentials(self.operations) and self.is_scalar

    @property
    def is_joint(self) -> bool:
        """Whether it has a function of several numbers at once in it, as softmax, and is one of scalars."""
        return is_joint(self.operations) and self.is_scalar


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


def shown_uses(step: Step, total: bool = False) -> list[Use]:
    """The uses that a derivative is shown for: with `total`, and in a joint step, one for each quantity.

    A joint step records its numbers in the order of a search for the largest: here they are in that of their
    indices.
    """
    uses = carrying(step.uses)
    if not (total or step.is_joint):
        return uses
    first = list({use.argument: use for use in reversed(uses)}.values())[::-1]
    if not step.is_joint:
        return first
    symbols = [name_of(use.argument) for use in first]
    letters = ["" if symbol is None else letter_of(symbol) for symbol in symbols]
    indices = [[int(n) for n in re.findall(r"\d+", use.argument.label or "")] for use in first]
    places = sorted(range(len(first)), key=lambda i: (letters.index(letters[i]), indices[i]))
    return [first[i] for i in places]


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


def trace_step(step: Step, chosen: bool = False, joined: bool = False) -> TracedStep:
    """Record a step once more, and sweep it.

    Args:
        step: a step of scalars.
        chosen: whether an operation that selects, as ``where``, is traced as the argument that it chose: the
            derivative of the other may be undefined.
        joined: whether all uses of a quantity share a leaf.
    """
    leaves: dict[Use, Tracer] = {}
    of_argument: dict[Node, Tracer] = {}
    for use in step.uses:
        leaf = of_argument.get(use.argument) if joined else None
        leaves[use] = leaf or trace(data=use.operation.inputs[use.place])
        of_argument[use.argument] = leaves[use]
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
    slopes: Sequence[Tracer | float], symbols: Mapping[Tracer, Symbol | None], keys: Mapping[Tracer, int]
) -> Math | None:
    """The formula of a derivative, or of the sum of several; None where it is too big.

    Args:
        slopes: derivatives of a traced step.
        symbols: the symbols of its leaves; a leaf without a symbol is written as its number.
        keys: equal for leaves of one quantity.
    """
    try:
        formulas = [
            build(slope, symbols.get, keys) if isinstance(slope, Tracer) else Numeral(float(slope))  # type: ignore[arg-type]
            for slope in slopes
        ]
        return typeset(formulas[0] if len(formulas) == 1 else combined(total_of(formulas)))
    except (FormulaTooBig, OutOfRange):
        return None


# -- in shares --------------------------------------------------------------------------------


def joint_formulas(
    traced: TracedStep,
    uses: Sequence[Use],
    symbols: Mapping[Tracer, Symbol | None],
    keys: Mapping[Tracer, Any],
    naming: Naming,
    at_recorded: bool = True,
) -> JointFormulas | None:
    """The formulas in shares of a step's result and derivatives; None where there are none.

    Args:
        traced: the step; of a joint step, with its uses joined.
        uses: the uses that a derivative is shown for.
        symbols, keys, naming, at_recorded: as for `JointFormulas.of`.
    """
    leaves = [traced.leaves[use] for use in uses]
    try:
        return JointFormulas.of(traced.result, leaves, symbols, keys, naming, at_recorded)
    except (FormulaTooBig, OutOfRange, UnknownName):
        return None


def in_lecture_names(
    result: Node, step: Step, names: Names, joined: bool, at_recorded: bool = True
) -> JointFormulas | None:
    """The formulas in shares of a node's step, by the lectures' names; None where there are no shares.

    Args:
        result: the node.
        step: its step.
        names: the symbol of a node that has a name.
        joined: whether the uses of a quantity count as one.
        at_recorded: as for `JointFormulas.of`.
    """
    if not step.may_have_shares:
        return None
    traced, uses = trace_step(step, joined=joined), shown_uses(step, joined)
    symbols = {leaf: names(use.argument) for use, leaf in traced.leaves.items()}
    keys = {leaf: id(use.argument) for use, leaf in traced.leaves.items()}
    others = [(node, names(node)) for node in topological_order(result) if node is not result]
    taken = {to_text(symbol) for _, symbol in others if symbol is not None}
    unlabelled = {to_text(symbol) for node, symbol in others if symbol is not None and name_of(node) is None}
    naming = lecture_names(names(result), taken, unlabelled)
    return joint_formulas(traced, uses, symbols, keys, naming, at_recorded)


def expression(result: Node, names: Names = name_of) -> Expr:
    """The formula of a node in the named quantities below it.

    Raises:
        FormulaTooBig: as `build`.

    >>> from autograd import softmax
    >>> a, b = Value(0.0, label="a"), Value(1.0, label="b")
    >>> to_text(typeset(expression(softmax([a, b])[0])))
    'eᵃ/(eᵃ + eᵇ)'
    """
    step = step_below(result, names)
    joint = in_lecture_names(result, step, names, step.is_joint)
    return build(result, names) if joint is None else joint.value
