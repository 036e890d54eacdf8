"""From a recorded graph to what a page computes: values, local derivatives and gradients, as one program.

The calculation of each shown quantity is traced as `viz.derivatives` records it, one leaf for each
use of a quantity, and swept by the engine; so is every local derivative an operation of the table.
The gradients are the chain rule itself: from the result backwards, along each edge the gradient of
its target times its local derivative, added up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from autograd._derivatives.sweeps import adjoints
from autograd._graph.node import Node, name, topological_order
from autograd._graph.primitive import PRIMITIVES
from autograd._nodes.value import Value
from autograd._support.checks import count
from autograd._table.rows import Row
from viz._formulas.derivatives import carrying, step
from viz._formulas.expressions import FormulaTooBig, build
from viz._formulas.names import Names
from viz._formulas.setting import typeset
from viz._mathematics.typeset import Math, Symbol
from viz._page.live import LAST_SLOT, shown
from viz._page.trace import Program, Trace, trace
from viz._pictures.chain import chain_picture
from viz._pictures.picture import Picture

__all__ = ["Recording", "record"]

OPERATIONS_PER_QUANTITY = 100


@dataclass(frozen=True)
class Gain:
    """What a quantity's gradient gains along an edge: slots of the product, and of the sum so far."""

    link: int
    product: int
    total: int


@dataclass
class Recording:
    """What a page shows and computes.

    Attributes:
        picture: what `draw_chain` draws.
        program: computes every number of it.
        value: for each box, the slot of its value.
        gains: for each box, how its gradient adds up, in the order of the backward pass.
        gradient: for each box, the slot of its gradient.
        slope: for each link, the slot of its local derivative.
        formulas: for each box that was computed, its formula in live numbers; None if it is too big.
        slopes: for each link, the formula of its local derivative in live numbers; None if it is constant.
        symbols: the same in names.
    """

    picture: Picture
    program: Program = field(default_factory=Program)
    value: dict[str, int] = field(default_factory=dict)
    gains: dict[str, list[Gain]] = field(default_factory=dict)
    gradient: dict[str, int] = field(default_factory=dict)
    slope: list[int] = field(default_factory=list)
    formulas: dict[str, Math | None] = field(default_factory=dict)
    slopes: list[Math | None] = field(default_factory=list)
    symbols: list[Math | None] = field(default_factory=list)

    def rows(self) -> list[Row]:
        """The rows of the table that the program uses, in the table's order."""
        used = {cell[0] for cell in self.program.cells if isinstance(cell, list)}
        return [row for row in PRIMITIVES.values() if isinstance(row, Row) and row.key in used]


def record(C: Node, limit: int) -> Recording:
    """The recording of a result, a `Value`; the graph is left as it is.

    Raises:
        TypeError: for what is not a `Value`.
        ValueError: for a graph too big, a leaf that is not finite, or one that had two numbers.

    >>> x = Value(3.0, label="x")
    >>> recording = record(x * x, 60)
    >>> [row.name for row in recording.rows()], recording.value["n0"]
    (['add', 'mul', 'where'], 0)
    """
    if not isinstance(C, Value):
        hint = "; a page shows scalars only: take one number of it, as Values" if isinstance(C, Node) else ""
        raise TypeError(f"lecture_page takes a Value, not {type(C).__name__} ({C!r:.80}){hint}")
    order = topological_order(C)
    operations = sum(not node.is_leaf for node in order)
    most = OPERATIONS_PER_QUANTITY * count(limit, "limit")
    if operations > most:
        raise ValueError(
            f"{operations} operations are too many for a page: the limit is {most}, "
            f"{OPERATIONS_PER_QUANTITY} for each of {limit} quantities. Show a smaller part, or raise limit"
        )
    recording = Recording(chain_picture(C, limit=limit))
    names = Names(order, {node for node in order if node is C or node.is_leaf})
    shown_nodes = [node for node in order if names(node) is not None]
    boxes = {node: box.id for node, box in zip(shown_nodes, recording.picture.boxes, strict=True)}
    numbers = _numbers_of_leaves(order, C)
    for node, box in boxes.items():
        if node.is_leaf:
            recording.value[box] = recording.program.input(numbers[node])
    for node, box in boxes.items():
        if not node.is_leaf:
            _record_step(recording, node, box, names, boxes)
    _record_gradients(recording, boxes[C])
    if len(recording.program.cells) > LAST_SLOT:
        raise ValueError(
            f"with its derivatives this is {len(recording.program.cells)} operations, too many for a page: "
            f"the most is {LAST_SLOT}. Show a smaller part"
        )
    # A derivative that was undefined when it was recorded, as that of √x at 0, has a formula all the same.
    links = tuple(
        replace(link, symbol=link.symbol or symbol)
        for link, symbol in zip(recording.picture.links, recording.symbols, strict=True)
    )
    recording.picture = replace(recording.picture, links=links)
    return recording


