"""Gradient descent, step by step, on the function it descends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import DomainError
from autograd._support.checks import above, count
from viz._mathematics.numerals import number
from viz._pictures.arrays import Array, numbers
from viz._plots.contours import ALIKE, draw_map, write_heights
from viz._plots.parts.functions import Function, arguments_of, check_function, heights, name_of, slopes
from viz._plots.parts.palette import Palette, palette_of
from viz._plots.parts.room import MARKERS, axes_or_new, legend_below, mpl
from viz._plots.parts.scales import Range, span
from viz._plots.parts.words import a_name, call, coordinates, typeset_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Runs", "descent", "draw_runs", "runs_of"]

MARGIN = 0.15  # of what the runs cover, around them
POINTS = 401  # of a curve
SQUARE = 0.7  # the least height of a map, in its width, and the other way round
BOUND = 1e100  # a run beyond it is no run to draw
TANGENT, LATER = (
    0.12,
    0.05,
)  # half the length of a tangent at a start and at later steps, in widths of the picture
BESIDE = 4.0  # how far beyond the runs other minima are looked for, in widths of the runs
NEXT = 0.05  # as far beyond the runs is another minimum, in widths of the runs
APART = 0.03  # of the picture's width: no tangent nearer to the one before


def descent(
    f: Function,
    starts: Any,
    lr: float,
    steps: int,
    *,
    x: Sequence[float] | None = None,
    y: Sequence[float] | None = None,
    name: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw runs of gradient descent, point ← point - lr · ∇f(point), on the function's own picture.

    Of one variable: on the curve, with the slope at each step as a tangent, and the direction in which the
    first one sends the run. Of two: on the contour lines of `surface`. A run begins at a hollow mark and ends
    at a full one; the legend gives both points. The axes have the names of f and its arguments.

    Args:
        f: a function of one or two numbers, f(x) or f(x, y), of autograd's functions.
        starts: where runs begin: a number or a list of numbers for one variable; a list of pairs,
            such as ``[(1, 1)]``, for two. Up to seven.
        lr: the learning rate.
        steps: the number of steps of each run.
        x, y: the ranges that are drawn; of one variable y is the height. By default they hold the runs and
            the minima beside them, and a margin.
        name: of f, such as ``"C"``; by default the function's own, and f for a lambda.
        ax: the axes to draw in; new ones if None. They are returned.

    Raises:
        TypeError: for anything but a function of as many numbers as a start has, and for a function of
            plain numbers only, such as ``math.sin``, whose slope the engine cannot see.
        ValueError: for invalid starts, rates, steps and ranges, and for a run that diverges, naming it and
            the step.
        DomainError: where f or its slope is undefined on the way.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 2: positive slope, move left; each start ends in its own local minimum.

    >>> import viz
    >>> ax = viz.descent(lambda x: x**2, [1.0], lr=0.25, steps=2)
    >>> ax.lines[-1].get_xdata().tolist()
    [1.0, 0.5, 0.25]
    """
    return draw_runs(runs_of(f, starts, lr, steps, x=x, y=y, name=name), ax)


@dataclass(frozen=True)
class Runs:
    """Runs of gradient descent, and the picture that they are drawn in.

    Attributes:
        f: the function.
        paths: the points of each run, (steps + 1, 1 or 2).
        x, y: the ranges; None for one that holds the runs.
        labels: of the two axes, for matplotlib.
    """

    f: Function
    paths: list[Array]
    x: Range | None
    y: Range | None
    labels: tuple[str, str]


def runs_of(
    f: Function, starts: Any, lr: float, steps: int, *, x: Any = None, y: Any = None, name: str | None = None
) -> Runs:
    """The runs that `descent` draws, with its arguments and its errors."""
    begin = _starts(starts)
    check_function(f, begin.shape[1], f"descent from {'numbers' if begin.shape[1] == 1 else 'pairs'}")
    lr = above(lr, "lr")
    steps = count(steps, "steps", 0)
    paths = [np.array(_run(f, tuple(start), lr, steps)) for start in begin.tolist()]
    across, up = (None if ends is None else span(ends, axis) for ends, axis in ((x, "x"), (y, "y")))
    title = typeset_label(name_of(f)) if name is None else a_name(name, "name")
    labels = [typeset_label(argument) for argument in arguments_of(f, begin.shape[1])]
    second = labels[1] if begin.shape[1] == 2 else call(title, labels)
    return Runs(f, paths, across, up, (labels[0], second))


