"""The neutral picture: boxes, links and layers with stable ids, without places, colours and sizes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd._graph.node import Node
from autograd._support.checks import count
from viz._formulas.names import a_node
from viz._mathematics.latex import letter_of, literal
from viz._mathematics.numerals import number
from viz._mathematics.shortening import LONGEST_FORMULA, readable, short_text, typeset_length
from viz._mathematics.signs import EQUALS, GIVES
from viz._mathematics.typeset import Math, Symbol, line, to_text

__all__ = [
    "Box",
    "Cluster",
    "Entry",
    "Factor",
    "Link",
    "Picture",
    "Worked",
    "check_size",
    "first_letter",
    "is_parameter",
    "layers_of",
    "own_leaves",
    "results",
]  # fmt: skip


@dataclass(frozen=True)
class Box:
    """One quantity.

    Attributes:
        id: stable, in reading order.
        kind: data, parameter, result, operation, constant, or group for several folded into one.
        symbol: its name; of a group, the name of the only quantity that others use, else its title.
        formula: the calculation that gave it; None for a leaf.
        value: its number; or the shape of its array, as text; None for a group with several.
        gradient: the derivative of the results by it, the shape of its array, or undefined, in words; None
            where none is shown.
        layer: the layer its label names.
        full_name: its label in full, for a tooltip.
        note: the name of the operation, or the contents of a group.
        faded: whether it is beside the subject of the drawing.
        title: of a group with one quantity that others use.
    """

    id: str
    kind: str
    symbol: Math
    formula: Math | None
    value: float | str | None
    gradient: float | str | None
    layer: str | None = None
    full_name: str = ""
    note: str = ""
    faded: bool = False
    title: str = ""

    @property
    def is_leaf(self) -> bool:
        """Whether it is one quantity that nothing was computed for."""
        return self.formula is None and self.kind != "group"

    @property
    def heading(self) -> Math:
        """Its name; of a group with a title, the title and the quantity that others use.

        >>> from viz._mathematics.latex import label
        >>> box = Box("n0", "group", label("a^{(2)}"), None, 0.5, None, title="layer 2")
        >>> to_text(box.heading)
        'layer 2 → a⁽²⁾'
        """
        return line(literal(self.title), GIVES, self.symbol) if self.title else self.symbol

    def equation(self, longest: int | None = LONGEST_FORMULA) -> Math:
        """heading = formula, or the heading alone.

        Args:
            longest: the number of signs from which a formula is cut; None for a whole one.

        >>> from viz._mathematics.latex import label, parse
        >>> to_text(Box("n0", "result", label("z"), parse("w a + b"), 0.5, -2.0).equation())
        'z = wa + b'
        """
        return _equation(self.heading, self.formula, longest)

    def entries(self) -> list[Entry]:
        """The entries under its heading: its value or shape, and its gradient, where there is one.

        >>> from viz._mathematics.latex import label
        >>> [str(entry) for entry in Box("n0", "data", label("x"), None, 0.5, -2.0).entries()]
        ['value 0.50', 'grad −2.00']
        """
        if self.kind == "constant" and not isinstance(self.value, str):
            return []  # its number is its symbol
        value = Entry("shape" if isinstance(self.value, str) else "value", self.value, False)
        return [e for e in (value, Entry("grad", self.gradient, True)) if e.number is not None]

    def lines(self) -> list[str]:
        """Everything in it as lines of Unicode, for pictures without typesetting."""
        note = [short_text(self.note, LONGEST_FORMULA)] if self.note else []
        return [to_text(self.equation()), *note, *map(str, self.entries())]


@dataclass(frozen=True)
class Entry:
    """A word and its number, or the shape of an array.

    Attributes:
        word: value, shape or grad.
        number: the number, or the shape as text.
        signed: whether it shows its sign, in writing and as a colour.
    """

    word: str
    number: float | str | None
    signed: bool

    @property
    def text(self) -> str:
        """The number as it is written."""
        return number(self.number, self.signed) if isinstance(self.number, float) else str(self.number)

    @property
    def sign(self) -> float | None:
        """The number whose sign is shown, if it has one."""
        return self.number if self.signed and isinstance(self.number, float) and self.number else None

    def __str__(self) -> str:
        return f"{self.word} {self.text}"


@dataclass(frozen=True)
class Link:
    """One use of a quantity.

    Attributes:
        source, target: ids of boxes.
        use: 0, or which of several uses it is, counted from 1.
        derivative: ∂target/∂source as it is written; None where no derivative is shown.
        symbol: the derivative's formula; also where no derivative is shown.
        number: the derivative's number.
        faded: whether it is beside the subject of the drawing.
    """

    source: str
    target: str
    use: int = 0
    derivative: Math | None = None
    symbol: Math | None = None
    number: float | None = None
    faded: bool = False

    def equation(self, longest: int | None = LONGEST_FORMULA, typeset: bool = False) -> Math:
        """∂z/∂w = formula, or ∂z/∂w alone.

        Args:
            longest: the number of signs from which a formula is cut; None for a whole one.
            typeset: whether it is to stand beside an edge, typeset: half as long.
        """
        assert self.derivative is not None
        if typeset and self.symbol is not None:
            return line(self.derivative, EQUALS, readable(self.symbol, LONGEST_FORMULA / 2, typeset_length))
        return _equation(self.derivative, self.symbol, longest)

    def text(self, longest: int | None = LONGEST_FORMULA) -> str:
        """The equation and its number as one line of Unicode; empty where no derivative is shown.

        >>> from viz._mathematics.latex import label
        >>> from viz._mathematics.signs import derivative
        >>> Link("n0", "n1", 0, derivative(label("z"), label("w")), label("a"), 0.5).text()
        '∂z/∂w = a = +0.50'
        """
        if self.derivative is None:
            return ""
        equation = to_text(self.equation(longest))
        return equation if self.number is None else f"{equation} = {number(self.number, signed=True)}"


def _equation(name: Math, formula: Math | None, longest: int | None) -> Math:
    if longest is None:
        return name if formula is None else line(name, EQUALS, formula)
    return readable(name) if formula is None else line(readable(name), EQUALS, readable(formula, longest))


@dataclass(frozen=True)
class Cluster:
    """Boxes of one layer, under a title."""

    id: str
    title: str
    boxes: tuple[str, ...]


@dataclass(frozen=True)
class Factor:
    """A local derivative in a product.

    Attributes:
        link: its place among the links of the picture; None where it has none.
        rows: the derivative, in a product of several; its formula where there is one; and its number.
        number: its number.
    """

    link: int | None
    rows: tuple[Math, ...]
    number: float


@dataclass(frozen=True)
class Worked:
    """The chain rule of what is highlighted.

    Attributes:
        whole: ∂C/∂w; None for the contribution of one path of several.
        factors: along the only path; none where there are several.
        result: the number.
        lines: of several paths: equations in pieces that a line may be broken between.
    """

    whole: Math | None
    factors: tuple[Factor, ...]
    result: Math
    lines: tuple[tuple[Math, ...], ...] = ()

    @property
    def text(self) -> str:
        """The calculation in one line of Unicode."""
        if self.lines:
            return " ".join(to_text(piece).strip() for pieces in self.lines for piece in pieces)
        rows = zip(*(factor.rows for factor in self.factors), strict=True)
        sides = [" · ".join(map(to_text, row)) for row in rows]
        result = [to_text(self.result)] if len(self.factors) > 1 else []
        return " = ".join([*([to_text(self.whole)] if self.whole is not None else []), *sides, *result])

    @property
    def badges(self) -> dict[int, int]:
        """For each link that is a factor of several: which factor it is, counted from 1."""
        if len(self.factors) == 1:
            return {}
        return {factor.link: n for n, factor in enumerate(self.factors, 1) if factor.link is not None}


@dataclass(frozen=True)
class Picture:
    """Boxes in reading order, links in the order of their targets.

    Attributes:
        spine: the ids of the main line, from the first input to the result.
        above, below: for a box of the spine, the box drawn over and under it.
        nodes: for each box of a recorded graph, its nodes: of a folded box several.
        tips: for each box, the only node of it that others use, if there is one.
        worked: the chain rule of what is highlighted.
    """

    name: str
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    layers: tuple[Cluster, ...] = ()
    spine: tuple[str, ...] = ()
    above: dict[str, str] = field(default_factory=dict)
    below: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, tuple[Node, ...]] = field(default_factory=dict, compare=False, repr=False)
    tips: dict[str, Node] = field(default_factory=dict, compare=False, repr=False)
    worked: Worked | None = field(default=None, compare=False, repr=False)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Data side by side: of the letter that the main line begins with, and into the same quantity.

        >>> from viz._mathematics.latex import label
        >>> a = [Box(f"n{i}", "data", label(f"a_{i}"), None, 0.0, 0.0) for i in range(2)]
        >>> Picture("chain", (*a,), (Link("n0", "n2"), Link("n1", "n2")), spine=("n0", "n2")).inputs
        ('n0', 'n1')
        """
        boxes = {box.id: box for box in self.boxes}
        start, goal = (*self.spine, "", "")[:2]
        if goal == "" or boxes[start].kind != "data":
            return ()
        sources = dict.fromkeys(link.source for link in self.links if link.target == goal)
        data = [boxes[source] for source in sources if boxes[source].kind == "data"]
        letter = first_letter(boxes[start].symbol)
        return tuple(box.id for box in data if first_letter(box.symbol) == letter)

    def backward_order(self) -> list[int]:
        """The places of the links in the order of the backward pass: of a box's uses all before its sources.

        >>> Picture("chain", tuple(Box(i, "data", GIVES, None, 0.0, 0.0) for i in "xyz"), (
        ...     Link("x", "y"), Link("y", "z"), Link("x", "z"))).backward_order()
        [1, 2, 0]
        """
        places = {box.id: i for i, box in enumerate(self.boxes)}
        return sorted(range(len(self.links)), key=lambda i: (-places[self.links[i].target], i))


