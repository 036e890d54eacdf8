"""The output of a net of two inputs over the plane, and its decision boundary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from autograd import no_grad
from autograd._compiler.programs.for_many import for_many
from autograd._support.callers import warn
from autograd._support.checks import count
from viz._pictures.arrays import Array, numbers
from viz._plots.parts.lines import draw_lines, lines_of
from viz._plots.parts.palette import Palette, palette_of
from viz._plots.parts.room import MARKERS, axes_or_new, legend_below, mpl, room_of
from viz._plots.parts.words import plain_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["boundary"]

MARGIN = 0.3  # of the points' range, around them
SCREEN = 25.0  # square inches of axes, from which on the marks of examples are as large as can be
BEYOND = 2  # points of the grid beyond the frame
Net = Callable[[Any], Any]


def boundary(
    net: Net,
    X: Any,
    y: Any,
    *,
    threshold: float | None = None,
    lines: Any = None,
    resolution: int = 200,
    ax: Axes | None = None,
) -> Axes:
    """Draw the output of a net of two inputs at every point of the plane, with the examples on it.

    The dark line is the boundary between the classes. A misclassified point has a ring. Outputs become
    classes as `nn.accuracy` counts them:

    - one output: on which side of `threshold` it is, by default of the middle between the two desired
      outputs, 0.5 for 0 and 1, and 0 for -1 and 1. The colour is the output, from one desired output
      (orange) to the other (blue), or, where a threshold is given, as far from it on both sides as the
      outputs for X go; outputs beyond have the colour of that end. A bar tells the outputs by their colours,
      unless they are the two desired ones alone, as a perceptron's.
    - two outputs: which is larger. The colour is their difference, from -1 to 1.
    - more: which is largest, each with a colour of its own.

    Args:
        net: takes points, shape (n, 2), and gives (n,), (n, 1) or (n, classes): an `nn.MLP` of
            Tensors or Values, an `nn.Perceptron`, or any such function.
        X: the examples, shape (n, 2).
        y: the desired outputs: two different numbers, such as labels 0 and 1 or signs -1 and 1, shape
            (n,) or (n, 1); labels from 0, shape (n,); or one-hot rows.
        threshold: where one output is divided: 0 for a logit, as of a net that `nn.binary_cross_entropy`
            trained.
        lines: neurons of the two inputs, each drawn as the line where its weighted sum z is 0: a layer, such
            as ``net.layers[0]`` of a net that learnt XOR, a perceptron, or a list of these.
        resolution: the points along each axis at which the net is evaluated.
        ax: the axes to draw in; new ones if None. They are returned.

    Raises:
        TypeError: for a net that cannot be called, and for lines of anything but neurons.
        ValueError: for examples, desired outputs and outputs that do not fit each other, for numbers
            that are not finite, for a threshold of several outputs, and for lines of other than two inputs.
        ImportError: without matplotlib, with the command that installs it.

    Warns:
        RuntimeWarning: where one output is desired to be 0 or 1 and looks like a logit.

    Source: lecture section 4, AND and OR by one perceptron, XOR by a small net. Several gates beside each
    other are read from the back row in ``plt.subplots(1, 3, figsize=(12, 6.75))``.

    >>> import nn
    >>> import viz
    >>> gate = nn.data.gates.AND
    >>> perceptron = nn.Perceptron(2)
    >>> mistakes = perceptron.learn(gate.X, gate.signs, epochs=20, margin=0.1)    # clear of the examples
    >>> ax = viz.boundary(perceptron, gate.X, gate.signs, lines=perceptron, resolution=20)
    """
    if not callable(net):
        raise TypeError(
            f"boundary takes a net or another function of points, shape (n, 2), not {type(net).__name__}"
        )
    points = numbers(X, "X")
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"boundary draws nets of two inputs: X has shape {points.shape}, expected (n, 2)")
    desired = numbers(y, "y")
    if desired.shape[:1] != points.shape[:1] or desired.ndim > 2:
        raise ValueError(f"X has shape {points.shape} and y {desired.shape}; expected (n, 2) and (n,)")
    resolution = count(resolution, "resolution", 2)
    neurons = [] if lines is None else lines_of(lines)
    outputs = _outputs(net, points)
    decision = _decision(desired, outputs, threshold)

    low, high = points.min(axis=0), points.max(axis=0)
    margin = MARGIN * np.where(high > low, high - low, 1.0)
    low, high = low - margin, high + margin
    # A few points beyond the frame, so that lines run through it as they do inside.
    cell = (high - low) / (resolution - 1)
    places = np.arange(-BEYOND, resolution + BEYOND)
    across, up = low[0] + cell[0] * places, low[1] + cell[1] * places
    grid = np.stack(np.meshgrid(across, up), axis=-1)
    field = _field(net, grid.reshape(-1, 2))

    ax = axes_or_new(ax, 8.0, 6.0)
    palette = palette_of(ax)
    field = field.reshape(len(up), len(across), -1)
    (_draw_regions if field.shape[2] > 2 else _draw_field)(ax, across, up, field, decision, palette)
    draw_lines(ax, neurons, (low, high), palette)
    _draw_points(ax, points, decision, decision.classes_of(outputs), palette)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    legend_below(ax)
    return ax


def _outputs(net: Net, points: Array) -> Array:
    """The net's outputs, (n, outputs)."""
    with no_grad():
        raw = net(points)
    outputs = numbers(raw, "the net's output")
    if outputs.shape[:1] != (len(points),) or outputs.ndim > 2:
        raise ValueError(
            f"the net gave shape {outputs.shape} for {len(points)} points; expected (n,), (n, 1) or "
            "(n, classes)"
        )
    return outputs.reshape(len(points), -1)


