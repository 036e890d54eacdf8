"""A picture as the sum of coloured parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from viz._pictures.arrays import Array
from viz._plots.parts.palette import palette_of
from viz._plots.parts.room import canvas, mpl, width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["MOST_PARTS", "draw_sum"]

MOST_PARTS = 8  # colours that are told apart
SIGN, BELOW = 0.42, 0.24  # between two pictures; under one, for its name; in the side of a picture
LARGEST = 3.0  # inches of a picture's side
TYPE = 0.15  # the size of a name


def draw_sum(ax: Axes | None, parts: Array, titles: Sequence[str]) -> Axes:
    """Draw the whole, "=", and the parts with "+" between them.

    Args:
        ax: the axes to draw in; new ones if None.
        parts: shape (parts, height, width), from 0, paper, to 1, ink.
        titles: of the whole, and of each part.
    """
    tall, wide = parts.shape[1:]
    side = max(tall, wide)
    step = wide + SIGN * side
    width, height = (len(parts) + 1) * step, tall + BELOW * side
    ax, points = canvas(ax, width, height, largest=LARGEST / side)
    palette = palette_of(ax)
    colours = [np.array(mpl("colors").to_rgb(c)) for c in (palette.positive, palette.negative, *palette.runs)]
    whole = _mixed(parts, colours)
    pictures = [whole, *(_mixed(part[None], [c]) for part, c in zip(parts, colours, strict=False))]
    for place, (picture, title) in enumerate(zip(pictures, titles, strict=True)):
        left = place * step + SIGN * side / 2
        ax.imshow(picture, extent=(left, left + wide, tall, 0))
        style: dict[str, Any] = {"ha": "center", "va": "center", "color": palette.ink}
        if title:
            size = side * min(1.3 * TYPE if not place else TYPE, 1.25 / width_of(title))
            y = tall + BELOW * side / 2
            ax.text(left + wide / 2, y, title, size=size * points, **style)
        if place < len(parts):
            sign = "+" if place else "="
            ax.text(left + wide + SIGN * side / 2, tall / 2, sign, size=0.3 * side * points, **style)
    ax.set(xlim=(0, width), ylim=(height, 0))  # imshow draws the axes in to its picture
    return ax


def _mixed(parts: Array, colours: Sequence[Array]) -> Array:
    """Parts in their colours on nothing, shape (height, width, 4): where two overlap, a mixture."""
    ink = parts.max(axis=0)
    shares = parts / np.maximum(parts.sum(axis=0), 1e-12)
    rgb = np.einsum("nhw,nc->hwc", shares, np.array(colours[: len(parts)]))
    return np.concatenate([rgb.clip(0, 1), ink[..., None]], axis=2)
