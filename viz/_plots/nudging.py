"""The negative gradient, parameter by parameter: how far each should rise or fall."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Tensor
from autograd._derivatives.sweeps import adjoints
from autograd._graph.node import Node, reach
from autograd._support.checks import a_bool, count
from viz._formulas.names import a_node
from viz._mathematics.degrees import in_words
from viz._pictures.arrays import Array, numbers
from viz._plots.parts.named import NamedNodes, Parameters
from viz._plots.parts.palette import palette_of
from viz._plots.parts.room import LETTER, axes_or_new, canvas, mpl, room_of, type_size, width_of
from viz._plots.parts.scales import brightness
from viz._plots.parts.tiles import pictures_of
from viz._plots.parts.words import aligned, names, with_decimals

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["nudge_table", "nudges"]

COLUMNS = 6  # examples that a table shows, as the slide does
TYPE = 0.45  # the size of a table's type; a row is 1 high
CUT = (
    "none of these parameters. Was the graph cut, by no_grad(), or by computing with their numbers (.data)? "
    "Write it with the functions of autograd or NumPy, on the nodes"
)
LONGEST_HEAD = 10  # letters over a column, before they are smaller


def nudges(
    parameters: Parameters,
    *,
    cost: Node | None = None,
    most: int = 12,
    by_size: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw how each parameter should change: bars of -∂C/∂w, the largest first or in the parameters' order.

    A bar to the right, blue, says rise, one to the left, orange, fall. The words compare it with the
    largest: "a lot" from half of it, "somewhat" from a fifth, else "a little".

    Args:
        parameters: nodes: a list, such as ``net.parameters()``, or a dict, such as
            ``net.named_parameters()``, whose names stand for missing labels. Each number in a Tensor has
            its own bar.
        cost: the recorded C whose derivatives are drawn; no ``.grad`` is read or changed. Without it, they
            are the gradients that backward() left, which add up over its calls until they are cleared.
        most: the most bars; a note says how many parameters there are more.
        by_size: whether the largest come first; else the parameters are in their own order, and the first are
            drawn.
        ax: the axes to draw in; new ones if None. They are returned.

    Raises:
        TypeError: for anything but nodes.
        ValueError: for no nodes, for a node without a gradient, for a cost that is not one number or depends
            on none of the parameters, and for gradients that are not finite.
        DomainError: where a derivative of the cost is undefined.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 2, the sign of each component of -∇C, and its relative size.

    >>> import viz
    >>> from autograd import Value
    >>> w, b = Value(2.0, label="w_{0}"), Value(-1.0, label="b")
    >>> ax = viz.nudges([w, b], cost=(3 * w + b - 7) ** 2)
    >>> [(tick.get_text(), float(bar.get_width())) for tick, bar in zip(ax.get_yticklabels(), ax.patches)]
    [('$w_{0}$', 12.0), ('$b$', 4.0)]
    """
    named, most = NamedNodes(parameters, "nudges"), count(most, "most")
    desired = (
        _stored_gradients(named) if cost is None else _desired_by(_one_number(cost, named), "the cost", named)
    )
    rows = _rows(desired, most, a_bool(by_size, "by_size"))
    largest = float(abs(desired).max())
    write = aligned(desired[rows].tolist())

    ax = axes_or_new(ax, 8.0, 1.3 + 0.4 * len(rows))
    palette = palette_of(ax)
    ax.barh(range(len(rows)), desired[rows], color=[palette.sign(x) for x in desired[rows]], height=0.7)
    ax.axvline(0, color=palette.quiet, lw=1)
    row_height = 72 * room_of(ax)[1] / len(rows)  # points
    name_size = min(type_size("large"), 0.5 * row_height)  # a name has an index and an exponent
    ax.set_yticks(range(len(rows)), [named(i) for i in rows], size=name_size)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    size, right_of_bars = min(type_size("medium"), 0.7 * row_height), ax.get_yaxis_transform()
    for row, i in enumerate(rows):
        text = f"{write(desired[i])}  {in_words(desired[i], largest)}"
        ax.text(1.02, row, text, size=size, transform=right_of_bars, va="center", color=palette.ink)
    hidden = named.size - len(rows)
    note = f"\nand {hidden:,} more{', none larger' if by_size else ''}" if hidden else ""
    ax.locator_params(axis="x", nbins=5)
    ax.set_xlabel(rf"$-\partial C/\partial w$ of each parameter{note}")
    return ax


