"""A function of two numbers as a map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from autograd import Tensor
from autograd._graph.node import Node
from autograd._support.checks import count
from viz._mathematics.numerals import number
from viz._pictures.arrays import Array, numbers
from viz._plots.parts.costs import CostOfTwo
from viz._plots.parts.functions import Function, arguments_of, check_function, heights, name_of, slopes
from viz._plots.parts.palette import palette_of
from viz._plots.parts.room import axes_or_new, mpl, room_of, type_size, width_of
from viz._plots.parts.scales import Range, span
from viz._plots.parts.words import a_name, coordinates, plain_number, typeset_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ALIKE", "draw_map", "surface", "write_heights"]

Grid = Callable[[Array, Array], Array]  # heights of shape (up, across)
PLANE: Range = (-2.0, 2.0)

GRID, GRID_OF_TENSORS = 101, 41  # points along each axis; of a cost of Tensors, computed one after another
ARROW, SHORTEST_ARROW = 0.2, 0.07  # of the picture
INSIDE = 0.02  # of the picture, between its frame and the marks at a point
AFTER_LAYOUT = 0.9  # the share of the axes' room that is certain after the figure is laid out
APART = 26  # points between two heights
EDGE, SHORTEST = 0.05, 0.12  # of the picture: no number nearer to its frame, or on a shorter line
INWARDS = 9  # points: nor so near to the frame that it would stand out of it
ALIKE = 3.0  # ranges that differ by less have the same scale


def surface(
    f: Function | Node,
    x: Sequence[float] | None = None,
    y: Sequence[float] | None = None,
    *,
    of: Any = None,
    at: Sequence[float] | None = None,
    name: str | None = None,
    resolution: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    r"""Draw a function of two numbers by its contour lines, each with its height.

    The higher, the lighter the ground. Where f is undefined it is blank. Both axes have the same
    scale, so that the gradient is seen to cross the lines at right angles, unless one range is
    more than three times the other. The axes have the names of f's arguments.

    Args:
        f: a function of two numbers; of autograd's functions, for `at`. Functions that take arrays, and
            functions that can be compiled, are computed at all points together. Or the recorded cost of a
            net, drawn over two of its parameters; these two stay as they are.
        x, y: the ranges that are drawn: from -2 to 2; of a cost, 2 on both sides of each number as it is.
        of: for a recorded cost, its two leaves: ``[w, b]`` for Values, ``[(W, (0, 3)), (W, (0, 4))]`` for
            numbers in Tensors. Their present numbers are marked, with the gradient there.
        at: a point (x, y), to draw the gradient there: its two numbers, and an arrow to where f
            rises most. The arrow's length says nothing; towards a near frame it is shorter, and to the
            frame itself there is none.
        name: of f, such as ``"C"``; by default the function's own, and f for a lambda.
        resolution: the points along each axis: by default 101, and 41 for a cost of Tensors.
        ax: the axes to draw in; new ones if None. They are returned.

    Raises:
        TypeError: for anything but a function of two numbers or a recorded cost; with `at`, for a function of
            plain numbers only, such as ``math.sin``.
        ValueError: for an invalid range, a point outside of it, and a function that is constant or undefined
            everywhere in it; for `of` with a function, and a cost without two leaves in it.
        DomainError: where f is undefined at the point.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 2, C(x, y) = 3/2·x² + 1/2·y² and its gradient (3, 1) at (1, 1); a cost of 13,002
    parameters, two of them at a time.

    >>> import viz
    >>> ax = viz.surface(lambda x, y: 1.5 * x**2 + 0.5 * y**2, at=(1, 1), name="C")
    >>> ax.texts[1].get_text()    # after the arrow
    '$\\nabla C$ = (3.00, 1.00)'

    >>> import nn
    >>> net, gate = nn.MLP([2, 2, 1], rng=0), nn.data.gates.XOR
    >>> cost = nn.quadratic_cost(net(gate.X), gate.Y)
    >>> W = net.layers[0].W
    >>> ax = viz.surface(cost, of=[(W, (0, 0)), (W, (0, 1))], resolution=11)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('$w_{00}^{(1)}$', '$w_{01}^{(1)}$')
    """
    cost, function = _cost(f, of, at), cast("Function", f)
    subject = _function(function) if cost is None else _Subject.of_cost(cost, isinstance(f, Tensor))
    across = subject.ranges[0] if x is None else span(x, "x")
    up = subject.ranges[1] if y is None else span(y, "y")
    resolution = subject.resolution if resolution is None else count(resolution, "resolution", 2)
    title = subject.name if name is None else a_name(name, "name")
    gradient = None if at is None else _gradient(function, at, across, up)
    if cost is not None:
        gradient = cost.point, cost.gradient
    ax, lines = draw_map(subject.grid, across, up, ax, subject.arguments, resolution)
    write_heights(ax, lines, [] if gradient is None else _draw_gradient(ax, title, *gradient))
    return ax


@dataclass(frozen=True)
class _Subject:
    """The function that is drawn.

    Attributes:
        grid: its heights.
        name, arguments: for matplotlib.
        ranges, resolution: by default.
    """

    grid: Grid
    name: str
    arguments: Sequence[str]
    ranges: tuple[Range, Range] = (PLANE, PLANE)
    resolution: int = GRID

    @classmethod
    def of_cost(cls, cost: CostOfTwo, is_slow: bool) -> _Subject:
        """A recorded cost; one that is slow is computed at fewer points."""
        resolution = GRID_OF_TENSORS if is_slow else GRID
        return cls(cost.heights, cost.name, cost.names, cost.ranges, resolution)


def _function(f: Function) -> _Subject:
    names = [typeset_label(argument) for argument in arguments_of(f, 2)]
    return _Subject(lambda across, up: heights(f, across, up), typeset_label(name_of(f)), names)


def _cost(f: Any, of: Any, at: Any) -> CostOfTwo | None:
    """A recorded cost over two of its leaves; None for a function of two numbers."""
    if isinstance(f, Node):
        if at is not None:
            raise ValueError("the gradient of a recorded cost is drawn at its present numbers, without at=")
        return CostOfTwo(f, of)
    check_function(f, 2, "surface")
    if of is not None:
        raise ValueError("`of` names two leaves of a recorded cost, and f is a function")
    return None


def draw_map(
    grid: Grid, x: Range, y: Range, ax: Axes | None, labels: Sequence[str], resolution: int = GRID
) -> tuple[Axes, Any]:
    """The contour lines of a function, and the axes they are drawn in; `write_heights` writes their heights.

    Args:
        grid: the heights at the points of a grid, for its two axes.
        x, y: the ranges.
        ax: the axes to draw in; new ones if None.
        labels: of the two axes.
        resolution: the points along each.
    """
    across, up = np.linspace(*x, resolution), np.linspace(*y, resolution)
    ground = np.ma.masked_invalid(grid(across, up))
    if ground.mask.all():
        raise ValueError("f is undefined everywhere in this range")
    low, high = float(ground.min()), float(ground.max())
    if low == high:
        raise ValueError(f"f is {low:g} everywhere in this range: it has no contour lines")

    ratio = (x[1] - x[0]) / (y[1] - y[0])
    alike = 1 / ALIKE < ratio < ALIKE
    ax = axes_or_new(ax, 6.0 * min(max(ratio, 0.6), 2.0) + 0.6 if alike else 8.0, 6.0)
    palette = palette_of(ax)
    levels = mpl("ticker").MaxNLocator(12).tick_values(low, high)
    ax.contourf(across, up, ground, levels=levels, cmap=palette.rising())
    lines = ax.contour(across, up, ground, levels=levels, colors=[palette.positive], linewidths=1.2)
    ax.set(xlabel=labels[0], ylabel=labels[1], xlim=x, ylim=y)
    ax.set_aspect("equal" if alike else "auto")
    return ax, lines


def write_heights(ax: Axes, lines: Any, keep_clear: Sequence[Sequence[float]]) -> None:
    """The heights of contour lines, away from the points that something is drawn on and from each other."""
    ax.apply_aspect()
    corner, picture = _frame(ax)
    occupied = [(np.array(point) - corner) / picture for point in keep_clear]
    apart, edge = (points / (72 * min(room_of(ax))) for points in (APART, INWARDS))
    edge = max(EDGE, edge)
    places = []
    for piece in (piece for line in lines.allsegs for piece in line if len(piece)):
        at = (piece - corner) / picture
        free = np.minimum(at, 1 - at).min(axis=1) * apart / edge  # the frame may be nearer
        for other in occupied:
            free = np.minimum(free, np.hypot(*(at - other).T))
        best = int(free.argmax())
        if free[best] > apart and np.ptp(at, axis=0).max() > SHORTEST:
            places.append(tuple(piece[best].tolist()))
            occupied.append(at[best])
    if places:  # given none, matplotlib would choose
        # Without a format matplotlib writes 1e300 with all its zeros.
        ax.clabel(lines, manual=places, colors=[palette_of(ax).ink], fmt=_written(lines.levels))


def _written(levels: Array) -> dict[float, str]:
    """The text of each height; the 0 of some levels is only nearly 0. As data, which can be pickled."""
    least = 1e-9 * float(np.ptp(levels))
    return {float(z): "0" if abs(z) < least else plain_number(float(z)) for z in levels}


def _frame(ax: Axes) -> tuple[Array, Array]:
    """The lower left corner of a picture, and its width and height."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    return np.array([left, low]), np.array([right - left, high - low])


