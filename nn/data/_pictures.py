"""One's own handwriting as input of a net: pictures made like those of MNIST (deck E)."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._support.extras import extra
from autograd._support.paths import as_path
from nn._support.arrays import numeric
from nn.data._digits import scaled
from nn.data._ink import ink_of, is_light_on_dark

__all__ = ["read_image"]

Array = NDArray[Any]

PURPOSE = "reading a picture"
SIDE, BOX = 28, 20  # pixels of an image of MNIST, and of the square its digit fills
CENTER = 14.5  # where the ink's center of mass lies, from the left and top: the middle of pixel 14
LEAST, ENOUGH = 100, 300  # pixels of the longer side; a smaller picture is enlarged, a larger one reduced
FAINTEST = 25  # grey levels between ink and paper
KEPT = range(15, BOX + 2)  # pixels of the longer side of a digit in 28 x 28 that is as large as MNIST's
GRAIN = 0.2  # share of the brightness of ink, below which a pixel is paper


def read_image(picture: Any) -> NDArray[np.float32]:
    """A picture of one digit as input of a net, made as MNIST's images were.

    The ink is found by its contrast with the paper around it, in uneven light too, and may be darker
    or lighter than the paper. It is cropped, made to fit 20 x 20 pixels, and placed in 28 x 28 with its
    center of mass in the middle. A picture of 28 x 28 pixels with the digit in that place already keeps
    every pixel, and is inverted where the paper is light.

    Args:
        picture: the path of a picture in any format that Pillow reads, of any size, grey or in colour; or an
            image of Pillow; or an array of shape (h, w), (h, w, 3) or (h, w, 4), from 0 to 255, or floats
            from 0 to 1. What is transparent is paper. Of several pages the first is taken.

    Returns:
        float32, shape (784,), from 0.01 (paper) to 1.0 (ink). ``net(read_image("seven.jpg"))`` are a
        net's outputs for it.

    The paper has to fill the picture, with one digit on it: the edge of the page or the table beside it
    would be taken for ink.

    Raises:
        ImportError: when Pillow is not installed, with the command that installs it.
        TypeError: for anything but a path, an image or an array of numbers.
        FileNotFoundError: when there is no such file.
        ValueError: for a file that is no picture, or a damaged or too large one, for an array of another
            shape or range, and for a picture without ink; names the file.

    >>> import tempfile
    >>> from PIL import Image, ImageDraw
    >>> picture = Image.new("RGB", (300, 200), "white")
    >>> ImageDraw.Draw(picture).line([(120, 40), (180, 40), (150, 160)], fill="navy", width=16)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "seven.png"
    ...     picture.save(path)
    ...     seven = read_image(path).reshape(28, 28)
    >>> for row in seven[7:27:3, 7:21]:
    ...     print("".join("·+#"[round(2 * pixel)] for pixel in row))
    ·+########+···
    ·········##+··
    ········##+···
    ·······+##····
    ······+##·····
    ······##+·····
    ·····##+······
    """
    if isinstance(picture, (list, tuple)) or hasattr(picture, "__array_interface__"):
        name, upright = "the picture", _in_memory(picture)
    else:
        name, upright = str(picture), _from_file(as_path(picture))
    if upright.size == (SIDE, SIDE):
        grey = _brightness(upright)
        if np.ptp(grey) < FAINTEST:
            raise ValueError(f"{name}: no digit found: the picture has nearly the same brightness everywhere")
        light_on_dark = grey if is_light_on_dark(grey) else 255 - grey
        if _is_in_place(light_on_dark):
            return scaled(light_on_dark).reshape(-1)
    ink = ink_of(_brightness(_of_handy_size(upright)))
    if ink is None:
        raise ValueError(
            f"{name}: no digit found: nothing in the picture stands out from the paper with a clear edge"
        )
    return scaled(255 * _placed(ink)).reshape(-1)


def _is_in_place(grey: Array) -> bool:
    """Whether a light digit on dark in 28 x 28 pixels is as large as MNIST's, and stands where they do."""
    light = grey - grey.min()
    light = np.where(light > GRAIN * light.max(), light, 0)
    for axis in (0, 1):
        along = light.sum(axis=1 - axis)
        if abs(along @ (np.arange(SIDE) + 0.5) / along.sum() - CENTER) > 1:  # MNIST's are up to 0.5 away
            return False
    sides = [np.ptp(np.flatnonzero(light.any(axis=axis))) + 1 for axis in (0, 1)]
    return max(sides) in KEPT


