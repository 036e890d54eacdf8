"""An image and the outputs of a classifier for it, as bars."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import no_grad
from viz._pictures.arrays import Array, numbers
from viz._plots.parts.palette import palette_of
from viz._plots.parts.room import canvas, mpl, width_of
from viz._plots.parts.scales import brightness
from viz._plots.parts.tiles import pictures_of
from viz._plots.parts.words import names, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["confidences"]

WIDTH, HEIGHT = 16.0, 9.0  # of the plot, in its own units
SIDE, LEFT, TOP = 6.4, 0.6, 1.0  # of the image
BARS, BARS_END = 8.9, 14.4  # from 0 to 1
LARGEST = 0.75  # inches to a unit
MOST = 20  # classes that have room
TYPE = 0.5  # the size of the type, at most
NEARLY = 1e-6  # float32's rounding of an output beyond 0 and 1


def confidences(
    net: Callable[[Any], Any],
    image: Any,
    label: Any = None,
    shape: Sequence[int] = (28, 28),
    *,
    classes: Iterable[Any] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw an image and, as bars, the confidence of a classifier in each class.

    The largest bar has a darker colour: blue, or orange where the image is of another class.

    Args:
        net: takes the pixels of an image, shape (height · width,), and gives an output from 0 to 1 for each
            class: a net of sigmoids, or softmax of logits, ``lambda x: autograd.softmax(net(x))``.
        image: its pixels, in a row or as a picture.
        label: its class, to be written under it.
        shape: the height and width of the image.
        classes: the names of the classes; by default 0, 1, 2, ….
        ax: the axes to draw in; new ones if None. They are returned.

    Raises:
        TypeError: for a net that cannot be called.
        ValueError: for pixels that are no such image, outputs that are not from 0 to 1, and for classes of
            another number.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 1, images classified one after another; section 2, a confident answer to noise.

    >>> import nn
    >>> from viz._plots import confidences
    >>> digits, net = nn.data.strokes(1, rng=0), nn.MLP([784, 16, 16, 10], rng=0)
    >>> ax = confidences(net, digits.images[0], digits.labels[0])
    >>> ax.texts[0].get_text()
    'label 8'
    """
    if not callable(net):
        raise TypeError(f"confidences takes a net or another function of images, not {type(net).__name__}")
    [picture] = pictures_of(numbers(image, "image").ravel(), shape, "image")
    with no_grad():
        outputs = numbers(net(picture.ravel()), "the net's output").ravel()
    if len(outputs) > MOST:
        raise ValueError(f"confidences draws up to {MOST} classes, and the net gave {len(outputs)} outputs")
    beyond = outputs[(outputs < -NEARLY) | (outputs > 1 + NEARLY)]
    if beyond.size:
        raise ValueError(
            f"the net gave {beyond[0]:.3g}, and a confidence is from 0 to 1: of logits, draw "
            "lambda x: autograd.softmax(net(x))"
        )
    named = names(classes, len(outputs), "classes", "outputs") or [str(i) for i in range(len(outputs))]
    true = None if label is None else (names([label], 1, "label", "image") or [""])[0]
    return _draw(ax, picture, outputs, named, true)


def _draw(ax: Axes | None, picture: Array, outputs: Array, named: list[str], true: str | None) -> Axes:
    ax, points = canvas(ax, WIDTH, HEIGHT, largest=LARGEST)
    palette = palette_of(ax)
    low, high = brightness(picture)
    scale = SIDE / max(picture.shape)
    tall, wide = (scale * n for n in picture.shape)
    left, top = LEFT + (SIDE - wide) / 2, TOP + (SIDE - tall) / 2
    ax.imshow(picture, cmap="gray", vmin=low, vmax=high, extent=(left, left + wide, top + tall, top))
    ax.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))  # imshow draws the axes in to its picture
    middle: dict[str, Any] = {"va": "center_baseline", "color": palette.ink}
    if true is not None:
        text = f"label {true}"
        size = min(0.75, SIDE / width_of(text))
        ax.text(LEFT + SIDE / 2, TOP + SIDE + 0.75, text, size=size * points, ha="center", **middle)
    pitch = (HEIGHT - 1.0) / len(outputs)
    size = points * min(TYPE, 0.7 * pitch, 0.95 * (BARS - LEFT - SIDE - 0.6) / max(map(width_of, named)))
    best = int(np.argmax(outputs))
    rectangle = mpl("patches").Rectangle
    for i, (output, name) in enumerate(zip(outputs.tolist(), named, strict=True)):
        y = 0.5 + pitch * (i + 0.5)
        colour = palette.positive if true in (None, named[best]) else palette.negative
        face = colour if i == best else palette.mixed(palette.quiet, 0.4)
        length = (BARS_END - BARS) * min(max(output, 0.0), 1.0)
        ax.add_patch(rectangle((BARS, y - 0.3 * pitch), length, 0.6 * pitch, fc=face, lw=0))
        weight = "bold" if i == best else "normal"
        ax.text(BARS - 0.25, y, name, size=size, ha="right", weight=weight, **middle)
        ax.text(
            BARS + length + 0.2,
            y,
            short(output),
            size=min(size, points * TYPE),
            ha="left",
            weight=weight,
            **middle,
        )
    ax.add_line(mpl("lines").Line2D([BARS, BARS], [0.5, HEIGHT - 0.5], color=palette.ink, lw=1.5))
    return ax
