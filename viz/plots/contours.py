"""A function of two numbers as a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from viz.numerals import MINUS
from viz.plots.arrays import Array, numbers, span
from viz.plots.functions import Function, check_function, heights, slopes
from viz.plots.theme import Theme, axes_or_new, mpl, theme_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ALIKE", "draw_map", "surface"]

Range = tuple[float, float]

GRID = 101  # heights along each axis
ARROW = 0.2  # of the picture
EDGE, SHORTEST = 0.05, 0.12  # of the picture: no number nearer to its frame, or on a shorter line
ALIKE = 3.0  # ranges that differ by less have the same scale


def surface(
    f: Function,
    x: Sequence[float] = (-2, 2),
    y: Sequence[float] = (-2, 2),
    *,
    at: Sequence[float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    r"""Draw a function of two numbers by its contour lines, each with its height.

    The higher, the lighter the ground. Where f is undefined it is blank. Both axes have the same
    scale, so that the gradient is seen to cross the lines at right angles, unless one range is
    more than three times the other.

    Args:
        f: a function of two numbers; of autograd's functions, for `at`.
        x, y: the ranges that are drawn.
        at: a point (x, y), to draw the gradient there: its two numbers, and an arrow to where f
            rises most. The arrow's length says nothing.
        ax: the axes to draw in; new ones if None.

    Returns:
        The axes.

    Raises:
        TypeError: for what is no function of two numbers.
        ValueError: for a range that is none, and a function that is the same number everywhere or
            undefined everywhere in it.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 2, C(x, y) = 3/2·x² + 1/2·y² and its gradient (3, 1) at (1, 1).

    >>> from viz.plots import surface
    >>> ax = surface(lambda x, y: 1.5 * x**2 + 0.5 * y**2, at=(1, 1))
    >>> ax.texts[-1].get_text()
    '$\\nabla f$ = (3, 1)'
    """
    check_function(f, 2, "surface")
    across, up = span(x, "x"), span(y, "y")
    arrow = None if at is None else _arrow(f, at, across, up)
    ax = draw_map(f, across, up, ax, keep_clear=[] if arrow is None else arrow.covers)
    if arrow is not None:
        _draw_arrow(ax, arrow, theme_of(ax))
    return ax


def draw_map(f: Function, x: Range, y: Range, ax: Axes | None, keep_clear: Sequence[Sequence[float]]) -> Axes:
    """The contour lines of f, with their heights written away from the points that are to be drawn on it."""
    across, up = np.linspace(*x, GRID), np.linspace(*y, GRID)
    ground = np.ma.masked_invalid(heights(f, across, up))
    low, high = float(ground.min()), float(ground.max())
    if low == high:
        raise ValueError(f"f is {low:g} everywhere in this range: it has no contour lines")

    ratio = (x[1] - x[0]) / (y[1] - y[0])
    alike = 1 / ALIKE < ratio < ALIKE
    ax = axes_or_new(ax, 6.0 * min(max(ratio, 0.6), 2.0) + 0.6 if alike else 8.0, 6.0)
    theme = theme_of(ax)
    levels = mpl("ticker").MaxNLocator(12).tick_values(low, high)
    ax.contourf(across, up, ground, levels=levels, cmap=theme.rising())
    lines = ax.contour(across, up, ground, levels=levels, colors=[theme.positive], linewidths=1.2)
    ax.set(xlabel="$x$", ylabel="$y$", xlim=x, ylim=y)
    ax.set_aspect("equal" if alike else "auto")
    places = _free_places(lines.allsegs, x, y, np.array(keep_clear).reshape(-1, 2))
    if places:  # given none, matplotlib would choose
        ax.clabel(lines, manual=places, colors=[theme.ink])
    return ax


def _free_places(lines: Any, x: Range, y: Range, keep_clear: Array) -> list[Sequence[float]]:
    """For each piece of a line its point furthest from the frame and from what is to be kept clear."""
    corner, size = np.array([x[0], y[0]]), np.array([x[1] - x[0], y[1] - y[0]])
    others = (keep_clear - corner) / size
    places: list[Sequence[float]] = []
    for piece in (piece for line in lines for piece in line if len(piece)):
        at = (piece - corner) / size
        free = np.minimum(at, 1 - at).min(axis=1)
        if len(others):
            free = np.minimum(free, np.hypot(*(at[:, None] - others).T).min(axis=0))
        if free.max() > EDGE and np.ptp(at, axis=0).max() > SHORTEST:
            places.append(tuple(piece[free.argmax()].tolist()))
    return places


@dataclass(frozen=True)
class _Arrow:
    """A gradient as it is drawn.

    Attributes:
        start, tip: its ends.
        said: what is written at the tip.
        side: left or right, the side of the tip that the text is aligned to.
        covers: points that it and its text hide.
    """

    start: tuple[float, float]
    tip: tuple[float, float]
    said: str
    side: str
    covers: list[tuple[float, float]]


def _arrow(f: Function, at: Sequence[float], x: Range, y: Range) -> _Arrow:
    point = numbers(at, "at")
    if point.shape != (2,):
        raise ValueError(f"at is a point (x, y), not {at!r}")
    gradient = np.array(slopes(f, (float(point[0]), float(point[1]))))
    picture = np.array([x[1] - x[0], y[1] - y[0]])
    size = float(np.hypot(*(gradient / picture)))
    tip = point + (ARROW * gradient / size if size else 0.0)
    inward = -1.0 if tip[0] > (x[0] + x[1]) / 2 else 1.0
    over = 1.0 if gradient[1] >= 0 else -1.0
    text = [tip + picture * (inward * along, over * 0.05) for along in (0.0, 0.08, 0.16, 0.24)]
    covers = [point, (point + tip) / 2, tip, *text]
    said = ", ".join(f"{g:.3g}" for g in gradient).replace("-", MINUS)
    return _Arrow(
        (float(point[0]), float(point[1])),
        (float(tip[0]), float(tip[1])),
        rf"$\nabla f$ = ({said})",
        "right" if inward < 0 else "left",
        [(float(a), float(b)) for a, b in covers],
    )


def _draw_arrow(ax: Axes, arrow: _Arrow, theme: Theme) -> None:
    ax.plot(*arrow.start, "o", color=theme.negative, markersize=9, zorder=4)
    if arrow.tip != arrow.start:
        style = {
            "arrowstyle": "-|>", "lw": 3, "color": theme.negative, "mutation_scale": 22, "shrinkA": 0,
            "shrinkB": 0,
        }  # fmt: skip
        ax.annotate("", xy=arrow.tip, xytext=arrow.start, arrowprops=style, zorder=4)
    over = arrow.tip[1] >= arrow.start[1]
    ax.annotate(
        arrow.said, xy=arrow.tip, xytext=(0, 10 if over else -10), textcoords="offset points",
        ha=arrow.side, va="bottom" if over else "top", size="large", color=theme.ink, zorder=5,
        bbox={"boxstyle": "round,pad=0.2", "fc": theme.paper, "ec": "none", "alpha": 0.85},
    )  # fmt: skip
