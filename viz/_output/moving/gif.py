"""An animated GIF, of which each picture holds only the pixels that changed."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._support.extras import extra
from autograd._support.paths import SystemPath

__all__ = ["Gif", "Redraw", "gif"]

Redraw = Callable[[tuple[int, int], int], tuple[bytes, Callable[[], Any]]]
Pixels = NDArray[np.uint8]
COLOURS = 255  # of a picture; the last place of its table is that of a pixel that stays as it was
PAUSE, LEAST_PAUSE = 3, 1.5  # the last picture stays so many times as long, or so many seconds
LOOP = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"  # for ever


class Gif(SystemPath):
    """The path of a GIF. In a notebook it shows the GIF, as long as the file is there.

    Attributes:
        last: draws its last picture, a `Scene` or matplotlib's figure; None for a path that was made by hand.
        redraw: draws the GIF for a part of a slide, given the size of that part and the height of the whole
            slide in pixels: the contents of the file, and `last`.

    >>> from pathlib import Path
    >>> Gif("chain.gif") == Path("chain.gif"), Gif("no such file.gif")._repr_mimebundle_()
    (True, {})
    """

    last: Callable[[], Any] | None = None
    redraw: Redraw | None = None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        try:
            data = self.read_bytes()
        except OSError:
            return {}
        return {"image/gif": base64.b64encode(data).decode(), "text/plain": str(self)}


def gif(stills: Iterable[bytes], size: tuple[int, int], seconds: float) -> bytes:
    """A GIF that runs for ever, its last picture three times as long as the others, and 1.5 seconds at least.

    Every picture has the best 255 colours of the pixels that differ from the picture before; all others stay.
    So letters keep their smooth edges, and a moving dot costs no more than its own place. One picture is held
    at a time.

    Args:
        stills: three bytes for each pixel of each picture, row after row.
        size: the width and height in pixels.
        seconds: how long a picture stays.

    Raises:
        ImportError: without Pillow, with the command that installs it.

    >>> white, black = (bytes([shade]) * 12 for shade in (255, 0))
    >>> gif([white, black], (2, 2), 0.5)[:6]
    b'GIF89a'
    """
    images: Any = extra("PIL.Image", "images", "an animated GIF")
    plugin: Any = extra("PIL.GifImagePlugin", "images", "an animated GIF")
    width, height = size
    parts: list[bytes] = []
    before: Pixels | None = None
    for still, is_last in _with_last(stills):
        pixels = np.frombuffer(still, np.uint8).reshape(height, width, 3)
        picture, corner = _changed(images, pixels, before)
        if not parts:
            table = bytes(picture.getpalette("RGB")).ljust(768, b"\0")
            parts = [b"GIF89a", *(n.to_bytes(2, "little") for n in size), b"\xf7\0\0", table, LOOP]
        stays = max(PAUSE * seconds, LEAST_PAUSE) if is_last else seconds
        options: dict[str, Any] = {
            "duration": round(1000 * stays),
            "disposal": 1,
            "include_color_table": True,
        }
        if before is not None:
            options["transparency"] = COLOURS
        parts += plugin.getdata(picture, corner, **options)
        before = pixels
    return b"".join([*parts, b";"])


def _with_last(stills: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each picture, and whether it is the last."""
    for still, after in pairwise(chain(stills, [None])):
        assert still is not None
        yield still, after is None


def _changed(images: Any, pixels: Pixels, before: Pixels | None) -> tuple[Any, tuple[int, int]]:
    """The smallest picture with all pixels that changed, and the place of its upper left corner."""
    if before is None:
        changed = np.ones(pixels.shape[:2], bool)
    else:
        changed = (pixels != before).any(axis=2)
        changed[0, 0] |= not changed.any()  # a picture that does not change has a pixel all the same
    rows, columns = (np.flatnonzero(changed.any(axis=axis)) for axis in (1, 0))
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    inside = changed[box]
    coloured = images.fromarray(pixels[box][inside][None])
    # Dithering would set dots into plain grounds.
    quantized = coloured.quantize(COLOURS, dither=images.Dither.NONE)
    places = np.full(inside.shape, COLOURS, np.uint8)
    places[inside] = np.asarray(quantized)[0]
    picture = images.fromarray(places)
    picture.putpalette(bytes(quantized.getpalette("RGB")).ljust(768, b"\0"))
    return picture, (int(columns[0]), int(rows[0]))
