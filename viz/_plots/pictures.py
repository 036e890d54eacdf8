"""Rows of numbers as pictures: the weights of neurons, and the examples a net is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd._support.checks import count, is_whole
from viz._pictures.arrays import Array, numbers
from viz._plots.parts.scales import brightness
from viz._plots.parts.sums import MOST_PARTS, draw_sum
from viz._plots.parts.tiles import Tile, draw_tiles, pictures_of
from viz._plots.parts.words import as_text, names, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["images", "sum_of_parts", "weights"]


def weights(
    layer: Any,
    shape: Sequence[int] = (28, 28),
    *,
    before: Iterable[Any] = (),
    columns: int | None = None,
    most: int = 64,
    ax: Axes | None = None,
) -> Axes:
    """Draw the incoming weights of each neuron of a layer as a picture: the pattern that it responds to.

    Neuron j's picture is ``W[j]`` laid out as its inputs are. Blue is above 0, orange below, the
    stronger the further, and the background's colour is 0; a pixel well below 0 has a minus sign, for prints
    in grey. All pictures have the same scale, from minus to plus the largest weight that is drawn; the bar
    beside them says which.

    Args:
        layer: a layer, such as ``net.layers[0]``, or its weights as an array, (outputs, inputs).
        shape: the height and width of its inputs as a picture.
        before: the layers between the pixels and a deeper layer, in order, such as ``net.layers[:1]`` for
            ``net.layers[1]``. The pictures are then the product of all weights on the way, without the
            activations between them: what the neurons would respond to if there were none.
        columns: the number of pictures in a row; by default the one that makes them largest.
        most: the most neurons to draw; a note counts the others.
        ax: the axes to draw in; new ones if None. They are returned.

    Raises:
        TypeError: for anything but a layer or an array of numbers.
        ValueError: when the inputs are not as many as the picture's pixels, or as the outputs of the layer
            before, and for numbers that are not finite.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 1, the weights into a hidden neuron as a 28×28 picture in two colours.

    >>> import nn
    >>> import viz
    >>> ax = viz.weights(nn.MLP([784, 16, 10], rng=0).layers[0])
    >>> len(ax.images), ax.images[3].get_array().shape
    (16, (28, 28))
    """
    W, layers = _matrix(layer), [_matrix(one) for one in before]
    for earlier in reversed(layers):
        if W.shape[1] != len(earlier):
            raise ValueError(
                f"a layer of {W.shape[1]} inputs follows one of {len(earlier)} outputs; `before` has the "
                "layers from the pixels on, such as net.layers[:1]"
            )
        W = W @ earlier
    pictures = pictures_of(W, shape, "W")
    shown = pictures[: count(most, "most")]
    largest = float(abs(shown).max()) or 1.0
    tiles = [Tile(pixels, str(neuron)) for neuron, pixels in enumerate(shown)]
    return draw_tiles(
        ax, tiles, lambda palette: palette.signed(), (-largest, largest),
        columns=columns, hidden=len(pictures) - len(shown), kind="neurons",
        bar="product of weights, without activations" if layers else "weight", minus=True,
    )  # fmt: skip


def _matrix(layer: Any) -> Array:
    """The weights of a layer, or a matrix itself."""
    matrix = getattr(layer, "W", layer)
    if np.ndim(matrix) == 0:
        raise TypeError(
            "weights takes a layer, such as net.layers[0], or its weights as an array; given "
            f"{type(layer).__name__}"
        )
    W = numbers(matrix, "W")
    return W[None] if W.ndim == 1 else W


def images(
    X: Any,
    labels: Iterable[Any] | None = None,
    predictions: Iterable[Any] | None = None,
    shape: Sequence[int] = (28, 28),
    *,
    confidences: Iterable[float] | None = None,
    at: Sequence[int] | None = None,
    columns: int | None = None,
    most: int = 40,
    ax: Axes | None = None,
) -> Axes:
    """Draw rows of pixels as pictures, with their labels and a net's predictions.

    0 is black and 1 white; numbers further apart, such as 0 to 255, have their own black and white.
    Over each picture stands its label or its prediction. Where both are given and differ, both are
    written, as in "4 read as 9", in orange, and the picture has an orange frame.

    Args:
        X: rows of pixels, shape (n, height · width), such as ``digits.images``, or one row; or pictures,
            (n, height, width), or one picture.
        labels: the class of each.
        predictions: the class that a net gave each, such as ``net(X).data.argmax(axis=1)``.
        shape: the height and width of a picture.
        confidences: the largest output for each, such as ``net(X).data.max(axis=1)``, to stand beside its
            prediction.
        at: the row and the column of a pixel, to point it out with its number in each picture.
        columns: the number of pictures in a row; by default the one that makes them largest.
        most: the most pictures to draw; a note counts the others.
        ax: the axes to draw in; new ones if None. They are returned.

    Raises:
        TypeError: for pixels that are not numbers.
        ValueError: for rows of another length than a picture, labels, predictions or confidences of another
            number than pictures, confidences without predictions, a pixel outside of a picture, and numbers
            that are not finite.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 1, images classified one after another; section 7, looking inside.

    >>> import nn
    >>> import viz
    >>> digits = nn.data.strokes(20, rng=0)
    >>> ax = viz.images(digits.images, digits.labels)
    >>> [text.get_text() for text in ax.texts] == [str(label) for label in digits.labels]
    True
    """
    pixels = numbers(X, "X")
    if pixels.ndim in (2, 3) and pixels.shape[-2:] == (tuple(shape) if isinstance(shape, Sequence) else ()):
        pixels = pixels.reshape(-1, pixels.shape[-2] * pixels.shape[-1])
    pictures = pictures_of(pixels, shape, "X")
    shown = pictures[: count(most, "most")]
    texts = names(predictions, len(pictures), "predictions", "pictures")
    true = names(labels, len(pictures), "labels", "pictures") or texts or [""] * len(pictures)
    sure = _confidences(confidences, len(pictures), texts)
    place = None if at is None else _pixel(at, pictures.shape[1:])
    tiles = [
        Tile(pixels, label + sure[i], place=place)
        if label == prediction
        else Tile(pixels, f"{label} read as {prediction}{sure[i]}", wrong=True, place=place)
        for i, (pixels, label, prediction) in enumerate(zip(shown, true, texts or true, strict=False))
    ]
    return draw_tiles(
        ax, tiles, lambda _: "gray", brightness(shown),
        columns=columns, hidden=len(pictures) - len(shown), kind="pictures",
    )  # fmt: skip


def _confidences(confidences: Any, pictures: int, predictions: list[str] | None) -> list[str]:
    """What stands after each prediction."""
    if confidences is None:
        return [""] * pictures
    if predictions is None:
        raise ValueError("confidences stand beside predictions; pass predictions= too")
    shares = numbers(confidences, "confidences")
    if shares.shape != (pictures,):
        raise ValueError(
            f"confidences has shape {shares.shape} for {pictures} pictures; expected ({pictures},)"
        )
    return [f": {short(share)}" for share in shares.tolist()]


def _pixel(at: Any, shape: tuple[int, ...]) -> tuple[int, int]:
    """The row and the column of a pixel of a picture."""
    place = tuple(at) if isinstance(at, Sequence) else ()
    inside = len(place) == 2 and all(is_whole(i) and 0 <= i < n for i, n in zip(place, shape, strict=True))
    if not inside:
        raise ValueError(f"at is (row, column) of a pixel in a picture of shape {shape}, not {at!r:.80}")
    return int(place[0]), int(place[1])


def sum_of_parts(
    parts: Mapping[str, Any] | Iterable[tuple[str, Any]],
    whole: str = "",
    shape: Sequence[int] = (28, 28),
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw a picture as the sum of its parts, each in a colour of its own: 9 = upper loop + vertical stroke.

    Args:
        parts: the name and the pixels of each, such as ``nn.data.digit_parts(9)``. Pixels are from 0, paper,
            to 1, ink.
        whole: the name of the whole, such as ``"9"``.
        shape: the height and width of a picture.
        ax: the axes to draw in; new ones if None. They are returned.

    Raises:
        TypeError: for anything but pairs of a name and pixels.
        ValueError: for no parts or more than 8, rows of another length than a picture, and numbers that are
            not finite.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 1, digits broken into loops and strokes.

    >>> import nn
    >>> import viz
    >>> ax = viz.sum_of_parts(nn.data.digit_parts(9), "9")
    >>> [text.get_text() for text in ax.texts]
    ['9', '=', 'upper loop', '+', 'vertical stroke']
    """
    pairs = list(parts.items() if isinstance(parts, Mapping) else parts) if np.iterable(parts) else None
    if pairs is None or not all(
        isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str) for pair in pairs
    ):
        raise TypeError(
            "sum_of_parts takes pairs of a name and pixels, such as nn.data.digit_parts(9); "
            f"given {parts!r:.80}"
        )
    if not 1 <= len(pairs) <= MOST_PARTS:
        raise ValueError(f"sum_of_parts draws 1 to {MOST_PARTS} parts, not {len(pairs)}")
    rows = [numbers(pixels, f"part {i}").ravel() for i, (_, pixels) in enumerate(pairs)]
    images = np.concatenate([pictures_of(row, shape, f"part {i}") for i, row in enumerate(rows)])
    titles = [as_text(whole), *(as_text(name) for name, _ in pairs)]
    return draw_sum(ax, images.clip(0, 1), titles)
