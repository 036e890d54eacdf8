"""Neurons of two inputs as lines in the plane: where the weighted sum is 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from viz._pictures.arrays import Array, numbers
from viz._plots.parts.palette import Palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_lines", "line_within", "lines_of"]

Line = tuple[float, float, float]  # w₁, w₂, b
DASHES = ((6, 2), (2, 2), (6, 2, 2, 2), (10, 3))  # of the first line, the second, …


def lines_of(neurons: Any) -> list[Line]:
    """The weights and the bias of each neuron.

    Args:
        neurons: a layer with ``W`` of shape (neurons, 2) and ``b``, a neuron or perceptron with two weights,
            or a list of these.

    Raises:
        TypeError: for anything else.
        ValueError: for other than two inputs, for weights that are both 0, and for numbers that are not
            finite.

    >>> import nn
    >>> perceptron = nn.Perceptron(2)
    >>> perceptron.w, perceptron.b = [2.0, 1.0], -3.0
    >>> lines_of(perceptron)
    [(2.0, 1.0, -3.0)]
    """
    if isinstance(neurons, (list, tuple)):
        return [line for neuron in neurons for line in lines_of(neuron)]
    weights = getattr(neurons, "W", getattr(neurons, "w", None))
    if weights is None or not hasattr(neurons, "b"):
        raise TypeError(
            "lines are of neurons with weights and a bias: a layer, such as net.layers[0], or a perceptron; "
            f"given {type(neurons).__name__}"
        )
    W = np.atleast_2d(numbers(weights, "the weights of lines"))
    if W.ndim != 2 or W.shape[1] != 2:
        raise ValueError(f"a line is of a neuron of two inputs; its weights have shape {W.shape}")
    b = np.zeros(len(W)) if neurons.b is None else np.ravel(numbers(neurons.b, "the bias of lines"))
    if not W.any(axis=1).all():
        raise ValueError("a neuron whose weights are both 0 has no line: it has not learnt yet")
    return [(w1, w2, bias) for (w1, w2), bias in zip(W.tolist(), b.tolist(), strict=True)]


def line_within(line: Line, low: Array, high: Array) -> Array | None:
    """The two points where a line enters and leaves a rectangle; None where it does not meet it.

    >>> line_within((1.0, 1.0, -1.0), np.array([0.0, 0.0]), np.array([2.0, 2.0]))
    array([[0., 1.],
           [1., 0.]])
    """
    w, b = np.array(line[:2]), line[2]
    foot, direction = -b * w / (w @ w), np.array([-w[1], w[0]]) / np.hypot(*w)
    first, last = -np.inf, np.inf
    for start, step, least, most in zip(foot, direction, low, high, strict=True):
        if step:
            ends = sorted(((least - start) / step, (most - start) / step))
            first, last = max(first, ends[0]), min(last, ends[1])
        elif not least <= start <= most:
            return None
    points: Array = foot + np.array([[last], [first]]) * direction
    return points if first < last else None


def draw_lines(ax: Axes, lines: list[Line], frame: tuple[Array, Array], palette: Palette) -> None:
    """Draw lines in a frame, each with dashes of its own and an entry for the legend."""
    for place, line in enumerate(lines):
        ends = line_within(line, *frame)
        if ends is not None:
            name = "$z = 0$" if len(lines) == 1 else f"$z_{{{place}}} = 0$"
            ax.plot(
                ends[:, 0], ends[:, 1], color=palette.runs[place % len(palette.runs)], lw=3.5,
                dashes=DASHES[place % len(DASHES)], label=name, zorder=2.5, gid=f"line{place}",
            )  # fmt: skip