def _one_number(cost: Any, named: NamedNodes) -> Node:
    if getattr(a_node(cost, "the cost of nudges"), "size", 1) != 1:
        raise ValueError(
            f"the cost of nudges is one number, not an array of shape {cost.shape}; see its sum()"
        )
    node: Node = cost
    if not _depends(node, named):
        raise ValueError(f"nudges: the cost depends on {CUT}")
    return node


def _depends(C: Node, named: NamedNodes) -> bool:
    """Whether a result was made from any of the parameters."""
    return not set(named.nodes).isdisjoint(reach([C]))


def _stored_gradients(named: NamedNodes) -> Array:
    """The negative of the gradients that backward() left, as one row."""
    gradients = []
    for i, node in enumerate(named.nodes):
        if node.grad is None:
            which = f"{node.label} " if node.label else ""
            raise ValueError(
                f"parameter {i} {which}has no gradient; pass cost=, or call backward() on the cost first"
            )
        gradients.append(numbers(node.grad, f"the gradient of parameter {i}"))
    return -named.row(gradients)


def _rows(desired: Array, most: int, by_size: bool) -> list[int]:
    """The places of the numbers to be drawn: the largest, of equal ones the first; or the first in order."""
    order: list[int] = (
        np.argsort(-abs(desired), kind="stable").tolist() if by_size else [*range(len(desired))]
    )
    return order[:most]