def draw_runs(runs: Runs, ax: Axes | None = None, after: int | None = None) -> Axes:
    """Draw runs on the function's picture.

    Args:
        runs: of `runs_of`.
        ax: the axes to draw in; new ones if None.
        after: the step up to which runs are drawn, in the picture that holds all of them: then the tangent is
            long where a run is, and the legend says where, and what the slope is. None for the whole runs.
    """
    draw = _on_contours if runs.paths[0].shape[1] == 2 else _on_curve
    return draw(runs, ax, after)


def _starts(argument: Any) -> Array:
    """One row for each run, of one or two numbers."""
    starts = numbers(argument, "starts")
    if starts.ndim > 2 or (starts.ndim == 2 and starts.shape[1] != 2):
        raise ValueError(
            "starts are numbers, for a function of one, or pairs, such as [(1, 1)], for one of two; given "
            f"shape {starts.shape}"
        )
    rows = starts if starts.ndim == 2 else starts.reshape(-1, 1)
    if len(rows) > len(MARKERS):
        raise ValueError(f"descent tells up to {len(MARKERS)} runs apart; given {len(rows)} starts")
    return rows


def _run(f: Function, start: tuple[float, ...], lr: float, steps: int) -> list[tuple[float, ...]]:
    """The points of one run, the start first."""
    path = [start]
    for step in range(1, steps + 1):
        try:
            slope = slopes(f, path[-1])
        except DomainError as error:
            raise DomainError(f"step {step} of the run from {coordinates(start)}: {error}") from None
        path.append(tuple(x - lr * s for x, s in zip(path[-1], slope, strict=True)))
        if not all(abs(x) < BOUND for x in path[-1]):
            raise ValueError(
                f"the run from {coordinates(start)} left all bounds at step {step}: take an lr below {lr:g}"
            )
    return path


def _around(covered: Array) -> Range:
    low, high = float(covered.min()), float(covered.max())
    margin = MARGIN * (high - low) or 1.0
    return low - margin, high + margin


