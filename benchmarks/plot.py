"""The outcome of a workload as a picture: a line for each contender over the cases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograd._support.atomic import written_whole
from autograd._support.extras import extra
from benchmarks.runner import Outcome
from benchmarks.workload import OURS

__all__ = ["figure", "plot"]

BLUE, GREY = "#1f5fbf", "#8a8a8a"
CLOSEST = 0.055  # of the height between two names beside their lines


def plot(outcome: Outcome, path: Path) -> None:
    """Write the picture of `figure` as PNG."""
    with written_whole(path) as temporary:
        figure(outcome).savefig(temporary, format="png")


def figure(outcome: Outcome) -> Any:
    """The compared measure of every contender, on logarithmic scales.

    Those with default threads are left out: their line would hide the one they are compared with.

    Raises:
        ImportError: when matplotlib is not installed.
    """
    figures = extra("matplotlib.figure", "plots", "a picture of the results")
    workload = outcome.workload
    column = next(c for c in workload.columns if c.key == workload.compared)
    drawn = figures.Figure(figsize=(8, 5.5), dpi=150, layout="constrained")
    axes = drawn.add_subplot()
    lines: list[tuple[str, list[tuple[int, float]]]] = []
    for name, contender in workload.contenders.items():
        medians = ((case, outcome.median(case, name, column.key)) for case in workload.cases)
        points = [(case, median) for case, median in medians if median is not None]
        if points and not contender.default_threads:
            lines.append((name, points))
    for name, points in lines:
        style: dict[str, Any] = {"color": GREY, "linewidth": 1.2, "marker": "o", "markersize": 3}
        if name == OURS:
            style = {"color": BLUE, "linewidth": 3, "marker": "o", "zorder": 3}
        axes.plot(*zip(*points, strict=True), **style)
    axes.set_xscale("log")
    axes.set_yscale("log")
    sizes = [workload.case.format(case).replace(" ", "\n") for case in workload.cases]
    axes.set_xticks(workload.cases, sizes)
    axes.set_xticks([], minor=True)
    low, high = axes.get_ylim()
    ticks = [t * 10**power for power in range(-3, 7) for t in (1, 2, 5)]
    axes.set_yticks([tick for tick in ticks if low <= tick <= high])
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.set_yticks([], minor=True)
    axes.yaxis.tick_right()
    axes.yaxis.set_label_position("right")
    axes.grid(axis="y", color="#e6e6e6", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "left"]].set_visible(False)
    axes.set_title(workload.title, loc="left")
    axes.set_ylabel(column.heading)
    _names_at_the_start(axes, lines)
    return drawn


def _names_at_the_start(axes: Any, lines: Sequence[tuple[str, Sequence[tuple[int, float]]]]) -> None:
    """Each name beside the first point of its line, moved up where it would stand on another."""
    to_axes = axes.transData + axes.transAxes.inverted()
    starts = sorted((float(to_axes.transform(points[0])[1]), name, points[0]) for name, points in lines)
    heights = apart([height for height, _, _ in starts], CLOSEST)
    for (_, name, point), height in zip(starts, heights, strict=True):
        axes.annotate(
            name,
            xy=point,
            xytext=(-0.02, height),
            textcoords="axes fraction",
            horizontalalignment="right",
            verticalalignment="center",
            fontsize=9,
            fontweight="bold" if name == OURS else "normal",
            color=BLUE if name == OURS else "black",
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "shrinkB": 4, "relpos": (1, 0.5)},
        )


def apart(heights: Sequence[float], least: float) -> list[float]:
    """Heights in order, moved up until each is so far above the one below.

    >>> apart([0.0, 0.25, 0.25, 2.0], 0.5)
    [0.0, 0.5, 1.0, 2.0]
    """
    places: list[float] = []
    for height in heights:
        places.append(max(height, places[-1] + least) if places else height)
    return places
