"""From a recorded graph to the program of a page: values, local derivatives and gradients.

Each shown quantity is the trace of its step (`_formulas.derivatives`), each local derivative a trace of the
sweep over that step; so all of it is operations of the table. The gradients are the chain rule itself: from
the result backwards, along each edge the gradient of its target times its local derivative, added up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from autograd._graph.node import Node, name, topological_order
from autograd._graph.primitive import PRIMITIVES
from autograd._nodes.value import Value
from autograd._support.checks import count
from autograd._table.rows import Row
from viz._formulas.derivatives import (
    in_lecture_names,
    joint_formulas,
    shown_uses,
    slope_formula,
    step_below,
    trace_step,
)  # fmt: skip
from viz._formulas.exponentials import Exponentials, Share
from viz._formulas.joint import Desired, Naming
from viz._formulas.setting import typeset
from viz._formulas.trace import Tracer, calculated, shares_of
from viz._mathematics.signs import ELLIPSIS
from viz._mathematics.typeset import Math, Symbol
from viz._pages.chain.live import LAST_SLOT, Live, read
from viz._pictures.chain import chain_picture
from viz._pictures.picture import Box, Picture
from viz._pictures.steps import PictureNumbers, figure

__all__ = ["Cells", "InnerLeaf", "Recording", "record"]

OPERATIONS_PER_QUANTITY = 100


@dataclass
class Cells:
    """The program of a page, in the order of computing: inputs, constants, operations on earlier cells.

    A cell's place is its slot. The same operation on the same slots is one cell.

    >>> program = Cells()
    >>> x = program.input(3.0)
    >>> program.operation("mul", (x, x)) == program.operation("mul", (x, x))
    True
    >>> program.cells
    [3.0, ['mul', 0, 0]]
    """

    cells: list[Any] = field(default_factory=list)
    _slots: dict[Any, int] = field(default_factory=dict, repr=False)

    def input(self, number: float) -> int:
        """A cell that may be changed, and its first number."""
        self.cells.append(number)
        return len(self.cells) - 1

    def constant(self, number: float) -> int:
        return self._cell(repr(number), number)  # by its digits: 0.0 and -0.0 are two numbers

    def operation(self, name: str, slots: Sequence[int]) -> int:
        cell = [name, *slots]
        return self._cell(tuple(cell), cell)

    def derivative(self, slot: int, of: int) -> int:
        """A derivative's number, which is undefined where the differentiated quantity is."""
        return self.operation("where", (self.constant(1.0), slot, of))

    def _cell(self, key: Any, cell: Any) -> int:
        if key not in self._slots:
            self._slots[key] = len(self.cells)
            self.cells.append(cell)
        return self._slots[key]

    def emit(self, result: Tracer | float, leaves: Mapping[Tracer, int]) -> int:
        """The slot of a trace, or of a number.

        Args:
            result: the trace to compute.
            leaves: the slots of its leaves.
        """
        if not isinstance(result, Tracer):
            return self.constant(float(result))
        slots: dict[Any, int] = dict(leaves)
        for node in topological_order(result):
            if node not in slots and node.is_leaf:
                slots[node] = self.constant(node.data)
            elif node not in slots:
                args = [slots[a] if isinstance(a, Tracer) else self.constant(a) for a in node.args]
                slots[node] = self.operation(node.op.key, args)  # type: ignore[union-attr]
        return slots[result]


@dataclass(frozen=True)
class InnerLeaf:
    """A leaf inside a folded box, and the slots of its value and its gradient."""

    box: Box
    value: int
    gradient: int


