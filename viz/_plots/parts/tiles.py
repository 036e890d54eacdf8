"""Many small pictures in one pair of axes, each with a title, in rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd._support.checks import count, is_whole
from viz._pictures.arrays import Array
from viz._plots.parts.palette import Palette, palette_of
from viz._plots.parts.room import LETTER, canvas, mpl, room_of
from viz._plots.parts.words import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Tile", "draw_tiles", "pictures_of"]

GAP, TITLE, NOTE = 0.12, 0.24, 0.3  # between tiles, for a title, under all; in the larger side of a tile
SMALLEST, LARGEST_TITLE = 4.0, 18.0  # points: a title that would be smaller is left out
WELL_BELOW = 0.15  # of the lowest number: a pixel that is lower has a minus sign
DASH = 0.3  # half of its length, in pixels


@dataclass(frozen=True)
class Tile:
    """One picture.

    Attributes:
        pixels: shape (height, width).
        title: the text over it.
        wrong: whether it is marked as misread.
        place: the row and the column of a pixel that is pointed out; None for none.
    """

    pixels: Array
    title: str = ""
    wrong: bool = False
    place: tuple[int, int] | None = None


def pictures_of(rows: Array, shape: Any, name: str) -> Array:
    """Rows of pixels as pictures, (n, height, width).

    Raises:
        ValueError: when a row does not have as many numbers as the pictures have pixels.

    >>> import numpy as np
    >>> pictures_of(np.zeros((2, 6)), (2, 3), "X").shape
    (2, 2, 3)
    """
    sides = tuple(shape) if isinstance(shape, Sequence) else ()
    if len(sides) != 2 or not all(is_whole(n) and n > 0 for n in sides):
        raise ValueError(f"shape is (height, width) of a picture in pixels, not {shape!r}")
    if rows.ndim not in (1, 2):
        raise ValueError(f"{name} has shape {rows.shape}; expected one row of pixels for each picture")
    rows = rows[None] if rows.ndim == 1 else rows
    if rows.shape[1] != math.prod(sides):
        raise ValueError(
            f"{name} has rows of {rows.shape[1]} numbers, and a picture of shape {sides} has "
            f"{math.prod(sides)} pixels; pass shape=(height, width)"
        )
    return rows.reshape(len(rows), *sides)


def draw_tiles(
    ax: Axes | None,
    tiles: Sequence[Tile],
    shades: Callable[[Palette], Any],
    limits: tuple[float, float],
    *,
    columns: int | None,
    hidden: int,
    kind: str,
    bar: str = "",
    minus: bool = False,
) -> Axes:
    """Draw tiles row by row, all in the same colours.

    Args:
        ax: the axes to draw in; new ones if None.
        tiles: one or more, all of one shape.
        shades: the colour map, for a palette.
        limits: the numbers at its two ends.
        columns: how many there are in a row; None for the number that makes them largest.
        hidden, kind: how many more of which kind there are, for a note under all.
        bar: the label of a colour bar; none if empty.
        minus: whether pixels well below 0 have a minus sign in them.
    """
    tall, wide = tiles[0].pixels.shape
    side = max(tall, wide)
    head = TITLE * side if any(tile.title for tile in tiles) else 0.0
    note = f"and {hidden:,} more {kind}" if hidden else ""
    foot = NOTE * side if note else 0.0
    across, down = wide + GAP * side, head + tall + GAP * side
    room = room_of(ax, bool(bar))
    columns = _columns(len(tiles), across, down, room) if columns is None else count(columns, "columns")
    width, height = columns * across, math.ceil(len(tiles) / columns) * down + foot
    ax, points = canvas(ax, width, height, largest=3.0 / side, bar=bool(bar))
    palette = palette_of(ax)
    longest = max(len(tile.title) for tile in tiles)
    size = min(0.75 * head * points, across * points / (LETTER * (longest + 1)), LARGEST_TITLE)
    for i, tile in enumerate(tiles):
        left, top = (i % columns) * across + GAP * side / 2, (i // columns) * down + GAP * side / 2 + head
        image = ax.imshow(
            tile.pixels, cmap=shades(palette), vmin=limits[0], vmax=limits[1],
            extent=(left, left + wide, top + tall, top),
        )  # fmt: skip
        if minus:
            _draw_minus_signs(ax, tile.pixels, (left, top), limits[0], points, palette)
        if tile.place is not None:
            _point_out(ax, tile, (left, top), points, palette)
        frame = {"ec": palette.negative, "lw": 3.0} if tile.wrong else {"ec": palette.quiet, "lw": 0.5}
        ax.add_patch(mpl("patches").Rectangle((left, top), wide, tall, fill=False, **frame))
        if tile.title and size >= SMALLEST:
            ax.text(
                left + wide / 2, top - 0.2 * head, tile.title, ha="center", va="baseline", size=size,
                color=palette.negative if tile.wrong else palette.ink,
                weight="bold" if tile.wrong else "normal",
            )  # fmt: skip
    if note:
        size = min(0.5 * foot * points, width * points / (LETTER * len(note)), LARGEST_TITLE)
        ax.text(width / 2, height - foot / 2, note, ha="center", va="center", size=size, color=palette.quiet)
    ax.set(xlim=(0, width), ylim=(height, 0))  # imshow draws the axes in to its picture
    figure = ax.get_figure()
    if bar and figure is not None:
        figure.colorbar(image, ax=ax, label=bar)
    return ax


def _draw_minus_signs(
    ax: Axes, pixels: Array, corner: tuple[float, float], lowest: float, points: float, palette: Palette
) -> None:
    """A dash in each pixel that is well below 0, so that its sign is seen without colours."""
    rows, columns = np.nonzero(pixels < WELL_BELOW * lowest)
    x, y = corner[0] + columns + 0.5, corner[1] + rows + 0.5
    dashes = np.stack([np.stack([x - DASH, y], axis=1), np.stack([x + DASH, y], axis=1)], axis=1)
    lines = mpl("collections").LineCollection(
        list(dashes), colors=[palette.paper], linewidths=min(0.14 * points, 4.0), zorder=2
    )
    ax.add_collection(lines, autolim=False)


def _point_out(ax: Axes, tile: Tile, corner: tuple[float, float], points: float, palette: Palette) -> None:
    """A frame around a pixel, and its number beside it."""
    assert tile.place is not None
    row, column = tile.place
    tall, wide = tile.pixels.shape
    left, top = corner[0] + column, corner[1] + row
    ax.add_patch(
        mpl("patches").Rectangle((left, top), 1, 1, fill=False, ec=palette.negative, lw=2.5, zorder=3)
    )
    size = min(0.12 * max(tall, wide) * points, LARGEST_TITLE)
    to_the_left = column > wide / 2
    ax.text(
        left - 0.6 if to_the_left else left + 1.6, top + 0.5, short(float(tile.pixels[row, column])),
        ha="right" if to_the_left else "left", va="center_baseline", size=size, color=palette.ink, zorder=4,
        bbox={"boxstyle": "round,pad=0.15", "fc": palette.paper, "ec": palette.negative, "lw": 1.5},
    )  # fmt: skip


def _columns(n: int, across: float, down: float, room: tuple[float, float]) -> int:
    """How many to a row, so that they are large and the last row is not short."""

    def worth(columns: int) -> float:
        rows = math.ceil(n / columns)
        return min(room[0] / (columns * across), room[1] / (rows * down)) * n / (columns * rows)

    return max(range(1, n + 1), key=worth)
