"""The colours of a plot: those of every drawing, on the background that matplotlib's style made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from viz._layout.themes import CLASSES_ON_DARK, CLASSES_ON_LIGHT, DARK, LIGHT
from viz._plots.parts.room import mpl

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import LinearSegmentedColormap

__all__ = ["Palette", "palette_of"]


@dataclass(frozen=True)
class Palette:
    """The colours of one plot.

    Attributes:
        paper: the background of the axes.
        ink, quiet, positive, negative: those of `_layout.themes` for such a background.
        runs: colours that distinguish runs or classes, and have no sign.
    """

    paper: str
    ink: str
    quiet: str
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
        """Between a tint of blue and the background, the lighter the higher: heights to draw lines on."""
        shades = (self.mixed(self.positive, share) for share in (0.03, 0.5))
        return self._blend(*sorted(shades, key=lightness))

    def mixed(self, colour: str, share: float, ground: str | None = None) -> str:
        """A share of a colour mixed with the background, or with another ground."""
        colors = mpl("colors")
        over, under = (colors.to_rgb(c) for c in (colour, ground or self.paper))
        hexed: str = colors.to_hex([share * o + (1 - share) * u for o, u in zip(over, under, strict=True)])
        return hexed

    def _blend(self, *colours: str) -> LinearSegmentedColormap:
        blend: LinearSegmentedColormap = mpl("colors").LinearSegmentedColormap.from_list("chainrule", colours)
        return blend


def lightness(colour: str) -> float:
    """From 0, black, to 1, white.

    >>> lightness("#000000"), round(lightness("#ffffff"), 3)
    (0.0, 1.0)
    """
    red, green, blue = mpl("colors").to_rgb(colour)
    return float(0.299 * red + 0.587 * green + 0.114 * blue)


def palette_of(ax: Axes) -> Palette:
    """The palette that fits the background of some axes, as matplotlib's style made it.

    >>> ax = mpl("figure").Figure(facecolor="white").add_subplot()
    >>> palette_of(ax).positive == LIGHT.positive
    True
    """
    colors = mpl("colors")
    grounds = [ax.get_facecolor()] if ax.axison else []
    part = ax.get_figure()
    if part is not None:  # a figure, or a part of one, which may be see-through
        grounds += [part.get_facecolor(), part.figure.get_facecolor()]
    # A figure without a background, as in a notebook, is taken for a white page.
    paper = next((colors.to_hex(ground) for ground in grounds if colors.to_rgba(ground)[3] > 0), "#ffffff")
    theme, runs = (LIGHT, CLASSES_ON_LIGHT) if lightness(paper) > 0.5 else (DARK, CLASSES_ON_DARK)
    return Palette(paper, theme.ink, theme.quiet, theme.positive, theme.negative, runs)
