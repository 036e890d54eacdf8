"""Digits drawn here: loops and strokes, as the decks break them down, set down by an unsteady hand.

A digit is a few strokes, each a polyline, an arc or an ellipse, or some of these joined (9 = upper loop +
vertical stroke, 8 = two loops, 4 = three strokes). Each image takes one way to write its digit, bends it
with slow waves, moves its strokes against each other, slants, stretches, turns and shifts it, and draws it
with a pen of its own width on noisy paper.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograd._support.checks import count
from nn._support.seeds import Seed, generator
from nn.data._digits import Digits

__all__ = ["Part", "digit_parts", "strokes"]

Array = NDArray[Any]

POINTS = 72  # dots of the pen along one digit; at most one pixel apart
HALF_HEIGHT = 9.0  # pixels from a digit's middle to its top
CHUNK = 500  # images drawn together; a bigger array would not stay in the processor's cache
WAVES = 3


def strokes(n: int, rng: Seed) -> Digits:
    """n images of digits, 28 x 28, each different, drawn from loops and strokes.

    Args:
        n: how many.
        rng: a seed or generator; the same one draws the same digits.

    Raises:
        ValueError: for a negative n or one that is not whole.

    >>> digits = strokes(1000, rng=0)
    >>> digits.images.shape, digits.images.dtype, sorted(set(digits.labels.tolist()))
    ((1000, 784), dtype('float32'), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    """
    n = count(n, "n", 0, unit=" of images")
    stream = generator(rng)
    labels = stream.integers(10, size=n)
    images = np.empty((n, 784), np.float32)
    for start in range(0, n, CHUNK):
        chunk = labels[start : start + CHUNK]
        paths, spacing = _written(chunk, stream)
        images[start : start + CHUNK] = _inked(paths, spacing, stream).reshape(-1, 784)
    return Digits(images, labels)


# -- the alphabet: x to the right, y up, a digit from -1 to 1 --------------------------------------


def _line(*corners: tuple[float, float]) -> Array:
    return np.array(corners, float)


def _arc(center: tuple[float, float], radii: tuple[float, float], start: float, stop: float) -> Array:
    """Part of an ellipse from one angle to another, in degrees, 0 to the right and 90 at the top."""
    angles = np.radians(np.linspace(start, stop, 40))
    return np.stack([np.cos(angles), np.sin(angles)], axis=1) * radii + center


def _joined(*parts: Array) -> tuple[Array, ...]:
    """Several lines and arcs in one stroke, without lifting the pen."""
    return parts


WAYS: dict[int, list[list[Array | tuple[Array, ...]]]] = {
    0: [
        [_arc((0, 0), (0.62, 1), 90, 450)],
        [_arc((0, 0), (0.45, 1), 70, 440)],
    ],
    1: [
        [_line((0, 1), (0, -1))],
        [_line((-0.38, 0.55), (0.02, 1), (0, -1))],
        [_line((-0.36, 0.6), (0, 1), (0, -1)), _line((-0.4, -1), (0.4, -1))],
    ],
    2: [
        [_joined(_arc((0, 0.42), (0.55, 0.58), 165, -35), _line((-0.6, -1), (0.62, -1)))],
        [_joined(_arc((0, 0.42), (0.5, 0.58), 150, -50),
                 _arc((-0.28, -0.8), (0.24, 0.2), 60, 330), _line((0.65, -0.95)))],
    ],
    3: [
        [_joined(_arc((0, 0.5), (0.5, 0.5), 150, -85), _arc((-0.02, -0.5), (0.58, 0.5), 85, -150))],
        [_joined(_line((-0.5, 1), (0.48, 1), (-0.08, 0.2)), _arc((-0.02, -0.38), (0.56, 0.62), 95, -145))],
    ],
    4: [
        [_line((0, 1), (-0.6, -0.2), (0.62, -0.2)), _line((0.28, 0.5), (0.22, -1))],
        [_line((-0.5, 0.9), (-0.55, 0.0), (0.5, 0.0)), _line((0.5, 0.95), (0.45, -1))],
    ],
    5: [
        [_joined(_line((-0.38, 1), (-0.45, 0.12)), _arc((0, -0.38), (0.56, 0.62), 130, -145)),
         _line((-0.38, 1), (0.5, 1))],
        [_joined(_line((0.5, 0.95), (-0.35, 0.95), (-0.4, 0.1)),
                 _arc((-0.02, -0.4), (0.55, 0.58), 125, -120))],
    ],
    6: [
        [_joined(_arc((0.45, -0.42), (0.95, 1.42), 98, 180), _arc((0, -0.45), (0.5, 0.53), 180, 540))],
        [_joined(_line((0.2, 1), (-0.3, 0.25)), _arc((0.02, -0.5), (0.48, 0.48), 165, 520))],
    ],
    7: [
        [_line((-0.55, 0.92), (0.55, 0.95), (-0.1, -1))],
        [_line((-0.55, 0.9), (0.55, 0.9), (0, -1)), _line((-0.3, 0), (0.48, 0.04))],
    ],
    8: [
        [_arc((0, 0.5), (0.42, 0.48), -90, 270), _arc((0, -0.5), (0.52, 0.5), 90, -270)],
        [_joined(_arc((0, 0.5), (0.45, 0.48), 30, 250),
                 _arc((0, -0.5), (0.5, 0.5), 75, -250), _line((0.38, 0.75)))],
    ],
    9: [
        [_arc((0, 0.45), (0.48, 0.52), 20, 380), _line((0.48, 0.6), (0.4, -1))],
        [_joined(_arc((0, 0.45), (0.5, 0.52), 10, 365), _line((0.48, -0.4)),
                 _arc((0, -0.45), (0.48, 0.53), 0, -140))],
    ],
}  # fmt: skip


def _dotted(digit: list[Array | tuple[Array, ...]]) -> tuple[Array, Array, Array, Array]:
    """A digit as POINTS dots evenly spaced: the dots, which stroke each is on, how far along, the spacing."""
    strokes = [np.concatenate(stroke) if isinstance(stroke, tuple) else stroke for stroke in digit]
    lengths = [np.hypot(*np.diff(stroke, axis=0).T) for stroke in strokes]
    total = sum(part.sum() for part in lengths)
    counts = [max(2, round(POINTS * part.sum() / total)) for part in lengths]
    counts[int(np.argmax(counts))] += POINTS - sum(counts)
    dots, owner, along, spacing = [], [], [], []
    for i, (stroke, part, n) in enumerate(zip(strokes, lengths, counts, strict=True)):
        at = np.linspace(0, part.sum(), n)
        knots = np.concatenate([[0], np.cumsum(part)])
        dots.append(np.stack([np.interp(at, knots, stroke[:, axis]) for axis in (0, 1)], axis=1))
        owner += [i] * n
        along.append(np.linspace(0, 1, n))
        spacing += [part.sum() / n] * n
    return np.concatenate(dots), np.array(owner), np.concatenate(along), np.array(spacing)


_ALPHABET = [_dotted(way) for digit in range(10) for way in WAYS[digit]]
_DOTS, _OWNER, _ALONG, _SPACING = (np.stack(part) for part in zip(*_ALPHABET, strict=True))
_FIRST = np.cumsum([0, *(len(WAYS[digit]) for digit in range(9))])
_CHOICES = np.array([len(WAYS[digit]) for digit in range(10)])

# -- the hand and the pen ---------------------------------------------------------------------------


def _written(labels: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Where the pen touches the paper, in pixels, shape (n, POINTS, 2) as (x, y), and the dots' spacing."""
    n = len(labels)
    way = _FIRST[labels] + rng.integers(_CHOICES[labels])
    dots, owner, along = _DOTS[way], _OWNER[way], _ALONG[way]

    # Slow waves along each stroke, the faster the smaller; a stroke has its own phase and place.
    offsets = rng.normal(0, 0.055, (n, 1, 4, 2))[np.arange(n)[:, None], 0, owner]
    for wave in range(1, WAVES + 1):
        swing = rng.normal(0, 0.09 / wave, (n, 1, 2))
        phase = rng.uniform(0, 2 * np.pi, (n, 4, 2))[np.arange(n)[:, None], owner]
        offsets += swing * np.sin(np.pi * wave * along[..., None] + phase)
    dots = dots + offsets

    size = rng.normal(1.0, 0.1, n).clip(0.65, 1.2)
    width = rng.normal(1.0, 0.15, n).clip(0.6, 1.5)
    slant, turn = rng.normal(0.18, 0.22, n), rng.normal(0, 0.12, n)
    x = size[:, None] * (width[:, None] * dots[..., 0] + slant[:, None] * dots[..., 1])
    y = size[:, None] * dots[..., 1]
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    shift = rng.normal(0, 1.1, (n, 2)).clip(-3, 3)
    paths = np.stack(
        [
            13.5 + shift[:, :1] + HALF_HEIGHT * (cos * x - sin * y),
            13.5 + shift[:, 1:] - HALF_HEIGHT * (sin * x + cos * y),
        ],
        axis=2,
    )
    return paths.astype(np.float32), (_SPACING[way] * size[:, None] * HALF_HEIGHT).astype(np.float32)


def _spots(paths: Array, spacing: Array, s: Array) -> Array:
    """The ink on each pixel, shape (n, 28, 28), of round spots along paths.

    A dot is a round spot exp(-(dx² + dy²) / 2s²), which is a function of x times one of y, so
    that the sum over the dots of all pixels is a matrix product. Spots one spacing d apart would add up
    to a line of darkness s √(2π) / d; divided by it they make a line of darkness 1.

    Args:
        paths: the dots as (x, y) in pixels, shape (n, dots, 2).
        spacing: between the dots, shape (n, dots).
        s: the size of each spot, shape (n, dots).
    """
    pixel = np.arange(28, dtype=np.float32)
    across, down = (
        np.exp(-np.square((pixel - paths[:, :, axis, None]) / s[..., None]) / 2) for axis in (0, 1)
    )
    across *= (spacing / (s * np.sqrt(2 * np.pi, dtype=np.float32)))[..., None]
    ink: Array = down.transpose(0, 2, 1) @ across
    return ink


def _inked(paths: Array, spacing: Array, rng: np.random.Generator) -> Array:
    """The images, shape (n, 28, 28) from 0.01 to 1, of pens that touch the paper along `paths`.

    Pens differ in width and strength, and the paper is noisy.
    """
    n = len(paths)
    s = rng.uniform(0.75, 1.35, (n, 1)) * (1 + 0.15 * rng.normal(size=(n, 1)) * np.linspace(-1, 1, POINTS))
    s = s.astype(np.float32)
    strength, blackest, grain = (
        rng.uniform(low, high, (n, 1, 1)).astype(np.float32)
        for low, high in ((1.1, 1.9), (0.75, 1.0), (0.0, 0.08))
    )
    ink = _spots(paths, spacing, s)
    ink = np.minimum(ink * strength, blackest)
    ink += grain * rng.standard_normal(ink.shape, dtype=np.float32)
    images: Array = np.clip(ink, 0, 1) * np.float32(0.99) + np.float32(0.01)
    return images


# -- what a digit is made of ------------------------------------------------------------------------

LOOP = 0.25  # of its size: an arc whose ends are no further apart is a loop
UPRIGHT = 0.35  # sideways for each step along: a line that is steeper is vertical, or horizontal
MIDDLE = 0.2  # a loop whose middle is further from the digit's middle is an upper or a lower one
THICK, STRENGTH = 1.1, 2.0  # of the pen that draws parts: pixels, and how much ink
CORNERS = 6  # of a polyline at most; an arc has more points


class Part(NamedTuple):
    """A part of a digit.

    Attributes:
        name: such as "upper loop" or "vertical stroke".
        image: 784 pixels, from 0, paper, to 1, ink.
    """

    name: str
    image: Array


def digit_parts(digit: int, way: int = 0) -> list[Part]:
    """The loops and strokes that `strokes` draws a digit from, before a hand bends them (deck A).

    9 is an upper loop and a vertical stroke, 8 two loops, 4 three strokes.

    Args:
        digit: from 0 to 9.
        way: which of the ways to write it, from 0; each digit has two or three.

    Raises:
        ValueError: for another digit, and for a way that it does not have.

    >>> [part.name for part in digit_parts(9)], [part.name for part in digit_parts(8)]
    (['upper loop', 'vertical stroke'], ['upper loop', 'lower loop'])
    >>> [part.name for part in digit_parts(4)]
    ['slanted stroke', 'horizontal stroke', 'vertical stroke']
    """
    digit = count(digit, "digit", 0, 9)
    way = count(way, "way", 0, len(WAYS[digit]) - 1, unit=f" for the digit {digit}")
    lines = [
        line
        for stroke in WAYS[digit][way]
        for part in (stroke if isinstance(stroke, tuple) else (stroke,))
        for line in _straight_or_bent(part)
    ]
    return [Part(_name_of_line(line), _drawn(line)) for line in lines]


def _straight_or_bent(part: Array) -> list[Array]:
    """The straight lines of a polyline; an arc as it is."""
    steps = np.diff(part, axis=0)
    if len(part) > CORNERS:
        return [part]
    return [np.stack([start, start + step]) for start, step in zip(part, steps, strict=False)]


def _name_of_line(line: Array) -> str:
    """What a line looks like."""
    if len(line) > CORNERS:
        size = np.ptp(line, axis=0).max()
        if np.hypot(*(line[-1] - line[0])) > LOOP * size:
            return "curve"
        middle = (line[:, 1].max() + line[:, 1].min()) / 2
        return "upper loop" if middle > MIDDLE else "lower loop" if middle < -MIDDLE else "loop"
    across, up = abs(line[-1] - line[0])
    if across < UPRIGHT * up:
        return "vertical stroke"
    return "horizontal stroke" if up < UPRIGHT * across else "slanted stroke"


def _drawn(line: Array) -> Array:
    """A line on paper without noise, by a steady hand."""
    lengths = np.hypot(*np.diff(line, axis=0).T)
    knots = np.concatenate([[0.0], np.cumsum(lengths)])
    at = np.linspace(0.0, knots[-1], POINTS)
    dots = np.stack([np.interp(at, knots, line[:, axis]) for axis in (0, 1)], axis=1)
    paths = 13.5 + HALF_HEIGHT * dots * [1.0, -1.0]
    spacing = np.full((1, POINTS), HALF_HEIGHT * knots[-1] / POINTS)
    ink = _spots(
        paths[None].astype(np.float32), spacing.astype(np.float32), np.full((1, POINTS), THICK, np.float32)
    )
    image: Array = np.clip(STRENGTH * ink.ravel(), 0, 1)
    return image
