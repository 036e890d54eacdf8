"""A training run in motion, recorded by a callback after each epoch."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd._support.extras import extra
from viz._mathematics.numerals import number
from viz._output.moving.motion import Motion
from viz._pictures.arrays import numbers
from viz._plots.curves import history as draw_history
from viz._plots.fields import boundary
from viz._plots.networks.network import draw_network
from viz._plots.parts.palette import palette_of
from viz._plots.pictures import weights

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["TrainingMotion", "training_motion"]

MOST = 40  # nets of a run: of more epochs, those after every second, fourth, … are kept
LINES = 4  # neurons of the first layer whose lines are told apart


class TrainingMotion(Motion):
    """A training run: a callback of `nn.fit`, and then a motion. `training_motion` makes it."""

    def __init__(
        self, net: Any, X: Any = None, y: Any = None, *,
        shape: Sequence[int] | None = None, threshold: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__(self._draw_epoch, 1, seconds=0.2)
        self._net, self._X, self._y, self._shape, self._threshold = net, X, y, shape, threshold
        self._start = copy.deepcopy(net)
        self._nets: dict[int, Any] = {}  # by the number of epochs
        self._every = 1
        self._history: Any = None

    def __call__(self, history: Any) -> None:
        """Keep the net after an epoch. A run that begins anew is recorded anew."""
        epochs = len(history)
        if history is not self._history:
            self._start = self._nets[max(self._nets)] if self._nets else self._start
            self._history, self._nets, self._every = history, {}, 1
        # Each net may be the last, and is kept until the next has come.
        nets = {n: net for n, net in self._nets.items() if n % self._every == 0}
        if len(nets) >= MOST:
            self._every *= 2
            nets = {n: net for n, net in nets.items() if n % self._every == 0}
        self._nets = {**nets, epochs: copy.deepcopy(self._net)}

    def __len__(self) -> int:
        return len(self._nets) + 1 if self._nets else 0

    def _draw_epoch(self, figure: Figure, number: int) -> None:
        """The net after one of the epochs that are kept, and the cost up to there."""
        epochs = [0, *self._nets][number]
        net = self._nets[epochs] if epochs else self._start
        self._draw_cost(self._draw_net(figure, net), epochs)

    @property
    def _empty(self) -> str:
        return "no epoch was recorded: give this motion to nn.fit(..., callbacks=[motion]) first"

    def _draw_net(self, figure: Figure, net: Any) -> Axes:
        """The pictures of the net, and the axes that are left for the cost."""
        if self._X is None:
            grid = figure.add_gridspec(1, 2, width_ratios=(3, 2))
            ax = figure.add_subplot(grid[0, 0])
            if self._shape is None:
                draw_network(net, ax=ax)
            else:
                weights(net.layers[0], self._shape, ax=ax)
            return figure.add_subplot(grid[0, 1])
        # A deep net has small letters in a narrow column.
        grid = figure.add_gridspec(
            2, 2, height_ratios=(3, 2), width_ratios=(1, max(1.0, 0.5 * len(net.layers)))
        )
        ax = figure.add_subplot(grid[0, 0])
        boundary(net, self._X, self._y, threshold=self._threshold, lines=_lines(net), ax=ax)
        _steady_legend(ax)
        draw_network(net, ax=figure.add_subplot(grid[:, 1]))
        return figure.add_subplot(grid[1, 0])

    def _draw_cost(self, ax: Axes, epochs: int) -> None:
        """The history on the scales of the whole run, up to an epoch."""
        figure = ax.figure
        others = set(figure.axes)
        draw_history(self._history, ax)
        if epochs == len(self._history):
            return
        for scale in (ax, *(new for new in figure.axes if new not in others)):
            for line in scale.lines:
                line.set_data(*(np.asarray(along)[:epochs] for along in line.get_data()))
        palette = palette_of(ax)
        if not epochs:
            text = "before the first epoch"
        else:
            last = self._history[epochs - 1]
            text = f"epoch {last.number}: cost {number(last.cost)}"
            ax.axvline(last.number, color=palette.quiet, lw=1.5, ls=":", zorder=1)
        ax.text(
            0.98, 0.95, text, transform=ax.transAxes, ha="right", va="top", color=palette.ink, zorder=6,
            bbox={"boxstyle": "round,pad=0.3", "fc": palette.paper, "ec": "none", "alpha": 0.85},
        )  # fmt: skip


def training_motion(
    net: Any,
    X: Any = None,
    y: Any = None,
    *,
    shape: Sequence[int] | None = None,
    threshold: float | None = None,
) -> TrainingMotion:
    """A training run in motion: the net after each epoch beside the cost so far.

    It is made before the run, and is a callback of it. With X and y, of two inputs, it shows the decision
    boundary of `viz.boundary`, with the lines of a first layer of up to four neurons, and the weights in the
    picture of `viz.draw_network`; with a shape, the weights of the first layer as pictures, as `viz.weights`;
    else the net. The cost is that of `viz.history`, on the scales of the whole run. The first picture is the
    net before the run.

    Of more than 40 epochs it keeps every second net, every fourth, …, and the last.

    Args:
        net: the net that is trained, such as an `nn.MLP`.
        X, y, threshold: the examples, as for `viz.boundary`; for a net of two inputs.
        shape: the height and width of the inputs as a picture, such as (28, 28).

    Returns:
        A motion, to be given to `nn.fit` in ``callbacks``.

    Raises:
        TypeError, ValueError: as the plots raise them, before the run; for X without y, for X together with
            a shape, and later for a run that was not recorded.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 2, descent of the cost; section 4, XOR by a small net.

    >>> import nn
    >>> net, gate = nn.MLP([2, 2, 1], rng=1), nn.data.gates.XOR
    >>> motion = training_motion(net, gate.X, gate.Y)
    >>> history = nn.fit(net, gate.X, gate.Y, optimizer=nn.SGD(net.parameters(), lr=5.0), epochs=100,
    ...                  batch_size=4, rng=0, callbacks=[motion])
    >>> len(motion)    # viz.animate(motion, "xor.gif")
    26
    """
    if (X is None) != (y is None):
        raise ValueError("a motion of a training run takes X and y together, or neither")
    if X is not None and shape is not None:
        raise ValueError(
            "shape is for the weights of pictures, and X and y are for a net of two inputs: give one"
        )
    motion = TrainingMotion(net, X, y, shape=shape, threshold=threshold)
    motion._draw_net(extra("matplotlib.figure", "plots", "a motion").Figure(), net)  # which raises its errors
    return motion


def _lines(net: Any) -> Any:
    """The first layer, where its neurons can be drawn as lines: a few, with weights, before others."""
    first = net.layers[0]
    W = numbers(first.W, "layers[0].W")
    return first if len(net.layers) > 1 and len(W) <= LINES and W.any(axis=1).all() else None


def _steady_legend(ax: Axes) -> None:
    """The legend in as many rows with the entry of wrong examples as without it."""
    handles, labels = ax.get_legend_handles_labels()
    others = len(labels) - ("wrong" in labels)
    columns = 4 if others % 3 == 0 else 3
    before = ax.get_legend()
    ax.legend(
        handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0.0), frameon=False, ncols=columns,
        borderaxespad=1.0 if before is None else before.borderaxespad, columnspacing=1.0, handletextpad=0.4,
    )  # fmt: skip