def _field(net: Net, points: Array) -> Array:
    """The net's outputs at many points; one point of Values after another would take seconds."""

    def outputs_at(points: Array) -> Any:
        outputs = for_many(net, points)
        return net(points) if outputs is None else outputs

    return _outputs(outputs_at, points)


@dataclass(frozen=True)
class _Decision:
    """How outputs become classes.

    Attributes:
        classes: that of each example, from 0.
        names: of the classes.
        low, high: for one output, the ends of its colours.
        threshold: where one output is divided, or the difference of two.
    """

    classes: NDArray[np.int64]
    names: tuple[str, ...]
    low: float = -1.0
    high: float = 1.0
    threshold: float = 0.0

    def scalar(self, outputs: Array) -> Array:
        """The number that the boundary between two classes is drawn by; the last axis is gone."""
        return outputs[..., 0] if outputs.shape[-1] == 1 else outputs[..., 1] - outputs[..., 0]

    def classes_of(self, outputs: Array) -> NDArray[np.int64]:
        """The class of each row of outputs."""
        if outputs.shape[-1] > 2:
            largest: NDArray[np.int64] = outputs.argmax(axis=-1)
            return largest
        return (self.scalar(outputs) > self.threshold).astype(np.int64)


def _decision(desired: Array, outputs: Array, threshold: float | None) -> _Decision:
    width = outputs.shape[1]
    if threshold is not None and width != 1:
        raise ValueError(f"a threshold divides one output, and the net has {width}")
    flat = desired[:, 0] if desired.ndim == 2 and desired.shape[1] == 1 else desired
    if width == 1:
        kinds = np.unique(flat)
        if flat.ndim > 1 or len(kinds) > 2:
            raise ValueError(
                f"the net has one output, and y holds {len(kinds)} different numbers in shape "
                f"{desired.shape}; expected two, such as 0 and 1 or -1 and 1, in shape (n,)"
            )
        # Of a class alone the other is guessed: it belongs to 0 and 1 unless it is negative.
        low, high = kinds if len(kinds) == 2 else (-1.0, 1.0) if kinds[0] < 0 else (0.0, 1.0)
        names = tuple(f"desired {plain_number(end)}" for end in (low, high))
        low, high = float(low), float(high)
        of_each = (flat > (low + high) / 2).astype(np.int64)
        if threshold is None:
            _warn_of_logits(outputs, low, high)
            return _Decision(of_each, names, low, high, (low + high) / 2)
        reach = float(np.abs(outputs - threshold).max()) or 1.0
        return _Decision(of_each, names, threshold - reach, threshold + reach, threshold)
    if flat.ndim == 2 and flat.shape[1] != width:
        raise ValueError(f"the net has {width} outputs, and y has shape {desired.shape}")
    classes = flat.argmax(axis=1) if flat.ndim == 2 else flat
    if width > len(MARKERS):
        raise ValueError(f"the net has {width} outputs; boundary tells up to {len(MARKERS)} classes apart")
    if not np.all((classes >= 0) & (classes < width) & (classes == np.floor(classes))):
        raise ValueError(f"the net has {width} outputs, so labels are whole numbers from 0 to {width - 1}")
    return _Decision(classes.astype(np.int64), tuple(f"class {i}" for i in range(width)))