def first_letter(symbol: Math) -> str:
    """The letter that a name begins with; of a title the whole."""
    return letter_of(symbol) if isinstance(symbol, Symbol) else to_text(symbol)


def layers_of(boxes: Sequence[Box], with_groups: bool = False) -> tuple[Cluster, ...]:
    """Boxes whose labels name the same layer, where something is computed in it and nothing is folded.

    A folded box of a net says its own layer, and often stands columns away from the rest of it: a layer with
    one is left out, unless `with_groups`.

    >>> from viz._mathematics.latex import label
    >>> z = Box("n0", "result", label("z^{(1)}"), None, 0.0, 0.0, layer="1")
    >>> layers_of([z])
    (Cluster(id='layer0', title='layer 1', boxes=('n0',)),)
    """
    members: dict[str, list[Box]] = {}
    for box in boxes:
        if box.layer is not None:
            members.setdefault(box.layer, []).append(box)
    kinds = {layer: {box.kind for box in inside} for layer, inside in members.items()}
    names = [layer for layer in members if "result" in kinds[layer]]
    names = [layer for layer in names if with_groups or "group" not in kinds[layer]]
    return tuple(
        Cluster(f"layer{i}", f"layer {layer}", tuple(box.id for box in members[layer]))
        for i, layer in enumerate(names)
    )