def _placed(ink: NDArray[np.float32]) -> Array:
    """Cropped ink as an image of MNIST, shape (28, 28), from 0 to 1."""
    Image = extra("PIL.Image", "images", PURPOSE)
    unit = max(ink.shape) / BOX  # pixels of the picture to one of the image
    margin = math.ceil(SIDE * unit)
    corner = []  # of the image, in pixels of the picture
    for axis in (0, 1):
        along, size = ink.sum(axis=1 - axis), ink.shape[axis]
        center = along @ (np.arange(size) + 0.5) / along.sum()
        middle = size / 2
        # However uneven the digit, none of it may fall outside.
        start = np.clip(center - CENTER * unit, middle - (SIDE - BOX / 2) * unit, middle - BOX / 2 * unit)
        corner.append(float(start) + margin)
    y, x = corner
    box = (x, y, x + SIDE * unit, y + SIDE * unit)
    paper = Image.fromarray(np.pad(ink, margin))
    image = np.asarray(paper.resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=box))
    placed: Array = np.clip(image / image.max(), 0, 1)  # a thin pen is as black as a broad one
    return placed


def _from_file(path: Path) -> Any:
    """A picture as `_upright` gives it."""
    Image = extra("PIL.Image", "images", PURPOSE)
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            picture = Image.open(file)
            picture.draft("L", (ENOUGH, ENOUGH))  # a large JPEG is decoded smaller, which is faster
            return _upright(picture)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise ValueError(f"{path}: too large to read; save it smaller ({error})") from None
        except Image.UnidentifiedImageError:
            raise ValueError(f"{path}: not a picture that Pillow reads; save it as PNG or JPEG") from None
        except Exception as error:  # each of Pillow's formats has errors of its own
            raise ValueError(f"{path}: damaged picture ({error})") from error


def _in_memory(picture: Any) -> Any:
    """An image of Pillow, or an array, as `_upright` gives it."""
    Image = extra("PIL.Image", "images", PURPOSE)
    if isinstance(picture, Image.Image):
        return _upright(picture)
    array = numeric(picture, "a picture")
    shape = array.shape
    if len(shape) == 3 and shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and shape[2] not in (3, 4)) or not array.size:
        raise ValueError(
            f"an array of a picture has shape (h, w), (h, w, 3) or (h, w, 4), not {shape}; "
            "a row of 784 pixels becomes one by reshape(28, 28)"
        )
    white = 1 if array.dtype.kind == "b" or (array.dtype.kind == "f" and array.max() <= 1) else 255
    if not np.all((array >= 0) & (array <= white)):
        raise ValueError(
            f"the pixels of an array lie from 0 to 255, or are floats from 0 to 1; given {array.min():g} to "
            f"{array.max():g}"
        )
    return _upright(Image.fromarray(np.round(array * (255 / white)).astype(np.uint8)))


def _upright(picture: Any) -> Any:
    """A Pillow image of brightness, or of brightness and opacity where some of it is transparent."""
    Image = extra("PIL.Image", "images", PURPOSE)
    picture = extra("PIL.ImageOps", "images", PURPOSE).exif_transpose(picture)
    if picture.mode[0] in "IF":  # 16 or 32 bits a pixel, or floats, of which the brightest is white
        values = np.nan_to_num(np.asarray(picture, np.float32))
        white = 65535 if picture.mode.startswith("I;16") else values.max() or 1
        return Image.fromarray(np.clip(values * (255 / white), 0, 255))
    if "A" in picture.getbands() or "transparency" in picture.info:
        return picture.convert("RGBA").convert("LA")
    return picture.convert("RGB").convert("L")


def _of_handy_size(picture: Any) -> Any:
    width, height = picture.size
    longer = max(width, height)
    times = -(-LEAST // longer)
    bicubic = extra("PIL.Image", "images", PURPOSE).Resampling.BICUBIC
    enlarged = picture.resize((times * width, times * height), bicubic)
    return enlarged.reduce(-(-longer // ENOUGH))


def _brightness(picture: Any) -> Array:
    """The brightness of each pixel, from 0 to 255, shape (h, w)."""
    values = np.asarray(picture, np.float64)
    return values if values.ndim == 2 else _on_paper(values[..., 0], values[..., 1] / 255)


def _on_paper(grey: Array, opacity: Array) -> Array:
    """A picture with paper in its transparent places: as bright as most of a page, or the opposite of ink."""
    if not opacity.any():
        return np.zeros_like(grey)
    around = np.ix_(opacity.any(axis=1), opacity.any(axis=0))
    opaque = grey[opacity == opacity.max()]
    if opacity[around].mean() > 0.5 and np.ptp(opaque) > FAINTEST:
        paper = np.median(opaque)
    else:
        paper = 255.0 if np.sum(opacity * (grey - 127.5)) < 0 else 0.0
    covered: Array = paper + opacity * (grey - paper)
    return covered
