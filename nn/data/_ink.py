"""Ink and paper told apart in a picture of one digit, a photograph in uneven light too.

How bright either of them is, and which is the brighter, comes from the picture itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ink_of", "is_light_on_dark"]

Array = NDArray[Any]

# Sizes of the square in which the paper is looked for, in parts of the picture's longer side. It must
# be wider than a stroke, and narrower than a shadow. 2 is everywhere, for even light.
SQUARES = (2.0, 0.5, 0.35, 0.25, 0.18)
SHARPER = 1.05  # how many times sharper the ink must come out for a smaller square to be taken
DARKEST = 32  # grey levels added before brightness is divided by, so that a black paper is no trap
FAINTEST = 0.07  # contrast of ink, as a part of the brighter of ink and paper
SOFTEST = 0.01  # change of contrast from pixel to pixel at the edge of ink
ROUGHEST = 1.7  # how many times the change there is that between most pixels of the paper
GRAIN = 0.2  # a contrast below this part of the ink's is the grain of the paper
SPECK = 0.1  # a piece of ink below this part of the largest one is dirt
CELLS = 100  # on a raster of so many cells pieces touch or do not


def is_light_on_dark(grey: Array) -> bool:
    """Whether the ink is brighter than the paper.

    There is less ink than paper, so ink differs more from its surroundings, and gives the sum of
    (grey - mean around)³ its sign. Around the picture, its border goes on: more paper.
    """
    around = _mean(grey, max(grey.shape) // 4)
    return bool(np.sum((grey - around) ** 3) > 0)


def ink_of(grey: Array) -> NDArray[np.float32] | None:
    """The ink in a picture, from 0 to 1, cropped to it; None where none is found.

    Each square gives another idea of the paper, and so of the ink. The one with the sharpest ink is
    taken: a shadow mistaken for ink has a soft edge, and so has half of a stroke.

    Args:
        grey: the picture's brightness from 0 to 255, shape (h, w).
    """
    if min(grey.shape) < 2:
        return None
    longer = max(grey.shape)
    light = is_light_on_dark(grey)
    smooth = _mean(grey, max(1, longer // 150))
    change = np.hypot(*np.gradient(smooth))
    sharpest_ink, sharpest = None, 0.0
    for part in SQUARES:
        paper = _paper(smooth, int(part * longer) | 1, light)
        contrast = _contrast(smooth, paper, light)
        level = _level(contrast)
        if level < FAINTEST:
            continue
        ink = _without_specks(contrast > level / 2)
        steepness = change / (np.maximum(smooth, paper) + DARKEST)
        sharpness = _sharpness(ink, steepness)
        if sharpness > max(SHARPER * sharpest, SOFTEST, ROUGHEST * np.median(steepness)):
            sharpest_ink, sharpest = (paper, level, ink), sharpness
    if sharpest_ink is None:
        return None
    paper, level, ink = sharpest_ink
    contrast = _contrast(grey, paper, light)
    strength = np.clip((contrast / level - GRAIN) / (1 - GRAIN), 0, 1)
    strength *= _extreme(ink, 2 * (longer // 100) + 3, np.maximum)  # no grain away from the ink
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    return strength[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)


def _sharpness(ink: Array, steepness: Array) -> float:
    """How steep a picture is at the edge of its ink; less where much of the border would be ink."""
    border = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
    return float(np.sqrt(1 - border.mean()) * steepness[ink & ~_extreme(ink, 3, np.minimum)].mean())


def _paper(smooth: Array, size: int, light: bool) -> Array:
    """The paper's brightness at each pixel: dark spots narrower than `size` are filled, or bright ones.

    This is the closing (or opening) of mathematical morphology. It keeps the edges of wider things, such
    as a shadow, where a mean would smear them.
    """
    first, second = (np.minimum, np.maximum) if light else (np.maximum, np.minimum)
    return _extreme(_extreme(smooth, size, first), size, second)


def _contrast(grey: Array, paper: Array, light: bool) -> Array:
    """How much grey differs from the paper towards the ink, as a part of the brighter of the two.

    The part is the same in a shadow, where both are darker.
    """
    difference = grey - paper if light else paper - grey
    contrast: Array = difference / (np.maximum(grey, paper) + DARKEST)
    # `paper` is as bright as its brightest grain. A quarter of a picture, at least, is no ink.
    contrast -= np.percentile(contrast, 25)
    return contrast


def _level(contrast: Array) -> float:
    """The mean contrast of ink: of all pixels with more than half of this mean."""
    level = contrast.max()
    for _ in range(10):
        level = contrast[contrast >= level / 2].mean()
    return float(level)


def _without_specks(ink: Array) -> Array:
    """Ink without its small pieces, which are dirt and noise."""
    height, width = ink.shape
    cell = -(-max(height, width) // CELLS)
    padded = np.pad(ink, ((0, -height % cell), (0, -width % cell)))
    cells = padded.reshape(padded.shape[0] // cell, cell, -1, cell).any(axis=(1, 3))
    # Every cell has a number of its own; the largest spreads over its piece, in leaps: a cell takes the
    # number of the cell whose number it has.
    numbers = np.where(cells, np.arange(1, cells.size + 1).reshape(cells.shape), 0)
    while True:
        spread = np.where(cells, _extreme(numbers, 3, np.maximum), 0)
        if np.array_equal(spread, numbers):
            break
        numbers = np.append(0, spread)[spread]
    piece = np.where(ink, numbers.repeat(cell, axis=0).repeat(cell, axis=1)[:height, :width], 0)
    sizes = np.bincount(piece.ravel())
    sizes[0] = 0
    large: Array = (sizes >= SPECK * sizes.max())[piece] & ink
    return large


def _extreme(values: Array, size: int, pick: np.ufunc) -> Array:
    """The maximum or minimum in a square of odd size around each pixel; the border goes on outside."""
    beyond = size // 2
    for _ in range(2):  # down, and across in the transposed picture
        lines = np.concatenate([*[values[:1]] * beyond, values, *[values[-1:]] * beyond])
        reach = 1
        while reach < size:
            step = min(reach, size - reach)
            lines = pick(lines[:-step], lines[step:])
            reach += step
        values = lines.T
    return values


def _mean(values: Array, radius: int) -> Array:
    """The mean of the square around each pixel; the border goes on outside."""
    size = 2 * radius + 1
    for axis in (0, 1):
        lines = np.pad(np.moveaxis(values, axis, 0), ((radius + 1, radius), (0, 0)), mode="edge")
        sums = np.cumsum(lines, axis=0, dtype=np.float64)
        values = np.moveaxis((sums[size:] - sums[:-size]) / size, 0, axis)
    return values