@dataclass
class Recording:
    """A picture and the program that computes every number in it.

    Attributes:
        picture: the picture of `draw_chain`.
        program: the program.
        value, gradient: for each box, the slots of its value and of its gradient; none for a folded box of
            which others use several quantities.
        slope: for each link, the slot of its local derivative; None between boxes without such a number.
        product, total: for each link, the slots of its contribution to the gradient of its source, and of the
            sum of the contributions so far, in the order of the backward pass.
        formulas: for each computed box, its formula in live numbers; None if it is too big.
        slopes: for each link, the formula of its local derivative in live numbers; None if it is constant.
        inside: for each folded box, its leaves.
        ones: the slots of sums, as of desired outputs, that formulas of derivatives take for 1.
        general: for each link with such a formula, the one that holds for any sum, in names and in live
            numbers.
    """

    picture: Picture
    program: Cells = field(default_factory=Cells)
    value: dict[str, int] = field(default_factory=dict)
    gradient: dict[str, int] = field(default_factory=dict)
    slope: list[int | None] = field(default_factory=list)
    product: dict[int, int] = field(default_factory=dict)
    total: dict[int, int] = field(default_factory=dict)
    formulas: dict[str, Math | None] = field(default_factory=dict)
    slopes: list[Math | None] = field(default_factory=list)
    inside: dict[str, list[InnerLeaf]] = field(default_factory=dict)
    ones: set[int] = field(default_factory=set)
    general: dict[int, tuple[Math, Math]] = field(default_factory=dict)

    def generally(self) -> Recording:
        """The recording with formulas that hold whatever leaf is moved."""
        links, slopes = list(self.picture.links), list(self.slopes)
        for i, (symbol, in_numbers) in self.general.items():
            links[i], slopes[i] = replace(links[i], symbol=symbol), in_numbers
        return replace(self, picture=replace(self.picture, links=tuple(links)), slopes=slopes)

    def leaves(self) -> set[int]:
        """The slots of the numbers that may be changed."""
        shown = {self.value[box.id] for box in self.picture.boxes if box.is_leaf}
        return shown | {leaf.value for leaves in self.inside.values() for leaf in leaves}

    def numbers(self) -> PictureNumbers:
        """Its live numbers, for the steps."""

        def live(slots: Mapping[Any, int]) -> dict[Any, Math]:
            return {key: figure(Live(slot).text) for key, slot in slots.items()}

        formulas = {box: formula or ELLIPSIS for box, formula in self.formulas.items()}
        slopes = {i: slope for i, slope in enumerate(self.slopes) if slope is not None}
        of_links = {i: slot for i, slot in enumerate(self.slope) if slot is not None}
        by_box = live(self.value), live(self.gradient), live(of_links)
        return PictureNumbers(*by_box, live(self.product), live(self.total), _write, formulas, slopes)

    def rows(self) -> list[Row]:
        """The rows of the table that the program uses, in the table's order."""
        used = {cell[0] for cell in self.program.cells if isinstance(cell, list)}
        return [row for row in PRIMITIVES.values() if isinstance(row, Row) and row.key in used]


def _write(text: str, guard: bool, signed: bool) -> Math:
    live = read(text)
    assert live is not None
    return Live(live.slot, guard, signed).atom