def nudge_table(
    costs: Iterable[Node],
    parameters: Parameters,
    *,
    examples: Iterable[Any] | None = None,
    pictures: Any = None,
    shape: Sequence[int] = (28, 28),
    most: int = 8,
    by_size: bool = True,
    decimals: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how each training example, and their mean, would change each parameter.

    A row is a parameter, a column an example, a cell -∂Cₖ/∂w; the last column is the mean over all
    examples, -∂C/∂w. Blue cells say rise, orange ones fall. The rows are those with the largest
    means, or the first parameters in their own order; the columns are the first examples. No ``.grad`` is
    changed.

    Args:
        costs: the recorded cost of each example, such as
            ``[nn.quadratic_cost(net(x), y) for x, y in zip(X, Y)]``.
        parameters: as for `nudges`.
        examples: the headings of the columns, such as the labels of the digits.
        pictures: of the examples, over the columns: rows of pixels, shape (n, height · width), such as
            ``digits.images``.
        shape: the height and width of a picture.
        most: the most rows; a note says how many parameters there are more.
        by_size: whether the largest means come first; else the parameters are in their own order.
        decimals: of every number; by default as many as tell the means apart.
        ax: the axes to draw in; new ones if None. They are returned.

    Raises:
        TypeError: for anything but nodes.
        ValueError: for no nodes, costs that are not one number or do not depend on the parameters, and
            derivatives that are not finite.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 2, the table of nudges averaged over the training examples.

    >>> import viz
    >>> from autograd import Value
    >>> w = Value(0.5, label="w")
    >>> ax = viz.nudge_table([(w * x - 1) ** 2 for x in (1.0, 3.0)], [w])
    >>> [text.get_text() for text in ax.texts]
    ['0', '1', 'mean', '$w$', '+1.00', '−3.00', '−1.00']
    """
    named, most = NamedNodes(parameters, "nudge_table"), count(most, "most")
    roots = NamedNodes(costs, "nudge_table", "cost")
    if roots.size != len(roots.nodes):
        raise ValueError("nudge_table takes the costs of the examples one by one, each one number")
    heads = names(examples, roots.size, "examples", "costs") or list(map(str, range(roots.size)))
    images = None if pictures is None else pictures_of(numbers(pictures, "pictures"), shape, "pictures")
    if images is not None and len(images) != roots.size:
        raise ValueError(f"pictures has {len(images)} rows for {roots.size} costs")
    decimals = None if decimals is None else count(decimals, "decimals", 0, 6)
    if not any(_depends(C, named) for C in roots.nodes):
        raise ValueError(f"nudge_table: the costs depend on {CUT}")
    desired = np.array([_desired_by(C, f"cost {k}", named) for k, C in enumerate(roots.nodes)]).T
    means = desired.mean(axis=1)
    rows = _rows(means, most, a_bool(by_size, "by_size"))
    columns = min(roots.size, COLUMNS)
    table = np.column_stack([desired[rows, :columns], means[rows]])
    hidden = [
        f"{n:,} more {kind}"
        for n, kind in ((named.size - len(rows), "parameters"), (roots.size - columns, "examples"))
        if n
    ]
    parts = _Parts(
        rows=[named(i) for i in rows],
        heads=[*heads[:columns], "mean"],
        note=f"and {' and '.join(hidden)}" if hidden else "",
        images=[] if images is None else list(images[:columns]),
    )
    # Three digits of the largest mean; of all numbers where the largest is not among them.
    write = (
        aligned(table[: 1 if by_size else None, -1].tolist()) if decimals is None else with_decimals(decimals)
    )
    return _draw_table(table, parts, write, ax)


def _desired_by(C: Node, name: str, named: NamedNodes) -> Array:
    """The negative derivatives of one cost, as one row."""
    gradients = adjoints(C, np.ones(C.shape, C.dtype) if isinstance(C, Tensor) else 1.0, wrt=named.nodes)
    slopes = [gradients.get(node, np.zeros(np.shape(node.data))) for node in named.nodes]
    return -numbers(named.row(slopes), f"the derivative of {name}")


@dataclass(frozen=True)
class _Parts:
    """The words and pictures of a table.

    Attributes:
        rows: the names of its rows.
        heads: over its columns.
        note: under it.
        images: over its first columns.
    """

    rows: list[str]
    heads: list[str]
    note: str
    images: list[Array]


def _draw_table(table: Array, parts: _Parts, write: Callable[[float], str], ax: Axes | None) -> Axes:
    """Cells of colour and number; the last column stands apart."""
    rows, heads, note = parts.rows, parts.heads, parts.note
    largest = float(abs(table).max()) or 1.0
    texts = [[write(x) for x in row] for row in table.tolist()]
    longest = max(len(text) for row in texts for text in row)
    cell = TYPE * LETTER * (max(longest, min(max(map(len, heads)), LONGEST_HEAD)) + 2)  # some air
    first = TYPE * max(6 * LETTER, *map(width_of, rows)) + 0.5
    lefts = [first + cell * i + (0.4 if i == len(heads) - 1 else 0.0) for i in range(len(heads))]
    side = cell - 0.3 if parts.images else 0.0
    top = side + 1.5  # of the middle of the first row
    width, height = lefts[-1] + cell + 0.2, top + len(rows) - 0.3 + (0.8 if note else 0.0)
    ax, points = canvas(ax, width, height, largest=0.55)
    palette = palette_of(ax)
    style: dict[str, Any] = {"va": "center_baseline", "size": TYPE * points, "color": palette.ink}

    def within(room: float, text: str) -> dict[str, Any]:
        return style | {"size": points * min(TYPE, 0.95 * room / (width_of(text) or 1.0))}

    shade = palette.field()
    for left, head in zip(lefts, heads, strict=True):
        ax.text(left + cell / 2, side + 0.6, head, ha="center", **within(cell, head))
    for left, image in zip(lefts, parts.images, strict=False):
        _draw_picture(ax, image, (left + 0.15, 0.1, side))
    for row, name in enumerate(rows):
        y = top + row
        ax.text(first - 0.25, y + 0.1, name, ha="right", **style)
        for left, x, text in zip(lefts, table[row], texts[row], strict=True):
            ax.add_patch(
                mpl("patches").Rectangle(
                    (left + 0.03, y - 0.47), cell - 0.06, 0.94, fc=shade(0.5 + x / largest / 2), lw=0
                )
            )
            ax.text(left + cell / 2, y + 0.05, text, ha="center", **style)
    if note:
        ax.text(
            width / 2, height - 0.4, note, ha="center", **(within(width, note) | {"color": palette.quiet})
        )
    return ax


def _draw_picture(ax: Axes, image: Array, place: tuple[float, float, float]) -> None:
    """A picture in the middle of a square: its left, its top and its side."""
    left, top, side = place
    tall, wide = (side * n / max(image.shape) for n in image.shape)
    x, y = left + (side - wide) / 2, top + (side - tall) / 2
    low, high = brightness(image)
    limits = ax.get_xlim(), ax.get_ylim()
    ax.imshow(image, cmap="gray", vmin=low, vmax=high, extent=(x, x + wide, y + tall, y))
    ax.set(xlim=limits[0], ylim=limits[1])  # imshow draws the axes in to its picture