def _numbers_of_leaves(order: list[Node], C: Value) -> dict[Node, float]:
    """The numbers that the recorded pass saw."""
    found: dict[Node, float] = {C: C.data} if C.is_leaf else {}
    for node in order:
        for argument, number in zip(node.args, node.inputs if node.args else (), strict=True):
            if not isinstance(argument, Node) or not argument.is_leaf:
                continue
            if found.setdefault(argument, number) != number and number == number:
                raise ValueError(
                    f"{name(argument)} was {found[argument]!r} and then {number!r} while this was recorded; "
                    "a page shows one number for each quantity"
                )
    for leaf, number in found.items():
        if not math.isfinite(number):
            raise ValueError(f"a page shows finite numbers, and {name(leaf)} is not one")
    return found


def _record_step(recording: Recording, node: Node, box: str, names: Names, boxes: dict[Node, str]) -> None:
    """The calculation of one quantity from others: its value, and its derivative by each use of them."""
    interior, uses, _ = step(node, names)
    leaves = {(operation, i): trace() for operation, i, _ in uses}
    traced: dict[Node, Trace] = {}
    for operation in interior:
        if operation.op.reverse_only:  # type: ignore[union-attr]
            raise ValueError(
                f"a page computes gradients from local derivatives, and {operation.op} has none: it says "
                "only what becomes of a gradient. viz.draw_chain draws it"
            )
        args = tuple(
            leaves.get((operation, i)) or traced[a] if isinstance(a, Node) else a
            for i, a in enumerate(operation.args)
        )
        traced[operation] = trace(operation.op, args)
    program, value = recording.program, recording.value
    slots = {leaf: value[boxes[a]] for leaf, (_, _, a) in zip(leaves.values(), uses, strict=True)}
    value[box] = program.emit(traced[node], slots)

    symbols = {leaf: shown(slot) for leaf, slot in slots.items()}
    keys = dict(slots)  # uses of one quantity are one name
    recording.formulas[box] = _formula(traced[node], symbols, keys)
    found = adjoints(traced[node], 1.0, wrt=leaves.values(), create_graph=True) if leaves else {}
    named = {leaf: names.symbols[a] for leaf, (_, _, a) in zip(leaves.values(), uses, strict=True)}
    for operation, i, _ in carrying(uses):
        leaf = leaves[operation, i]
        slope = found.get(leaf, 0.0)
        recording.slope.append(program.derivative(program.emit(slope, slots), value[box]))
        recording.slopes.append(_formula(slope, symbols, keys) if isinstance(slope, Node) else None)
        recording.symbols.append(_formula(slope, named, keys) if isinstance(slope, Node) else None)


def _formula(node: Node, symbols: dict[Trace, Symbol], keys: dict[Trace, int]) -> Math | None:
    try:
        return typeset(build(node, symbols.get, keys))  # type: ignore[arg-type]
    except FormulaTooBig:
        return None


def _record_gradients(recording: Recording, root: str) -> None:
    program, picture = recording.program, recording.picture
    recording.gradient[root] = program.derivative(program.constant(1.0), recording.value[root])
    recording.gains = {box.id: [] for box in picture.boxes}
    for box in reversed(picture.boxes):  # targets come after sources, so a gradient is whole when it is used
        for i, link in enumerate(picture.links):
            if link.target == box.id:
                product = program.operation("mul", (recording.gradient[box.id], recording.slope[i]))
                so_far = recording.gradient.get(link.source)
                total = product if so_far is None else program.operation("add", (so_far, product))
                recording.gradient[link.source] = total
                recording.gains[link.source].append(Gain(i, product, total))