def own_leaves(links: Sequence[Link], beside: Iterable[str]) -> dict[str, list[int]]:
    """For each box, the links from leaves that no other box uses.

    Args:
        beside: boxes that stand elsewhere, such as those of the main line.

    >>> own_leaves([Link("x", "z"), Link("w", "z"), Link("b", "z"), Link("w", "y")], ("x", "z"))
    {'z': [2]}
    """
    uses = Counter(link.source for link in links)
    inner = {*beside, *(link.target for link in links)}
    leaves: dict[str, list[int]] = {}
    for i, link in enumerate(links):
        if uses[link.source] == 1 and link.source not in inner:
            leaves.setdefault(link.target, []).append(i)
    return leaves


PARAMETERS = {"w", "W", "b", "B", "θ", "β", "weight", "weights", "bias", "biases"}


def is_parameter(symbol: Symbol) -> bool:
    """Whether a leaf of that name is a parameter, which learning changes.

    >>> from viz._mathematics.latex import label
    >>> is_parameter(label("w_{jk}^{(2)}")), is_parameter(label("w1")), is_parameter(label("y"))
    (True, True, False)
    >>> is_parameter(label("hidden_weights"))
    True
    """
    return any(word in PARAMETERS for word in letter_of(symbol).split("_"))


def results(function: str, C: Any) -> list[Node]:
    """One result, or several from a list or array.

    >>> from autograd import Value
    >>> len(results("draw", [Value(1.0), Value(2.0)]))
    2
    """
    nodes = list(np.ravel(C)) if isinstance(C, np.ndarray) else C if isinstance(C, (list, tuple)) else [C]
    if not nodes:
        raise ValueError(f"{function} was given no node")
    return list(dict.fromkeys(a_node(node, function) for node in nodes))


def check_size(size: int, limit: int, things: str, advice: str) -> None:
    """Raise if a drawing would be too big to read, or if `limit` is no whole number.

    >>> check_size(300, 150, "nodes", "draw one neuron")
    Traceback (most recent call last):
        ...
    ValueError: 300 nodes are too many to draw: the limit is 150. Draw one neuron, or pass limit=300
    """
    if size > count(limit, "limit"):
        raise ValueError(
            f"{size} {things} are too many to draw: the limit is {limit}. "
            f"{advice[0].upper()}{advice[1:]}, or pass limit={size}"
        )
