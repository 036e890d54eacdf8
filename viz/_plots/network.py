"""The layered net: activations as brightness, weights as colour and width."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd._support.checks import count
from viz._mathematics.numerals import MINUS, number
from viz._plots.layout import Column, NetLayout, arrange
from viz._plots.parts.arrays import Array, brightness, names
from viz._plots.parts.nets import read_net
from viz._plots.parts.palette import Palette, palette_of
from viz._plots.parts.room import LETTER, canvas, mpl, room_of
from viz._plots.parts.words import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_network"]

SMALLEST = 5.0  # points: a number that would be smaller is left out
DASHES = (0, (4, 1.5))


def draw_network(
    net: Any,
    x: Any = None,
    *,
    most: int = 16,
    labels: Iterable[Any] | None = None,
    ax: Axes | None = None,
) -> Axes:
    r"""Draw a net as columns of neurons, with its activations for an example.

    A neuron's brightness is its activation, black 0 and white 1, and the number stands in it where
    there is room; a column with numbers outside 0 … 1 says what its black and white are. A line is
    a weight: blue and solid above 0, orange and dashed below, the wider the further from 0, in
    proportion to the largest that is drawn between the two columns, which is written under them.

    Args:
        net: an `nn.MLP` or `nn.Sequential` of Tensors or Values, or any object with ``layers``, each with
            ``W``, ``b`` (or None) and ``activation``, and to be called. Layers without ``W`` between them,
            such as batch norm, change the activations that are drawn of the layer before.
        x: one example, shape (inputs,); without it there are no activations. Given as a picture,
            such as ``image.reshape(28, 28)``, it is shown beside the net.
        most: the most rows of a column; a larger layer shows its first and last neurons. Those of a
            28×28 image are two edges of it, mostly paper: the picture, and `weights`, show the rest.
        labels: the names of the outputs; by default 0, 1, 2, …, which are the digits. The largest
            output is marked.
        ax: the axes to draw in; new ones if None. They are returned.

    Raises:
        TypeError: for anything but a net.
        ValueError: for a batch, another shape, labels of another number, and numbers that are not
            finite.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 1, the net 784-16-16-10 that reads digits.

    >>> import numpy as np
    >>> import nn
    >>> from viz._plots import draw_network
    >>> net = nn.MLP([784, 16, 16, 10], rng=0)
    >>> ax = draw_network(net, np.full(784, 0.5))
    >>> ax.figure.savefig("net.png")    # doctest: +SKIP
    """
    reading = read_net(net, x)
    most = count(most, "most", 4)
    widths = reading.widths
    named = names(labels, widths[-1], "labels", "outputs")
    if named is None and widths[-1] > 1:
        named = [str(i) for i in range(widths[-1])]

    layout = arrange(reading, named, most, room_of(ax))
    ax, points = canvas(ax, layout.width, layout.height, largest=0.95)
    pen = _Pen(ax, palette_of(ax), points, layout)
    for place, (W, (source, target)) in enumerate(
        zip(reading.weights, pairwise(layout.columns), strict=True)
    ):
        pen.weights(W, source, target, place + 1)
    activations_of = reading.activations or [None] * len(widths)
    for place, (column, activations) in enumerate(zip(layout.columns, activations_of, strict=True)):
        pen.neurons(column, place, activations)
        pen.heading(column)
    if layout.columns[0].visible.dots is not None:
        pen.bracket(layout.columns[0], widths[0])
    if reading.image is not None:
        pen.image(reading.image)
    if named:
        pen.labels(layout.columns[-1], named, activations_of[-1])
    pen.key()
    return ax


class _Pen:
    """Draws the parts of a net; `points` is how many there are to a unit of the layout."""

    def __init__(self, ax: Axes, palette: Palette, points: float, layout: NetLayout) -> None:
        self.ax, self.palette, self.points, self.layout = ax, palette, points, layout
        self.thin = min(0.06 * points, 1.5)

    def weights(self, W: Array, source: Column, target: Column, place: int) -> None:
        """The lines between two columns, and under them what the widest stands for."""
        shown = W[np.ix_(target.visible.indices, source.visible.indices)]
        largest = float(abs(shown).max())
        share = (shown / largest if largest else shown).ravel()
        ends = np.array([[[(source.x, y), (target.x, to)] for y in source.y] for to in target.y])
        order = np.argsort(abs(share), kind="stable")  # the wide ones on top
        share, segments = share[order], ends.reshape(-1, 2, 2)[order]
        widest = min(0.14 * self.points, 5.0)
        lines = mpl("collections").LineCollection(
            segments,
            # A thin line is paler, and still to be seen as blue or orange.
            colors=[self.palette.mixed(self.palette.sign(s), 0.25 + 0.75 * abs(s)) for s in share],
            linewidths=0.25 + (widest - 0.25) * abs(share),
            linestyles=["-" if s >= 0 else DASHES for s in share],
            zorder=1,
            gid=f"weights{place}",
        )
        self.ax.add_collection(lines, autolim=False)
        text = f"widest: $|w|$ = {number(largest)}"
        middle = (source.x + target.x) / 2
        self._write(middle, self.layout.foot, text, 0.85 * self.layout.text, self.palette.quiet)

    def neurons(self, column: Column, place: int, activations: Array | None) -> None:
        """The circles of a column, and its dots."""
        low, high = (0.0, 1.0) if activations is None else brightness(activations)
        numbers = [None if activations is None else float(activations[i]) for i in column.visible.indices]
        texts = ["" if a is None else short(a) for a in numbers]
        longest = max(3.0, *(len(text) + 0.4 * text.count(MINUS) for text in texts))  # a wide sign
        size = 2 * self.layout.radius * 0.86 / (LETTER * longest)
        for neuron, y, a, text in zip(column.visible.indices, column.y, numbers, texts, strict=True):
            grey = None if a is None else (a - low) / (high - low)
            colour = self.palette.paper if grey is None else str(grey)
            self._circle(column.x, y, self.layout.radius, colour, f"a{place}_{neuron}")
            if grey is not None and size * self.points >= SMALLEST:
                self._write(column.x, y, text, size, "black" if grey > 0.5 else "white")
        if column.visible.dots is not None:
            for step in (-0.45, 0.0, 0.45):
                self._circle(column.x, column.top + column.visible.dots + step, 0.1, self.palette.ink)

    def heading(self, column: Column) -> None:
        """The lines over a column."""
        top, text = 0.2 * self.layout.text, "\n".join(column.heading)
        self._write(column.x, top, text, self.layout.heading, self.palette.ink, va="top")

    def bracket(self, column: Column, n: int) -> None:
        """The number of inputs, beside a column that does not show all of them."""
        radius, middle = self.layout.radius, self.layout.middle
        top, bottom, x = column.y[0] - radius, column.y[-1] + radius, column.x - radius - 0.3
        xs = [x, x - 0.25, x - 0.25, x - 0.5, x - 0.25, x - 0.25, x]
        ys = [top, top, middle - 0.25, middle, middle + 0.25, bottom, bottom]
        self.ax.plot(xs, ys, color=self.palette.quiet, lw=self.thin)
        self._write(x - 0.95, middle, f"{n:,}", 0.8, self.palette.ink, rotation=90)

    def image(self, image: Array) -> None:
        """The example as a picture, left of the inputs."""
        low, high = brightness(image)
        side, middle, limits = self.layout.side, self.layout.middle, (self.ax.get_xlim(), self.ax.get_ylim())
        tall, wide = (side * n / max(image.shape) for n in image.shape)
        left = 0.2 + (side - wide) / 2
        extent = (left, left + wide, middle + tall / 2, middle - tall / 2)
        self.ax.imshow(image, cmap="gray", vmin=low, vmax=high, extent=extent)
        self.ax.set(xlim=limits[0], ylim=limits[1])  # imshow draws the axes in to its picture

    def labels(self, column: Column, named: list[str], outputs: Array | None) -> None:
        """The names of the outputs, the largest output's in a box."""
        largest = set() if outputs is None else set(np.flatnonzero(outputs == outputs.max()).tolist())
        x = column.x + self.layout.radius + 0.35
        for i in sorted({*column.visible.indices, *largest}):
            y = column.top + column.visible.row_of(i)
            style: dict[str, Any] = {"ha": "left"}
            if i in largest:
                style["bbox"] = {"boxstyle": "round,pad=0.18", "fc": self.palette.ink, "ec": "none"}
                style["weight"] = "bold"
            colour = self.palette.paper if i in largest else self.palette.ink
            self._write(x, y, named[i], self.layout.label, colour, **style)

    def key(self) -> None:
        """The legend of the lines' colours, under the picture."""
        line = mpl("lines").Line2D
        signs = [("weight above 0", self.palette.positive, "-"), ("below 0", self.palette.negative, DASHES)]
        self.ax.legend(
            handles=[line([], [], color=c, ls=style, lw=2.5, label=text) for text, c, style in signs],
            loc="lower center", ncols=2, frameon=False, borderaxespad=0, handlelength=2.6,
            labelcolor=self.palette.ink, fontsize=self.layout.text * self.points,
        )  # fmt: skip

    def _circle(self, x: float, y: float, radius: float, colour: str, neuron: str | None = None) -> None:
        edge = 0.0 if neuron is None else self.thin
        circle = mpl("patches").Circle(
            (x, y), radius, fc=colour, ec=self.palette.quiet, lw=edge, zorder=2, gid=neuron
        )
        self.ax.add_patch(circle)

    def _write(self, x: float, y: float, text: str, size: float, colour: str, **style: Any) -> None:
        self.ax.text(
            x, y, text, size=size * self.points, color=colour, zorder=3,
            **({"ha": "center", "va": "center_baseline"} | style),
        )  # fmt: skip
