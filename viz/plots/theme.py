"""Colours and room: what every plot takes from matplotlib's style and from the axes it is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograd.extras import extra

if TYPE_CHECKING:  # matplotlib is an extra: only the types stand here
    from matplotlib.axes import Axes
    from matplotlib.colors import LinearSegmentedColormap

__all__ = [
    "LETTER", "MARKERS", "Theme", "axes_or_new", "canvas", "legend_above", "mpl", "room_of", "theme_of",
]  # fmt: skip

LARGEST = (12.0, 6.75)  # inches: a new picture that needs all its room has a projector's 16 : 9
LETTER = 0.62  # the width of a letter, in the size of its type
MARKERS = "os^DvpX"  # for things that colour alone should not tell apart
BAR = 1.3  # inches, for a colour bar beside a picture


@dataclass(frozen=True)
class Theme:
    """The colours of one plot. Blue is positive and orange negative, which no colour-blindness confuses.

    Attributes:
        ink, quiet, paper: for what is said, what is said aside, and the background.
        positive, negative: the colours of the two signs.
        runs: colours of things to be told apart that have no sign.
    """

    ink: str
    quiet: str
    paper: str
    positive: str
    negative: str
    runs: tuple[str, ...]

    def sign(self, number: float) -> str:
        """The colour of a number's sign."""
        return self.positive if number > 0 else self.negative if number < 0 else self.quiet

    def signed(self) -> LinearSegmentedColormap:
        """From negative through the background, at 0, to positive; half-way, the colours are full."""
        ends = (self.mixed(colour, 0.55, self.ink) for colour in (self.negative, self.positive))
        return self._blend(next(ends), self.negative, self.paper, self.positive, next(ends))

    def field(self) -> LinearSegmentedColormap:
        """The same, paler: the ground for points in the full colours."""
        ends = (self.mixed(colour, 0.55) for colour in (self.negative, self.positive))
        return self._blend(next(ends), self.paper, next(ends))

    @property
    def classes(self) -> tuple[str, ...]:
        """Colours of several classes, which have no sign."""
        return (self.negative, self.positive, *self.runs)

    def rising(self) -> LinearSegmentedColormap:
        """From a tint of blue to the background: heights that lines can be drawn on."""
        return self._blend(self.mixed(self.positive, 0.5), self.mixed(self.positive, 0.03))

    def mixed(self, colour: str, share: float, ground: str | None = None) -> str:
        """That much of a colour on the background, or on another."""
        colors = mpl("colors")
        over, under = (colors.to_rgb(c) for c in (colour, ground or self.paper))
        hexed: str = colors.to_hex([share * o + (1 - share) * u for o, u in zip(over, under, strict=True)])
        return hexed

    def _blend(self, *colours: str) -> LinearSegmentedColormap:
        blend: LinearSegmentedColormap = mpl("colors").LinearSegmentedColormap.from_list("chainrule", colours)
        return blend


# Okabe and Ito's colours, which stay apart for the colour-blind, less the two like our blue and orange.
ON_LIGHT = ("#009E73", "#CC79A7", "#7A5C00", "#4B4B4B", "#56B4E9", "#882255")
ON_DARK = ("#2ED9A4", "#F0A6CD", "#F0E442", "#D0D0D0", "#8FD3FF", "#E07AA8")


def theme_of(ax: Axes) -> Theme:
    """The theme that fits the background of some axes, as matplotlib's style made it."""
    colors = mpl("colors")
    grounds = [ax.get_facecolor()] if ax.axison else []
    part = ax.get_figure()
    if part is not None:  # a figure, or a part of one, which may be see-through
        grounds += [part.get_facecolor(), part.figure.get_facecolor()]
    # What has no background, as pictures in a notebook, is taken for a white page.
    paper = next((colors.to_hex(ground) for ground in grounds if colors.to_rgba(ground)[3] > 0), "#ffffff")
    red, green, blue = colors.to_rgb(paper)
    if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5:
        return Theme("#111111", "#5A5A5A", paper, "#1565C0", "#C75200", ON_LIGHT)
    return Theme("#F5F5F5", "#B5B5B5", paper, "#5CB0FF", "#FF9A3D", ON_DARK)


def mpl(module: str = "") -> Any:
    """A module of matplotlib, which is imported when the first picture is drawn.

    >>> mpl("colors").to_hex("white")
    '#ffffff'
    """
    return extra(f"matplotlib.{module}" if module else "matplotlib", "plots", "drawing a plot")


def axes_or_new(ax: Axes | None, width: float, height: float) -> Axes:
    """The axes given, or those of a new figure of that size in inches."""
    pyplot = mpl("pyplot")
    if ax is None:
        _, ax = pyplot.subplots(figsize=(width, height), layout="constrained")
    elif not isinstance(ax, mpl("axes").Axes):
        raise TypeError(f"ax is matplotlib's Axes, or None for new ones; given {type(ax).__name__}")
    return ax


def room_of(ax: Axes | None, bar: bool = False) -> tuple[float, float]:
    """The inches there are to draw in, width and height: the axes', or those of a whole screen.

    Args:
        ax: the axes given, or None.
        bar: whether a colour bar will take some of the width.
    """
    if ax is None:
        return LARGEST[0] - (BAR if bar else 0.0), LARGEST[1]
    box, figure = axes_or_new(ax, 0, 0).get_window_extent(), ax.get_figure()
    dpi = 100.0 if figure is None else figure.dpi
    return box.width / dpi * (0.85 if bar else 1.0), box.height / dpi


def legend_above(ax: Axes) -> None:
    """The legend over the axes, where nothing is drawn, in as many columns as there is room for."""
    labels = ax.get_legend_handles_labels()[1]
    size = mpl("font_manager").FontProperties(size=mpl().rcParams["legend.fontsize"])
    letters = 72 * room_of(ax)[0] / (LETTER * size.get_size_in_points())
    columns = int(letters / (max(map(len, labels)) + 5))  # 5: the mark, and the gap between columns
    ax.legend(
        loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False, columnspacing=1.2,
        ncols=max(1, min(columns, len(labels), 4)),
    )  # fmt: skip


def canvas(
    ax: Axes | None, width: float, height: float, largest: float, bar: bool = False
) -> tuple[Axes, float]:
    """Axes without frame or ticks, `width` by `height` of the plot's own units, square ones.

    Args:
        ax: the axes to draw in; None for a new figure, as large as it needs and a screen allows.
        width, height: what is to be drawn.
        largest: the most inches to a unit in a new figure.
        bar: whether a colour bar will take room beside it.

    Returns:
        The axes, with (0, 0) at the top left and y downwards, and the points to a unit: what text
        and lines may take so that nothing overlaps.
    """
    room = room_of(ax, bar)
    inches = min(room[0] / width, room[1] / height)
    if ax is None:
        inches = min(inches, largest)
        ax = axes_or_new(None, width * inches + (BAR if bar else 0.0), height * inches)
    ax.set_axis_off()
    ax.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    return ax, 72 * inches
