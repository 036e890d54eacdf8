"""Brightness as a picture: one neuron, and the pixels of an image."""

from __future__ import annotations

from typing import Any

import numpy as np

from viz._layout.scene import Curve, Flat, Rectangle
from viz._layout.themes import Theme
from viz._pictures.arrays import Array, numbers
from viz._plots.parts.scales import levels
from viz._slides.parts.blocks import Drawn

__all__ = ["an_image", "neuron", "pixels"]

NEURON, RING, THICK_RING = 0.95, 0.05, 0.12  # in units of the type's size
OVERLAP = 0.04  # of a pixel with the next: between pixels that only touch, viewers show a seam
FRAME, REACH = 0.1, 0.65  # of the pixel that a line leads from; the line ends so far beside the image


def an_image(image: Any) -> Array:
    """The pixels of an image from a user, shape (height, width)."""
    array = numbers(image, "image")
    if array.ndim != 2:
        raise ValueError(f"image has shape {array.shape}, expected (height, width), as image.reshape(28, 28)")
    return array


def neuron(level: float, marked: bool = False) -> Drawn:
    """A neuron that is as bright as its activation; with a thick ring where it is `marked`."""

    def draw(theme: Theme) -> tuple[Flat, ...]:
        thickness = THICK_RING if marked else RING
        side = NEURON - thickness
        colour = theme.positive if marked else theme.line
        at = thickness / 2
        return (Rectangle(at, at, side, side, side / 2, _grey(level), colour, thickness),)

    return Drawn(NEURON, NEURON, draw, "")


def pixels(image: Array, side: float, marked: tuple[int, int] | None = None) -> Drawn:
    """An image as squares of grey; a line leads from the marked one to the middle of the right side.

    Args:
        side: the longer one of the image.
        marked: the row and the column of a pixel.
    """
    height, width = image.shape
    side /= max(height, width)

    def draw(theme: Theme) -> tuple[Flat, ...]:
        ground = Rectangle(0, 0, width * side, height * side, 0, theme.line, theme.line, 0)
        shades = levels(image)
        squares = [_square(i, j, side, _grey(float(shades[i, j]))) for i, j in np.ndindex(height, width)]
        pointer: tuple[Flat, ...] = ()
        if marked:
            pointer = _pointer(image.shape, marked, side, _grey(float(shades[marked])), theme)
        return (ground, *squares, *pointer)

    return Drawn(width * side, height * side, draw, f"an image of {height} x {width} pixels")


def _square(i: int, j: int, side: float, colour: str) -> Rectangle:
    return Rectangle(j * side, i * side, side * (1 + OVERLAP), side * (1 + OVERLAP), 0, colour, colour, 0)


def _pointer(
    shape: tuple[int, ...], marked: tuple[int, int], side: float, shade: str, theme: Theme
) -> tuple[Flat, ...]:
    (i, j), (height, width) = marked, shape
    frame = Rectangle(
        j * side - FRAME,
        i * side - FRAME,
        side + 2 * FRAME,
        side + 2 * FRAME,
        0.08,
        theme.positive,
        theme.positive,
        0,
    )
    start, end = ((j + 1) * side + FRAME, (i + 0.5) * side), (width * side + REACH, height * side / 2)
    bend = (end[0] - start[0]) / 2
    points = start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end
    return frame, _square(i, j, side, shade), Curve(points, theme.positive, 0.7 * FRAME)


def _grey(level: float) -> str:
    return "#" + 3 * f"{round(255 * level):02X}"