def _gradient(f: Function, at: Sequence[float], x: Range, y: Range) -> tuple[Array, Array]:
    """A point of the picture, and the gradient there."""
    point = numbers(at, "at")
    if point.shape != (2,):
        raise ValueError(f"at is a point (x, y), not {at!r}")
    if not (x[0] <= point[0] <= x[1] and y[0] <= point[1] <= y[1]):
        raise ValueError(
            f"at is {coordinates(point)}, which is not in the picture: x is from {number(x[0])} to "
            f"{number(x[1])}, y from {number(y[0])} to {number(y[1])}"
        )
    return point, np.array(slopes(f, (float(point[0]), float(point[1]))))


def _draw_gradient(ax: Axes, name: str, point: Array, gradient: Array) -> list[Sequence[float]]:
    """Draw a point, its gradient as an arrow and in numbers; return points of the ground that these hide."""
    ax.apply_aspect()
    corner, picture = _frame(ax)
    palette, start = palette_of(ax), (point - corner) / picture
    tip = start + _reach(start, gradient / picture)
    ax.plot(*point, "o", color=palette.negative, markersize=9, zorder=4, clip_on=False)
    if np.any(tip != start):
        style = {
            "arrowstyle": "-|>", "lw": 3, "color": palette.negative, "mutation_scale": 22, "shrinkA": 0,
            "shrinkB": 0,
        }  # fmt: skip
        ax.annotate(
            "", xy=tuple(corner + tip * picture), xytext=tuple(point), arrowprops=style, zorder=4,
            annotation_clip=False,
        )  # fmt: skip
    widths = [float(abs(gradient).max())] * 2
    text = f"{_nabla(name)} = {coordinates(gradient, widths)}"
    box, size = _text_box(ax, text, start, tip)
    (left, low), (right, high) = box.tolist()
    ax.text(
        (left + right) / 2, (low + high) / 2, text, transform=ax.transAxes, ha="center", va="center",
        size=size, color=palette.ink, zorder=5,
        bbox={"boxstyle": "round,pad=0.2", "fc": palette.paper, "ec": "none", "alpha": 0.85},
    )  # fmt: skip
    around = [(x, y) for x in np.linspace(left, right, 9) for y in (low, high)]
    hidden: list[Sequence[float]] = (corner + picture * [start, (start + tip) / 2, tip, *around]).tolist()
    return hidden


