"""A drawing before it is DOT: what there is to see, with stable ids, and nothing of how it is drawn."""

from __future__ import annotations

import functools
import operator
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd._derivatives.sweeps import adjoints
from autograd._graph.context import resumed
from autograd._graph.node import DomainError, Node, topological_order
from autograd._nodes.tensor import Tensor
from autograd._support.checks import count
from viz._formulas.arguments import a_node
from viz._mathematics.latex import letter_of, literal
from viz._mathematics.numerals import number
from viz._mathematics.signs import GIVES
from viz._mathematics.typeset import Math, Symbol, line

__all__ = [
    "UNDEFINED", "Box", "Layer", "Link", "Picture", "Row",
    "check_size", "gradients", "is_parameter", "own_leaves", "results", "shape_or_number", "values",
]  # fmt: skip

UNDEFINED = "undefined"  # what stands for a gradient that is no number, as that of x in √x at 0


@dataclass(frozen=True)
class Box:
    """One quantity.

    Attributes:
        id: stable, in reading order.
        kind: data, parameter, result, operation, constant, or group for several folded into one.
        symbol: its name; for a group, that of the one quantity others use, or its title if they use several.
        formula: what it was made by; None for a leaf.
        value: its number; or the shape of its array, as text; None for a group with several.
        gradient: the derivative of the results by it, the shape of its array, or `UNDEFINED`; None where
            none is shown.
        layer: the layer its label names.
        full_name: its label in full, for a tooltip.
        note: a small word beside the formula: the operation's name, or what a group holds.
        faded: whether it is beside what the drawing is about.
        title: of a group that others use one quantity of.
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
    def heading(self) -> Math:
        """What stands at its top: its name, or the title of a group and what it gives to others.

            >>> from viz._mathematics.latex import label
        >>> from viz._mathematics.typeset import to_text
        >>> box = Box("n0", "group", label("a^{(2)}"), None, 0.5, None, title="layer 2")
            >>> to_text(box.heading)
            'layer 2 → a⁽²⁾'
        """
        return line(literal(self.title), GIVES, self.symbol) if self.title else self.symbol

    def rows(self) -> list[Row]:
        """What it says under its title: its value or shape, and its gradient, where there is one.

            >>> from viz._mathematics.latex import label
        >>> [(row.word, row.text) for row in Box("n0", "data", label("x"), None, 0.5, -2.0).rows()]
            [('value', '0.50'), ('grad', '−2.00')]
        """
        if self.kind == "constant" and not isinstance(self.value, str):
            return []  # its number is its title
        named = "shape" if isinstance(self.value, str) else "value"
        said = ((named, self.value, False), ("grad", self.gradient, True))
        return [Row(word, what, signed) for word, what, signed in said if what is not None]


@dataclass(frozen=True)
class Row:
    """A word and its number, or the shape of an array.

    Attributes:
        word: value, shape or grad.
        what: the number, or the shape as text.
        signed: whether it shows its sign, in writing and as a colour.
    """

    word: str
    what: float | str
    signed: bool

    @property
    def text(self) -> str:
        return self.what if isinstance(self.what, str) else number(self.what, self.signed)

    @property
    def sign(self) -> float | None:
        """The number whose sign is shown, if that is one."""
        return self.what if self.signed and isinstance(self.what, float) and self.what else None


@dataclass(frozen=True)
class Link:
    """One use of a quantity.

    Attributes:
        source, target: ids of boxes.
        use: 0, or which use of several this is.
        derivative: whether it shows ∂target/∂source.
        symbol: the local derivative's formula.
        number: its number.
        faded: whether it is beside what the drawing is about.
    """

    source: str
    target: str
    use: int = 0
    derivative: bool = False
    symbol: Math | None = None
    number: float | None = None
    faded: bool = False


@dataclass(frozen=True)
class Layer:
    """A group of boxes with a title."""

    id: str
    title: str
    boxes: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """Boxes in reading order, links in the order of their targets.

    Attributes:
        spine: the ids of the main line, from the first input to the result.
        above, below: for a box of the spine, the box drawn over and under it.
    """

    name: str
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    layers: tuple[Layer, ...] = ()
    spine: tuple[str, ...] = ()
    above: dict[str, str] = field(default_factory=dict)
    below: dict[str, str] = field(default_factory=dict)


def own_leaves(links: Sequence[Link], spine: Iterable[str]) -> dict[str, list[int]]:
    """For each box, the links from what it alone uses and nothing leads to, outside of the main line.

    >>> own_leaves([Link("x", "z"), Link("w", "z"), Link("b", "z"), Link("w", "y")], ("x", "z"))
    {'z': [2]}
    """
    uses = Counter(link.source for link in links)
    inner = {*spine, *(link.target for link in links)}
    found: dict[str, list[int]] = {}
    for i, link in enumerate(links):
        if uses[link.source] == 1 and link.source not in inner:
            found.setdefault(link.target, []).append(i)
    return found


PARAMETERS = {"w", "W", "b", "B", "θ", "β", "weight", "weights", "bias", "biases"}


def is_parameter(symbol: Symbol) -> bool:
    """Whether a leaf of that name is one of those that learning changes.

    >>> from viz._mathematics.latex import label
    >>> is_parameter(label("w_{jk}^{(2)}")), is_parameter(label("y"))
    (True, False)
    >>> is_parameter(label("hidden_weights"))
    True
    """
    return any(word in PARAMETERS for word in letter_of(symbol).split("_"))


def results(what: str, C: Any) -> list[Node]:
    """One result, or several from a list or array.

    >>> from autograd import Value
    >>> len(results("draw", [Value(1.0), Value(2.0)]))
    2
    """
    found = list(np.ravel(C)) if isinstance(C, np.ndarray) else C if isinstance(C, (list, tuple)) else [C]
    if not found:
        raise ValueError(f"{what} was given no node")
    return list(dict.fromkeys(a_node(node, what) for node in found))


def shape_or_number(data: object) -> float | str:
    """A number, or the shape of an array: 3×2.

    >>> import numpy as np
    >>> shape_or_number(np.zeros((3, 2))), shape_or_number(2)
    ('3×2', 2.0)
    """
    shape = getattr(data, "shape", ())
    return "×".join(map(str, shape)) if shape else float(data)  # type: ignore[arg-type]


def gradients(roots: Sequence[Node], shown: Iterable[Node]) -> dict[Node, float | str]:
    """The derivatives that a drawing shows, by a sweep of its own: no ``.grad`` is read or written.

    What earlier calls of ``backward()`` left belongs to other results, or to this one twice. Of several
    results, and of an array, it is the derivative of their sum. A derivative that is not defined is
    `UNDEFINED`, and so are those by all that its quantity was made from; the others are numbers.

    >>> from autograd import Value, sqrt
    >>> x, y = Value(3.0, label="x"), Value(0.0, label="y")
    >>> list(gradients([x * x], [x]).values()), list(gradients([x * x, 5 * x], [x]).values())
    ([6.0], [11.0])
    >>> list(gradients([x + sqrt(y)], [x, y]).values())
    [1.0, 'undefined']
    """
    shown = list(shown)
    slopes: dict[Node, Any] = {node: np.zeros(getattr(node, "shape", ())) for node in shown}
    # A Tensor's sweep divides by zero as NumPy does; but nobody computes with a drawing.
    with resumed(), np.errstate(all="ignore"):
        for total in _totals(roots):
            slopes |= _swept(total, shown)
    return {node: s if isinstance(s := slopes[node], str) else shape_or_number(s) for node in shown}


def _totals(roots: Sequence[Node]) -> list[Node]:
    """The sum of the Values and the sum of the Tensors; between these there is none."""
    numbers = [root for root in roots if not isinstance(root, Tensor)]
    arrays = [root.sum() for root in roots if isinstance(root, Tensor)]
    return [functools.reduce(operator.add, same) for same in (numbers, arrays) if same]


def _swept(total: Node, shown: Iterable[Node]) -> dict[Node, Any]:
    """The derivatives of one number by the nodes that it was made from, `UNDEFINED` for some."""
    seed = np.ones((), total.dtype) if isinstance(total, Tensor) else 1.0
    with suppress(DomainError):
        return adjoints(total, seed)
    # Some derivative is undefined, and so are all behind it. Each of the others has a sweep of its own.
    wanted, lost = set(shown), set[Node]()
    slopes: dict[Node, Any] = {}
    for node in reversed(topological_order(total)):
        if node in wanted and node not in lost:
            try:
                slopes |= adjoints(total, seed, wrt=[node])
            except DomainError:
                lost.add(node)
        if node in lost:
            slopes[node] = UNDEFINED
            lost.update(node.parents)
    return slopes


def values(order: list[Node]) -> dict[Node, float | str]:
    """The numbers of the recorded pass: a leaf that was changed since shows what the results saw."""
    found: dict[Node, float | str] = {}
    for node in order:
        for argument, seen in zip(node.args, node.inputs if node.args else (), strict=True):
            if isinstance(argument, Node) and argument.is_leaf:
                found.setdefault(argument, shape_or_number(seen))
    for node in order:
        if node not in found:
            found[node] = shape_or_number(node.data)
    return found


def check_size(size: int, limit: int, what: str, way_out: str) -> None:
    """Raise if a drawing would be too big to read, or if `limit` is no whole number.

    >>> check_size(300, 150, "nodes", "draw one neuron")
    Traceback (most recent call last):
        ...
    ValueError: 300 nodes are too many to draw: the limit is 150. Draw one neuron, or pass limit=300
    """
    if size > count(limit, "limit"):
        raise ValueError(
            f"{size} {what} are too many to draw: the limit is {limit}. "
            f"{way_out[0].upper()}{way_out[1:]}, or pass limit={size}"
        )