def _on_contours(runs: Runs, ax: Axes | None, after: int | None) -> Axes:
    paths = runs.paths
    x, y = (_around(np.concatenate(paths)[:, i]) for i in (0, 1))
    wider = max(x[1] - x[0], y[1] - y[0])
    x, y = (_widened(ends, wider) for ends in (x, y))
    # A long step has no point of its own where it crosses a line.
    between = [path[:-1] + share * np.diff(path, axis=0) for path in paths for share in (0.25, 0.5, 0.75)]
    passed = np.concatenate([*paths, *between])
    across, up = runs.x or x, runs.y or y
    ax, lines = draw_map(lambda a, b: heights(runs.f, a, b), across, up, ax, runs.labels)
    widths = [across[1] - across[0], up[1] - up[0]]
    write_heights(ax, lines, passed[:: 1 + len(passed) // 500].tolist())
    palette = palette_of(ax)
    for run, path in enumerate(paths):
        drawn = path if after is None else path[: after + 1]
        start, end = (coordinates(point, widths) for point in (drawn[0], drawn[-1]))
        text = f"from {start} to {end}" if after is None else f"from {start}, step {after} at {end}"
        _draw_run(ax, drawn[:, 0], drawn[:, 1], run, text, palette)
    legend_below(ax)
    return ax


def _widened(ends: Range, wider: float) -> Range:
    """A range that is not much narrower than the other, unless they are of different kinds."""
    width = ends[1] - ends[0]
    more = max(0.0, SQUARE * wider - width) / 2 if width * ALIKE > wider else 0.0
    return ends[0] - more, ends[1] + more


def _on_curve(runs: Runs, ax: Axes | None, after: int | None) -> Axes:
    f, paths = runs.f, runs.paths
    across = runs.x or _around(_with_minima(f, np.concatenate(paths)[:, 0]))
    xs = np.linspace(*across, POINTS)
    ys = heights(f, xs)
    curves = [(path[:, 0], heights(f, path[:, 0])) for path in paths]
    # The slope at the start, or where each run is.
    tangents = [slopes(f, (float(path[after or 0, 0]),))[0] for path in paths]
    width = across[1] - across[0]
    up = runs.y
    if up is None:
        low, high = float(np.nanmin(ys)), max(float(np.nanmax(y)) for _, y in curves)
        # The curve may be far higher beyond the runs than where they are.
        up = _around(np.array([low, max(high, float(np.nanquantile(ys, 0.8)))]))
    ax = axes_or_new(ax, 8.0, 6.0)
    palette = palette_of(ax)
    ax.plot(xs, ys, color=palette.positive, lw=2.5, zorder=1)
    ax.set(xlabel=runs.labels[0], ylabel=runs.labels[1], xlim=across, ylim=up)
    steepness = width / (up[1] - up[0])
    drawn = slice(None if after is None else after + 1)
    for run, (curve, slope) in enumerate(zip(curves, tangents, strict=True)):
        x, y = (along[drawn] for along in curve)
        ends = _tangent(x[after or 0], y[after or 0], slope, TANGENT * width, steepness)
        ax.plot(ends[:, 0], ends[:, 1], color=palette.ink, lw=1.5, zorder=2)
        later = [_tangent(*step, LATER * width, steepness) for step in _later_steps(f, x, y, APART * width)]
        ax.add_collection(
            mpl("collections").LineCollection(later, colors=[palette.ink], linewidths=1.5, zorder=2),
            autolim=False,
        )
        direction = "left" if slope > 0 else "right" if slope < 0 else "nowhere"
        start, end = (coordinates([point], [width]) for point in (x[0], x[-1]))
        text = f"from {start}, slope {number(slope)}: {direction}, to {end}"
        if after is not None:
            text = f"from {start}, step {after} at {end}, slope {number(slope)}: {direction}"
        _draw_run(ax, x, y, run, text, palette)
    legend_below(ax)
    return ax


def _tangent(x: float, y: float, slope: float, half: float, steepness: float) -> Array:
    """The two ends of a tangent.

    Args:
        x, y, slope: the point it touches, and its slope.
        half: half of its length, as it would be where the curve is level.
        steepness: how much steeper a line of slope 1 is drawn.
    """
    reach = half / math.hypot(1, slope * steepness)
    return np.array([[x - reach, y - slope * reach], [x + reach, y + slope * reach]])


def _later_steps(f: Function, x: Array, y: Array, apart: float) -> list[tuple[float, float, float]]:
    """The points of a run after its start, each with its slope; without those too near to the one before."""
    steps, before = [], float(x[0])
    for at, height in zip(x[1:].tolist(), y[1:].tolist(), strict=True):
        if abs(at - before) > apart:
            steps.append((at, height, slopes(f, (at,))[0]))
            before = at
    return steps


def _with_minima(f: Function, covered: Array) -> Array:
    """The numbers that runs cover, and the next minimum of f on each side, where f is defined up to there."""
    low, high = float(covered.min()), float(covered.max())
    beyond = BESIDE * (high - low) or BESIDE
    xs = np.linspace(low - beyond, high + beyond, POINTS)
    ys = heights(f, xs)
    least = 1 + np.flatnonzero((ys[1:-1] < ys[:-2]) & (ys[1:-1] < ys[2:]))
    undefined = np.flatnonzero(np.isnan(ys))
    left = xs[undefined[xs[undefined] < low]].max(initial=-np.inf)
    right = xs[undefined[xs[undefined] > high]].min(initial=np.inf)
    minima = xs[least]
    apart = NEXT * (high - low)  # a run ends in a minimum, which is not the next one
    before, after = (
        minima[(minima > left) & (minima < low - apart)],
        minima[(minima < right) & (minima > high + apart)],
    )
    return np.concatenate([covered, before[-1:], after[:1]])


def _draw_run(ax: Axes, x: Array, y: Array, run: int, text: str, palette: Palette) -> None:
    colour = (palette.negative, *palette.runs)[run]
    style: dict[str, Any] = {"marker": MARKERS[run], "color": colour, "linestyle": "none", "zorder": 4}
    ax.plot(x[:1], y[:1], markersize=11, markerfacecolor=palette.paper, markeredgewidth=2.5, **style)
    ax.plot(x[-1:], y[-1:], markersize=11, markeredgecolor=palette.paper, **style)
    ax.plot(x, y, "-", color=colour, lw=1.5, marker=MARKERS[run], markersize=4.5, label=text, zorder=3)