def _nabla(name: str) -> str:
    """The gradient of a function.

    >>> _nabla("$C$"), _nabla("cost")
    ('$\\\\nabla C$', '$\\\\nabla$cost')
    """
    return rf"$\nabla {name[1:]}" if name.startswith("$") else rf"$\nabla${name}"


def _reach(start: Array, gradient: Array) -> Array:
    """The arrow of a gradient, in shares of the picture; none where there is no room for it in the frame."""
    size = float(np.hypot(*gradient))
    if not size:
        return np.zeros(2)
    direction = gradient / size
    free = min(((w > 0) - s) / w for s, w in zip(start, direction, strict=True) if w) - INSIDE
    return direction * min(ARROW, free) if free > SHORTEST_ARROW else np.zeros(2)


def _text_box(ax: Axes, text: str, start: Array, tip: Array) -> tuple[Array, float]:
    """Where a text stands at an arrow, in shares of the picture: two corners in its frame; and its size."""
    room = 72 * AFTER_LAYOUT * np.array(room_of(ax))
    letters = width_of(text) + 1  # and the box around them
    size = min(type_size("large"), 0.9 * room[0] / letters)
    (wide, high), gap = size * np.array([letters, 1.8]) / room, 10 / room[1]
    if tip[1] >= start[1]:
        low = tip[1] + gap if tip[1] + gap + high < 1 - INSIDE else start[1] - gap - high
    else:
        low = tip[1] - gap - high if tip[1] - gap - high > INSIDE else start[1] + gap
    left = tip[0] - wide if tip[0] > 0.5 else tip[0]
    corner = np.clip([left, low], INSIDE, [1 - INSIDE - wide, 1 - INSIDE - high])
    return np.array([corner, corner + np.array([wide, high])]), size
