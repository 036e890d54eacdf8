"""Images of digits with their labels, and grey values as inputs."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd._support.checks import is_whole
from autograd._support.notebooks import escaped
from nn._support.png import png_of

__all__ = ["Digits", "scaled"]

SIDE = 28  # pixels of an image
ROW, ROWS = 10, 2  # images that a notebook shows


@dataclass(frozen=True, eq=False, repr=False)
class Digits:
    """Images of digits with their labels.

    Attributes:
        images: float32, shape (n, 784), from 0.01 (paper) to 1.0 (ink), row by row from the top left.
        labels: int64, shape (n,), 0 to 9.

    A slice or an array of indices gives those digits.

    Raises:
        ValueError: for images and labels that do not belong together.

    >>> digits = Digits(np.full((5, 784), 0.01, np.float32), np.arange(5))
    >>> len(digits), len(digits[:3]), digits[[4, 1]].labels
    (5, 3, array([4, 1]))
    """

    images: NDArray[np.float32]
    labels: NDArray[np.int64]

    def __post_init__(self) -> None:
        if self.images.shape != (*self.labels.shape, 784) or self.labels.ndim != 1:
            raise ValueError(
                f"images of shape {self.images.shape} and labels of shape {self.labels.shape}; "
                "expected (n, 784) and (n,)"
            )

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, which: Any) -> Digits:
        if is_whole(which):
            raise TypeError(
                f"digits[{which}] would be one image; take digits.images[{which}] and .labels[{which}]"
            )
        return Digits(self.images[which], self.labels[which])

    def __repr__(self) -> str:
        return f"<{len(self):,} digit{'s' * (len(self) != 1)}>"

    def _repr_html_(self) -> str:
        """The first images over their labels, in rows of ten."""
        shown = range(min(len(self), ROW * ROWS))
        pixels = (self.images[shown] * 255).clip(0, 255).astype(np.uint8).reshape(-1, SIDE, SIDE)
        cells = [
            f'<td style="text-align: center">{_image(grey, str(label))}<br>{label}</td>'
            for grey, label in zip(pixels, self.labels[shown], strict=True)
        ]
        rows = [f"<tr>{''.join(cells[start : start + ROW])}</tr>" for start in range(0, len(cells), ROW)]
        left_out = f"<p>… {len(self) - len(cells):,} more</p>" if len(self) > len(cells) else ""
        return f"<p>{escaped(repr(self))}</p>\n<table>{''.join(rows)}</table>{left_out}"


def _image(grey: NDArray[np.uint8], words: str) -> str:
    data = base64.b64encode(png_of(grey)).decode("ascii")
    return f'<img alt="{words}" width="{2 * SIDE}" height="{2 * SIDE}" src="data:image/png;base64,{data}">'


def scaled(grey: ArrayLike) -> NDArray[np.float32]:
    """Grey values 0 to 255 as inputs 0.01 to 1.0: 0.01 + 0.99 grey / 255 (deck E).

    Args:
        grey: numbers of any kind and shape, such as a row of a CSV file or a picture's bytes.

    Returns:
        float32, of the same shape.

    Raises:
        TypeError: for anything but real numbers.
        ValueError: for a value below 0 or above 255, or nan.

    >>> scaled([0, 127.5, 255])
    array([0.01 , 0.505, 1.   ], dtype=float32)
    """
    values = np.asarray(grey)
    if values.dtype.kind not in "iuf":
        raise TypeError(f"grey values are numbers from 0 to 255, not an array of {values.dtype}")
    if values.dtype != np.uint8:  # a byte cannot be wrong
        wrong = values[~((values >= 0) & (values <= 255))]
        if wrong.size:
            raise ValueError(f"grey values lie from 0 to 255; given {wrong[0]}")
    inputs: NDArray[np.float32] = np.multiply(values, np.float32(0.99 / 255), dtype=np.float32)
    inputs += np.float32(0.01)
    return inputs
