"""Room: matplotlib itself, the axes that a plot is given or makes, and the size of the type in a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd._support.extras import extra
from viz._layout.scene import SLIDE

if TYPE_CHECKING:  # matplotlib is an extra: only the types stand here
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "LETTER", "MARKERS",
    "axes_or_new", "canvas", "legend_below", "mpl", "room_of", "smallest_type", "type_size", "width_of",
]  # fmt: skip

LARGEST = (12.0, 6.75)  # inches: a new picture that needs all its room has a projector's 16 : 9
LETTER = 0.62  # the width of a letter, in the size of its type
MARKERS = "os^DvpX"  # for things that colour alone should not tell apart
MARK = 3.5  # the mark beside a label in a legend, and the gap between columns, in the size of its type
SMALLEST = 6.0  # points: the least that can be read
BAR = 1.3  # inches, for a colour bar beside a picture


def mpl(module: str = "") -> Any:
    """A module of matplotlib, which is imported when the first picture is drawn.

    >>> mpl("colors").to_hex("white")
    '#ffffff'
    """
    return extra(f"matplotlib.{module}" if module else "matplotlib", "plots", "drawing a plot")


def axes_or_new(ax: Axes | None, width: float, height: float) -> Axes:
    """The axes given, or those of a new figure of that size in inches.

    The figure of axes that were given, if they are from ``subplots``, is laid out by matplotlib from now on:
    a colour bar, a legend and the labels of one panel would else stand on the next panel.
    """
    pyplot = mpl("pyplot")
    if ax is None:
        _, ax = pyplot.subplots(figsize=(width, height), layout="constrained")
    elif not isinstance(ax, mpl("axes").Axes):
        raise TypeError(f"ax is matplotlib's Axes, or None for new ones; given {type(ax).__name__}")
    else:
        _lay_out(ax)
    return ax


def _lay_out(ax: Axes) -> None:
    figure = ax.get_figure()
    if not isinstance(figure, mpl("figure").Figure) or figure.get_layout_engine() is not None:
        return  # a part of a figure, or a user's choice
    if all(axes.get_subplotspec() is not None for axes in figure.axes):
        figure.set_layout_engine("tight")  # unlike "constrained" it permits a later tight_layout()


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


def width_of(text: str) -> float:
    """How wide matplotlib draws a text, in the size of its type.

    >>> width_of("m") > width_of("i") > width_of("") == 0.0
    True
    """
    if not text:
        return 0.0
    is_math = mpl("cbook").is_math_text(text)
    shown = text if is_math else text.replace(r"\$", "$")
    font = mpl("font_manager").FontProperties(size=100)
    measured = mpl("textpath").text_to_path.get_text_width_height_descent(shown, font, is_math)
    return float(measured[0]) / 100


def type_size(name: str | float) -> float:
    """The points of matplotlib's "large" or "medium" type, or of a setting such as "legend.fontsize".

    >>> type_size("large") > type_size("medium") > type_size("small")
    True
    """
    return float(mpl("font_manager").FontProperties(size=mpl().rcParams.get(name, name)).get_size_in_points())


def smallest_type(figure: Figure, size: tuple[float, float] = SLIDE) -> float:
    """The pixels of the smallest type in a figure that is fitted into a slide.

    Only text that is drawn counts. Raised and lowered signs count by the size of the line they belong to.

    Args:
        figure: matplotlib's.
        size: the width and height of the slide, in pixels.

    Returns:
        The smallest size; infinity where there is no text.

    >>> figure = mpl("figure").Figure(figsize=(16, 9))
    >>> text = figure.text(0.5, 0.5, "$w_{00}$", size=18)
    >>> smallest_type(figure)
    30.0
    """
    sizes = [float("inf")]

    class Measuring(mpl("backend_bases").RendererBase):  # type: ignore[misc]  # a class of an extra
        """Draws nothing, and notes the size of every text that it is asked to draw."""

        dpi = figure.dpi  # for the images of a figure itself

        def points_to_pixels(self, points: Any) -> Any:
            return points * figure.dpi / 72

        def option_image_nocomposite(self) -> bool:
            return True

        def draw_text(self, gc: Any, x: float, y: float, s: str, prop: Any, *_: Any, **__: Any) -> None:
            if s.strip():
                sizes.append(prop.get_size_in_points())

        def _nothing(self, *_: Any, **__: Any) -> None:
            pass

        draw_path = draw_markers = draw_path_collection = draw_quad_mesh = _nothing
        draw_gouraud_triangles = draw_image = _nothing

    figure.draw(Measuring())
    width, height = figure.get_size_inches()
    return float(min(sizes) * min(size[0] / width, size[1] / height) / 72)


def legend_below(ax: Axes) -> None:
    """The legend under the axes, where nothing is drawn and no title is, as large as fits in few rows."""
    labels = ax.get_legend_handles_labels()[1]
    letters = max(map(width_of, labels)) + MARK  # of one column
    room = 72 * room_of(ax)[0]
    size = max(SMALLEST, min(type_size("legend.fontsize"), 1.1 * room / letters))
    columns = int(room / (size * letters))
    settings = mpl().rcParams
    lines = 1.3 * (type_size("xtick.labelsize") + type_size("axes.labelsize"))
    above = lines + settings["xtick.major.size"] + settings["xtick.major.pad"] + settings["axes.labelpad"]
    ax.legend(
        loc="upper center", bbox_to_anchor=(0.5, 0.0), borderaxespad=above / size, frameon=False,
        columnspacing=1.2, fontsize=size, ncols=max(1, min(columns, len(labels), 4)),
    )  # fmt: skip


def canvas(
    ax: Axes | None, width: float, height: float, largest: float, bar: bool = False
) -> tuple[Axes, float]:
    """Axes without frame or ticks, `width` by `height` of the plot's own units, square ones.

    Args:
        ax: the axes to draw in; None for a new figure, as large as it needs and a screen allows.
        width, height: of the plot.
        largest: the most inches to a unit in a new figure.
        bar: whether a colour bar will take room beside it.

    Returns:
        The axes, with (0, 0) at the top left and y downwards, and the points to a unit, for the sizes of text
        and lines.
    """
    room = room_of(ax, bar)
    inches = min(room[0] / width, room[1] / height)
    if ax is None:
        inches = min(inches, largest)
        ax = axes_or_new(None, width * inches + (BAR if bar else 0.0), height * inches)
    ax.set_axis_off()
    ax.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    return ax, 72 * inches
