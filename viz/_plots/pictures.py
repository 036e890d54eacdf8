"""Rows of numbers as pictures: the weights of neurons, and the examples a net is given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd._support.checks import count
from viz._plots.parts.arrays import brightness, names, numbers
from viz._plots.parts.tiles import Tile, draw_tiles, pictures_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["images", "weights"]


def weights(
    layer: Any,
    shape: Sequence[int] = (28, 28),
    *,
    columns: int | None = None,
    most: int = 64,
    ax: Axes | None = None,
) -> Axes:
    """Draw the incoming weights of each neuron of a layer as a picture: the pattern that it responds to.

    Neuron j's picture is ``W[j]`` laid out as its inputs are. Blue is above 0, orange below, the
    stronger the further, and the background's colour is 0. All pictures have the same scale, from
    minus to plus the largest weight that is drawn; the bar beside them says which.

    Args:
        layer: a layer, such as ``net.layers[0]``, or its weights as an array, (outputs, inputs).
        shape: the height and width of its inputs as a picture.
        columns: the number of pictures in a row; by default the one that makes them largest.
        most: the most neurons to draw; a note counts the others.
        ax: the axes to draw in; new ones if None. They are returned.

    Raises:
        TypeError: for anything but a layer or an array of numbers.
        ValueError: when the inputs are not as many as the picture's pixels, and for numbers that
            are not finite.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 1, the weights into a hidden neuron as a 28×28 picture in two colours.

    >>> import nn
    >>> from viz._plots import weights
    >>> ax = weights(nn.MLP([784, 16, 10], rng=0).layers[0])
    >>> len(ax.images), ax.images[3].get_array().shape
    (16, (28, 28))
    """
    matrix = getattr(layer, "W", layer)
    if np.ndim(matrix) == 0:
        raise TypeError(
            "weights takes a layer, such as net.layers[0], or its weights as an array; given "
            f"{type(layer).__name__}"
        )
    pictures = pictures_of(numbers(matrix, "W"), shape, "W")
    shown = pictures[: count(most, "most")]
    largest = float(abs(shown).max()) or 1.0
    tiles = [Tile(pixels, str(neuron)) for neuron, pixels in enumerate(shown)]
    return draw_tiles(
        ax, tiles, lambda palette: palette.signed(), (-largest, largest),
        columns=columns, hidden=len(pictures) - len(shown), kind="neurons", bar="weight",
    )  # fmt: skip


def images(
    X: Any,
    labels: Iterable[Any] | None = None,
    predictions: Iterable[Any] | None = None,
    shape: Sequence[int] = (28, 28),
    *,
    columns: int | None = None,
    most: int = 40,
    ax: Axes | None = None,
) -> Axes:
    """Draw rows of pixels as pictures, with their labels and a net's predictions.

    0 is black and 1 white; numbers further apart, such as 0 to 255, have their own black and white.
    Over each picture stands its label or its prediction. Where both are given and differ, both are
    written, as in "4 read as 9", in orange, and the picture has an orange frame.

    Args:
        X: rows of pixels, shape (n, height · width), such as ``digits.images``; or one row.
        labels: the class of each.
        predictions: the class that a net gave each, such as ``net(X).data.argmax(axis=1)``.
        shape: the height and width of a picture.
        columns: the number of pictures in a row; by default the one that makes them largest.
        most: the most pictures to draw; a note counts the others.
        ax: the axes to draw in; new ones if None. They are returned.

    Raises:
        TypeError: for pixels that are not numbers.
        ValueError: for rows of another length than a picture, labels or predictions of another
            number than pictures, and numbers that are not finite.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 1, images classified one after another; section 7, looking inside.

    >>> import nn
    >>> from viz._plots import images
    >>> digits = nn.data.strokes(20, rng=0)
    >>> ax = images(digits.images, digits.labels)
    >>> [text.get_text() for text in ax.texts] == [str(label) for label in digits.labels]
    True
    """
    pictures = pictures_of(numbers(X, "X"), shape, "X")
    shown = pictures[: count(most, "most")]
    texts = names(predictions, len(pictures), "predictions", "pictures")
    true = names(labels, len(pictures), "labels", "pictures") or texts or [""] * len(pictures)
    tiles = [
        Tile(pixels, label)
        if label == prediction
        else Tile(pixels, f"{label} read as {prediction}", wrong=True)
        for pixels, label, prediction in zip(shown, true, texts or true, strict=False)
    ]
    return draw_tiles(
        ax, tiles, lambda _: "gray", brightness(shown),
        columns=columns, hidden=len(pictures) - len(shown), kind="pictures",
    )  # fmt: skip
