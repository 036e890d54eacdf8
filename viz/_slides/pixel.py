r"""One pixel of an image as a number, and all of them as the column of inputs."""

from __future__ import annotations

from typing import Any

from autograd._support.checks import count
from viz._layout.scene import SLIDE
from viz._layout.themes import LIGHT, Theme
from viz._mathematics.signs import EQUALS
from viz._mathematics.typeset import line
from viz._pictures.arrays import Array
from viz._plots.parts.scales import levels
from viz._slides.parts.blocks import EMPTY, Block, Formula, Row, Table
from viz._slides.parts.entries import VERTICAL, element, numeral
from viz._slides.parts.pictures import an_image, neuron, pixels
from viz._slides.slide import Size, Slide

__all__ = ["pixel"]

DECIMALS = 2
MIDDLE = 0.5  # between black and white
FIRST = 3  # pixels of the column before the dots
PICTURE = 14.0  # the longer side of the image, in sizes of the type


def pixel(
    image: Any,
    row: int | None = None,
    column: int | None = None,
    *,
    theme: Theme = LIGHT,
    size: Size = SLIDE,
) -> Slide:
    r"""Show that a neuron holds a number: one pixel of an image, and the column into which all pixels unroll.

    Args:
        image: the brightness of the pixels, from 0 for black to 1 for white, shape (height, width).
        row, column: of the pixel, from 0, from the upper left corner; without both, the pixel that is
            nearest to the grey between black and white.
        theme, size: the colours, and the slide in pixels.

    Raises:
        TypeError, ValueError: for anything but an image of finite numbers, for a pixel that it has not, and
            for a row without a column.

    Source: lecture section 1, a 28×28 image is 784 input neurons.

    >>> print(pixel([[0.0, 0.58], [1.0, 0.25]]))    # of row 0, column 1
                                   a₀⁽⁰⁾ = 0.00
    an image of 2 x 2 pixels  0.58 a₁⁽⁰⁾ = 0.58
                                   a₂⁽⁰⁾ = 1.00
                                   a₃⁽⁰⁾ = 0.25
    """
    array = an_image(image)
    height, width = array.shape
    shades = levels(array).ravel()
    if row is None and column is None:
        row, column = divmod(int(abs(shades - MIDDLE).argmin()), width)
    elif row is None or column is None:
        raise ValueError(f"pixel takes a row and a column, or neither; given {row=} and {column=}")
    i = count(row, "row", 0, height - 1)
    j = count(column, "column", 0, width - 1)
    place = i * width + j
    number = Row(
        (
            neuron(float(shades[place]), marked=True),
            Formula(numeral(float(array[i, j]), DECIMALS), "ink", 1.2),
        )
    )
    column_of_inputs = _unrolled(array.ravel(), shades, place)
    return Slide(
        Row((pixels(array, PICTURE, (i, j)), number, column_of_inputs)),
        title=f"The pixel of row {i} and column {j} as a number",
        size=size,
        theme=theme,
    )


def _unrolled(inputs: Array, shades: Array, place: int) -> Table:
    """The inputs in a column: the first ones, the one pointed out, the last."""
    shown = sorted({*range(min(FIRST, len(inputs))), place, len(inputs) - 1})
    rows: list[tuple[Block, ...]] = []
    before = -1
    for k in shown:
        if k > before + 1:
            rows.append((EMPTY, Formula(VERTICAL), Formula(VERTICAL)))
        disc = neuron(float(shades[k]), marked=k == place)
        name = line(element("a^{(0)}", (k,), (1,)), EQUALS)
        rows.append((Formula(name), Formula(numeral(float(inputs[k]), DECIMALS)), disc))
        before = k
    return Table(tuple(rows), "rrc", gap=0.3)