def _warn_of_logits(outputs: Array, low: float, high: float) -> None:
    """Say that outputs go further beyond 0 and 1 than those of a net that learnt 0 and 1 do."""
    least, most = float(outputs.min()), float(outputs.max())
    if low == 0 and high == 1 and (least < -1 or most > 2):
        warn(
            f"boundary divides the net's output at 0.5, between 0 and 1 desired; it goes from {least:.3g} "
            f"to {most:.3g} here, as a logit does: those are divided at 0, by threshold=0",
            RuntimeWarning,
        )


def _draw_field(
    ax: Axes, across: Array, up: Array, field: Array, decision: _Decision, palette: Palette
) -> None:
    heights = decision.scalar(field)
    beyond = (heights.min() < decision.low, heights.max() > decision.high)
    mesh = ax.pcolormesh(
        across, up, heights, cmap=palette.field(), vmin=decision.low, vmax=decision.high, shading="gouraud",
    )  # fmt: skip
    is_step = len(np.unique(heights)) <= 2
    if heights.min() < decision.threshold < heights.max():
        line = _smoothed(heights) if is_step else heights
        ax.contour(across, up, line, levels=[decision.threshold], colors=[palette.ink], linewidths=2.0)
    if is_step and set(np.unique(heights)) <= {decision.low, decision.high}:
        return  # the legend tells the two colours already
    figure = ax.get_figure()
    assert figure is not None
    extend = {(False, False): "neither", (True, False): "min", (False, True): "max"}.get(beyond, "both")
    label = "output" if field.shape[2] == 1 else "output 1 − output 0"
    figure.colorbar(mesh, ax=ax, label=label, extend=extend)


def _smoothed(steps: Array) -> Array:
    """The means over a point's neighbours.

    A contour runs between two points of the grid as their numbers say. A step, as a perceptron has,
    says nothing there, and its contour would be a staircase.
    """
    padded = np.pad(steps, BEYOND, mode="edge")
    width = 2 * BEYOND + 1
    means: Array = np.lib.stride_tricks.sliding_window_view(padded, (width, width)).mean(axis=(2, 3))
    return means


def _draw_regions(
    ax: Axes, across: Array, up: Array, field: Array, decision: _Decision, palette: Palette
) -> None:
    tints = [palette.mixed(colour, 0.35) for colour in palette.classes[: field.shape[2]]]
    ax.pcolormesh(
        across, up, decision.classes_of(field), cmap=mpl("colors").ListedColormap(tints),
        vmin=-0.5, vmax=len(tints) - 0.5, shading="nearest",
    )  # fmt: skip
    for i in range(len(tints)):
        lead = field[..., i] - np.delete(field, i, axis=2).max(axis=2)  # over the best of the others
        if lead.min() < 0 < lead.max():
            ax.contour(across, up, lead, levels=[0.0], colors=[palette.ink], linewidths=1.5)


def _draw_points(
    ax: Axes, points: Array, decision: _Decision, predicted: NDArray[np.int64], palette: Palette
) -> None:
    width, height = room_of(ax)
    area = float(np.clip(9000 / len(points), 24, 160)) * min(1.0, max(0.3, width * height / SCREEN))
    two = len(decision.names) == 2
    colours = (palette.negative, palette.positive) if two else palette.classes
    for i, name in enumerate(decision.names):
        members = points[decision.classes == i]
        ax.scatter(
            members[:, 0], members[:, 1], s=area, c=colours[i], marker=MARKERS[i], edgecolors=palette.paper,
            linewidths=1.0, zorder=3,
        )  # fmt: skip
        ax.scatter([], [], s=80, c=colours[i], marker=MARKERS[i], label=name)  # for the legend
    wrong = points[decision.classes != predicted]
    if len(wrong):
        ax.scatter(
            wrong[:, 0], wrong[:, 1], s=3.5 * area, facecolors="none", edgecolors=palette.ink,
            linewidths=1.5, zorder=4,
        )  # fmt: skip
        ax.scatter([], [], s=110, facecolors="none", edgecolors=palette.ink, linewidths=1.5, label="wrong")