def record(C: Node, limit: int, *, whole: bool = True) -> Recording:
    """The recording of a result, a `Value`; the graph is left as it is.

    Args:
        limit: the most boxes; of operations, a hundred times as many.
        whole: whether all boxes are shown; if not, `limit` is for those of the folded picture.

    Raises:
        TypeError: for anything but a `Value`.
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
    picture = chain_picture(C, limit=limit if whole else len(order))
    recording = Recording(picture)
    boxes = {picture.nodes[box.id][0]: box for box in picture.boxes}
    numbers: dict[Node, Any] = {node: box.value for node, box in boxes.items() if node.is_leaf}
    _check_leaves(order, numbers)
    for leaf, number in numbers.items():
        recording.value[boxes[leaf].id] = recording.program.input(number)
    for node in boxes:
        if not node.is_leaf:
            _record_step(recording, node, boxes)
    _record_gradients(recording)
    if len(recording.program.cells) > LAST_SLOT:
        raise ValueError(
            f"with its derivatives this is {len(recording.program.cells)} operations, too many for a page: "
            f"the most is {LAST_SLOT}. Show a smaller part"
        )
    return recording


def _check_leaves(order: list[Node], numbers: dict[Node, Any]) -> None:
    for node in order:
        for argument, number in zip(node.args, node.inputs if node.args else (), strict=True):
            if isinstance(argument, Node) and numbers.get(argument, number) != number == number:
                raise ValueError(
                    f"{name(argument)} was {numbers[argument]!r} and then {number!r} while this was "
                    "recorded; a page shows one number for each quantity"
                )
    for leaf, number in numbers.items():
        if not math.isfinite(number):
            raise ValueError(f"a page shows finite numbers, and {name(leaf)} is not one")


def _record_step(recording: Recording, node: Node, boxes: dict[Node, Box]) -> None:
    """The calculation of one quantity from others: its value, and its derivative by each use of them."""

    def symbol(named: Node) -> Any:
        return boxes[named].symbol if named in boxes else None

    step = step_below(node, symbol)
    for operation in step.operations:
        if operation.op.reverse_only:  # type: ignore[union-attr]
            raise ValueError(
                f"a page computes gradients from local derivatives, and {operation.op} has none: it says "
                "only what becomes of a gradient. viz.draw_chain draws it"
            )
    traced = trace_step(step, joined=step.is_joint)
    program, value, box = recording.program, recording.value, boxes[node].id
    uses = shown_uses(step)
    # The uses of a quantity share its slot.
    slots = {leaf: value[boxes[use.argument].id] for use, leaf in traced.leaves.items()}
    live = {leaf: figure(Live(slot).text) for leaf, slot in slots.items()}
    value[box] = program.emit(traced.result, slots)
    of_slot = {slot: leaf for leaf, slot in slots.items()}
    naming = _live_naming(program, of_slot, slots)
    joint = None
    if step.may_have_shares:
        joint = joint_formulas(traced, uses, live, slots, naming)
    if joint is not None:
        if joint.ones:
            named = in_lecture_names(node, step, symbol, step.is_joint, at_recorded=False)
            general = joint_formulas(traced, uses, live, slots, naming, at_recorded=False)
            assert named is not None
            assert general is not None
            both = zip(map(typeset, named.slopes), map(typeset, general.slopes), strict=True)
            recording.general |= dict(enumerate(both, len(recording.slope)))
            recording.ones |= {program.emit(calculated(e, of_slot), slots) for e in joint.ones}
        recording.formulas[box] = typeset(joint.value)
        slopes: list[Math | None] = [typeset(slope) for slope in joint.slopes]
    else:
        recording.formulas[box] = slope_formula([traced.result], live, slots)
        slopes = [slope_formula([traced.slopes[use]], live, slots) for use in uses]
    for use, formula_of_slope in zip(uses, slopes, strict=True):
        slope = traced.slopes[use]
        recording.slope.append(program.derivative(program.emit(slope, slots), value[box]))
        recording.slopes.append(formula_of_slope if isinstance(slope, Tracer) else None)


def _live_naming(program: Cells, leaves: Mapping[Any, Tracer], slots: Mapping[Tracer, int]) -> Naming:
    """Shares as numbers of the program."""

    def naming(
        rules: Exponentials, desired: Mapping[Desired, float], own: Share | None
    ) -> Mapping[Any, Symbol]:
        cells: dict[Any, int] = {key: program.constant(number) for key, number in desired.items()}
        known = dict(leaves)
        for group, exponents in enumerate(rules.exponents):
            for place, share in enumerate(shares_of(exponents, known)):
                known[Share(group, place)] = share
                cells[Share(group, place)] = program.emit(share, slots)
        return {key: figure(Live(slot).text) for key, slot in cells.items()}

    return naming


def _record_gradients(recording: Recording) -> None:
    program, picture = recording.program, recording.picture
    root = picture.boxes[-1].id
    recording.gradient[root] = program.derivative(program.constant(1.0), recording.value[root])
    for i in picture.backward_order():
        link = picture.links[i]
        slope = recording.slope[i]
        assert slope is not None  # nothing is folded
        product = program.operation("mul", (recording.gradient[link.target], slope))
        before = recording.gradient.get(link.source)
        total = product if before is None else program.operation("add", (before, product))
        recording.gradient[link.source] = total
        recording.product[i], recording.total[i] = product, total
