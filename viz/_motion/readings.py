"""Images that are classified one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from autograd._support.extras import extra
from viz._output.moving.motion import Motion
from viz._pictures.arrays import numbers
from viz._plots.confidences import confidences
from viz._plots.parts.tiles import pictures_of
from viz._plots.parts.words import names

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["images_motion"]


def images_motion(
    net: Callable[[Any], Any],
    X: Any,
    labels: Iterable[Any] | None = None,
    shape: Sequence[int] = (28, 28),
    *,
    classes: Iterable[Any] | None = None,
) -> Motion:
    """Images classified one after another, each as in `viz.confidences`, with the last as its still.

    Args:
        net, shape, classes: as for `viz.confidences`.
        X: the pixels of each image, shape (n, height · width), such as ``digits.images[:20]``.
        labels: the class of each, such as ``digits.labels[:20]``.

    Raises:
        TypeError, ValueError: as `viz.confidences`; for classes of another number than images.

    Source: lecture section 1, images classified one after another.

    >>> import nn
    >>> digits, net = nn.data.strokes(5, rng=0), nn.MLP([784, 16, 16, 10], rng=0)
    >>> len(images_motion(net, digits.images, digits.labels))    # viz.animate(..., "digits.gif")
    5

    The net itself, reading, is a motion of one's own:

    >>> import viz
    >>> def draw(figure, number):
    ...     viz.draw_network(net, digits.images[number].reshape(28, 28), ax=figure.add_subplot())
    >>> reading = viz.Motion(draw, 5, seconds=1.5)
    """
    pictures = pictures_of(numbers(X, "X"), shape, "X")
    named: Sequence[str | None] | None = names(labels, len(pictures), "labels", "images")
    named = named or [None] * len(pictures)
    outputs = None if classes is None else list(classes)

    def draw(figure: Figure, number: int) -> None:
        confidences(net, pictures[number], named[number], shape, classes=outputs, ax=figure.add_subplot())

    draw(extra("matplotlib.figure", "plots", "a motion").Figure(), 0)  # which raises its errors
    return Motion(draw, len(pictures), seconds=1.5)
