"""The parts of a net's picture: neurons, lines, headings, numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from viz._mathematics.numerals import fixed, number
from viz._pictures.arrays import Array
from viz._plots.networks.layout import STRIP, Column, NetLayout
from viz._plots.networks.places import places_on_links
from viz._plots.parts.palette import Palette
from viz._plots.parts.room import mpl, width_of
from viz._plots.parts.scales import brightness, levels
from viz._plots.parts.words import decimal, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DASHES", "Pen", "fitted", "signal"]

FILLED = 0.99  # of a circle, by the diagonal of its text
SMALLEST = 5.0  # points: a number that would be smaller is left out
DASHES = (0, (4, 1.5))
ON_A_LINK = 0.2  # the size of a number on a link, at most
TALL = 0.74  # the height of a digit, in the size of its type
LEADING = 1.2  # from one line to the next, in the size of the type


def fitted(texts: list[str], radius: float, lines: int = 1) -> float:
    """The size of type in which each of some texts, of so many lines, fits into a circle."""
    widest = max(width_of(line) for text in ["0.00", *texts] for line in text.split("\n"))
    tall = TALL + LEADING * (lines - 1)
    return FILLED * 2 * radius / float(np.hypot(widest, tall))


class Pen:
    """Draws the parts of a net; `points` is how many there are to a unit of the layout."""

    def __init__(self, ax: Axes, palette: Palette, points: float, layout: NetLayout) -> None:
        self.ax, self.palette, self.points, self.layout = ax, palette, points, layout
        self.thin = min(0.06 * points, 1.5)

    def weights(self, W: Array, source: Column, target: Column, place: int) -> None:
        """The lines between two columns."""
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

    def widest(self, W: Array, source: Column, target: Column) -> None:
        """Under the lines between two columns, the weight that the widest of them stands for."""
        shown = W[np.ix_(target.visible.indices, source.visible.indices)]
        largest, size = number(float(abs(shown).max())), self.layout.text
        room = 0.85 * self.layout.apart / size
        is_wide = room > width_of("widest: $|w|$ = 0.0000")  # the same form under all columns
        text = f"widest: $|w|$ = {largest}" if is_wide else rf"$|w| \leq$ {largest}"
        size *= min(1.0, room / width_of(text))
        self.write((source.x + target.x) / 2, self.layout.foot, text, size, self.palette.quiet)

    def on_links(
        self, texts: list[str], numbers: Array, source: Column, target: Column, share: float = 0.3
    ) -> None:
        """A number on each link, in the order of W, in the colour of its sign, at a share of the link."""
        radius = self.layout.radius
        links = np.array([[(source.x, y), (target.x, to)] for to in target.y for y in source.y])
        ways = links[:, 1] - links[:, 0]
        ways /= np.hypot(*ways.T)[:, None]
        links = links + radius * np.stack([ways, -ways], axis=1)  # from circle to circle
        size = ON_A_LINK
        boxes = size * np.array([(width_of(text) + 0.4, 1.1) for text in texts])
        for (x, y), text, w in zip(places_on_links(links, boxes, share), texts, numbers.ravel(), strict=True):
            colour = self.palette.sign(float(w)) if w else self.palette.ink
            self.write(x, y, text, size, colour, bbox=self._ground(), zorder=2.5)

    def neurons(self, column: Column, place: int, activations: Array | None) -> None:
        """The circles of a column with its activations, and its dots."""
        texts = [] if activations is None else [short(float(a)) for a in activations]
        self.circles(column, place, activations, texts)

    def circles(
        self, column: Column, place: int, activations: Array | None, texts: list[str], lines: int = 1
    ) -> None:
        """The circles of a column, as bright as its activations, with a text in each, and its dots."""
        shades = None if activations is None else levels(activations).tolist()
        visible = column.visible.indices
        size = fitted([texts[i] for i in visible], self.layout.radius, lines) if texts else 0.0
        for neuron, y in zip(visible, column.y, strict=True):
            grey = None if shades is None else shades[neuron]
            colour = self.palette.paper if grey is None else str(grey)
            self.circle(column.x, y, self.layout.radius, colour, f"a{place}_{neuron}")
            if grey is not None and size * self.points >= SMALLEST:
                ink = "black" if grey > 0.5 else "white"
                self.write(column.x, y, texts[neuron], size, ink, linespacing=LEADING)
        self.dots(column)

    def dots(self, column: Column) -> None:
        """Three dots for the neurons that a column does not show."""
        for y in column.dots:
            self.circle(column.x, y, 0.1, self.palette.ink)

    def biases(self, column: Column, b: Array) -> None:
        """The bias of each neuron of a column, under it."""
        for neuron, y in zip(column.visible.indices, column.y, strict=True):
            text = f"b = {decimal(float(b[neuron]))}"
            self.under(column.x, y, text)

    def under(self, x: float, y: float, text: str) -> None:
        """A text under a neuron."""
        self._at_a_neuron(x, y + self.layout.radius + 0.05, text, va="top")

    def over(self, x: float, y: float, text: str) -> None:
        """A text over a neuron."""
        self._at_a_neuron(x, y - self.layout.radius - 0.05, text, va="bottom")

    def beside(self, x: float, y: float, text: str) -> None:
        """Lines left of a neuron, which end one under another."""
        self._at_a_neuron(x - self.layout.radius - 0.12, y, text, va="center", ha="right", ma="right")

    def _at_a_neuron(self, x: float, y: float, text: str, **style: Any) -> None:
        ground: dict[str, Any] = {"bbox": self._ground(), "zorder": 1.5, "linespacing": LEADING}
        self.write(x, y, text, ON_A_LINK, self.palette.ink, **ground, **style)

    def heading(self, column: Column) -> None:
        """The lines over a column."""
        top, text = 0.2 * self.layout.text, "\n".join(column.heading)
        self.write(column.x, top, text, self.layout.heading, self.palette.ink, va="top")

    def bracket(self, column: Column, n: int) -> None:
        """The number of inputs, beside a column that does not show all of them."""
        radius, middle = self.layout.radius, self.layout.middle
        top, bottom, x = column.y[0] - radius, column.y[-1] + radius, column.x - radius - 0.3
        xs = [x, x - 0.25, x - 0.25, x - 0.5, x - 0.25, x - 0.25, x]
        ys = [top, top, middle - 0.25, middle, middle + 0.25, bottom, bottom]
        self.ax.plot(xs, ys, color=self.palette.quiet, lw=self.thin)
        self.write(x - 0.95, middle, f"{n:,}", 0.8, self.palette.ink, rotation=90)

    def image(self, image: Array) -> None:
        """The example as a picture, left of the inputs."""
        side, middle = self.layout.side, self.layout.middle
        tall, wide = (side * n / max(image.shape) for n in image.shape)
        left = 0.2 + (side - wide) / 2
        self._pixels(image, (left, left + wide, middle + tall / 2, middle - tall / 2))

    def strip(self, image: Array, column: Column) -> None:
        """All pixels of the example in a column of their own, left of the inputs' bracket, row after row."""
        right = column.x - self.layout.radius - 2.0
        top, bottom = column.y[0] - self.layout.radius, column.y[-1] + self.layout.radius
        self._pixels(image.reshape(-1, 1), (right - 0.5 * STRIP, right, bottom, top))

    def _pixels(self, image: Array, extent: tuple[float, float, float, float]) -> None:
        low, high = brightness(image)
        limits = self.ax.get_xlim(), self.ax.get_ylim()
        self.ax.imshow(image, cmap="gray", vmin=low, vmax=high, extent=extent, aspect="auto")
        left, right, bottom, top = extent
        frame = {"fill": False, "ec": self.palette.quiet, "lw": self.thin}
        self.ax.add_patch(mpl("patches").Rectangle((left, top), right - left, bottom - top, **frame))
        # imshow draws the axes in to its picture.
        self.ax.set(xlim=limits[0], ylim=limits[1], aspect="equal")

    def labels(self, column: Column, named: list[str], outputs: Array | None) -> None:
        """The names of the outputs, the largest output's in a box."""
        largest = set() if outputs is None else set(np.flatnonzero(outputs == outputs.max()).tolist())
        x = column.x + self.layout.radius + 0.35
        for i in sorted({*column.visible.indices, *largest}):
            y = column.top + column.pitch * column.visible.row_of(i)
            style: dict[str, Any] = {"ha": "left"}
            if i in largest:
                style["bbox"] = {"boxstyle": "round,pad=0.18", "fc": self.palette.ink, "ec": "none"}
                style["weight"] = "bold"
            colour = self.palette.paper if i in largest else self.palette.ink
            self.write(x, y, named[i], self.layout.label, colour, **style)

    def words(self) -> None:
        """The lines under the net."""
        for line, text in enumerate(self.layout.words):
            size = min(self.layout.text, 0.97 * self.layout.width / (width_of(text) or 1.0))
            y = self.layout.foot + 1.6 * line * self.layout.text
            self.write(self.layout.width / 2, y, text, size, self.palette.ink)

    def key(self) -> None:
        """The legend of the lines' colours, under the example as a picture, or under all."""
        line = mpl("lines").Line2D
        signs = [("weight above 0", self.palette.positive, "-"), ("below 0", self.palette.negative, DASHES)]
        place: dict[str, Any] = {"loc": "lower center", "ncols": 2}
        if self.layout.key is not None:
            place = {
                "loc": "upper center",
                "bbox_to_anchor": self.layout.key,
                "bbox_transform": self.ax.transData,
            }
        self.ax.legend(
            handles=[line([], [], color=c, ls=style, lw=2.5, label=text) for text, c, style in signs],
            frameon=False, borderaxespad=0, handlelength=2.6,
            labelcolor=self.palette.ink, fontsize=self.layout.text * self.points, **place,
        )  # fmt: skip

    def circle(self, x: float, y: float, radius: float, colour: str, neuron: str | None = None) -> None:
        """A neuron, or a dot that stands for others."""
        edge = 0.0 if neuron is None else self.thin
        circle = mpl("patches").Circle(
            (x, y), radius, fc=colour, ec=self.palette.quiet, lw=edge, zorder=2, gid=neuron
        )
        self.ax.add_patch(circle)

    def write(self, x: float, y: float, text: str, size: float, colour: str, **style: Any) -> None:
        """A text at a point, its size in units of the layout."""
        usual: dict[str, Any] = {"ha": "center", "va": "center_baseline", "zorder": 3}
        self.ax.text(x, y, text, size=size * self.points, color=colour, **(usual | style))

    def _ground(self) -> dict[str, Any]:
        """The background of a number that stands on lines."""
        return {"boxstyle": "square,pad=0.1", "fc": self.palette.paper, "ec": "none"}


def signal(z: float, a: float) -> str:
    """A neuron's weighted sum over its output.

    >>> signal(1.16, 0.7613)
    'X 1.160\\nO 0.761'
    """
    return "\n".join(f"{name} {_three(x)}" for name, x in (("X", z), ("O", a)))


def _three(x: float) -> str:
    return fixed(x, 3) if abs(x) < 1000 else number(x)
