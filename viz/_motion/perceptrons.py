"""A perceptron that learns, in motion."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd._support.checks import count
from viz._output.moving.motion import Motion
from viz._pictures.arrays import Array, numbers
from viz._plots.fields import boundary
from viz._plots.parts.lines import line_within, lines_of
from viz._plots.parts.palette import palette_of
from viz._plots.parts.room import room_of, type_size, width_of
from viz._plots.parts.words import coordinates

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["perceptron_motion"]

EVERY = 60  # looks at examples: of more, only those that correct the line have a picture
EARLIER = 8  # lines that are drawn pale
RING = 1500  # square points around the example at hand


@dataclass(frozen=True)
class _Look:
    """A look at one example.

    Attributes:
        after: the perceptron after it.
        example: its number, from 0.
        epoch: from 1.
        is_mistake: whether it corrected the perceptron.
        mistakes: of the epoch, up to this one.
    """

    after: Any
    example: int
    epoch: int
    is_mistake: bool
    mistakes: int


def perceptron_motion(perceptron: Any, X: Any, y: Any, epochs: int, *, margin: float = 0.0) -> Motion:
    """A perceptron that learns, example by example; the last picture is that of `viz.boundary` after it.

    A ring shows the example at hand, words whether it is a mistake and the line that follows from it; earlier
    lines are pale. Of more than 60 looks only the mistakes have a picture. A copy learns: the perceptron
    itself stays as it is.

    Args:
        perceptron: an `nn.Perceptron` of two inputs.
        X, y, epochs, margin: as for its ``learn``: examples of shape (n, 2), and 1 or -1 for each.

    Raises:
        TypeError: for anything but a perceptron.
        ValueError: for examples that its ``learn`` does not take, and for other than two inputs.

    Source: lecture section 4, AND and OR learnt by one perceptron; XOR is never learnt.

    >>> import nn
    >>> gate, perceptron = nn.data.gates.AND, nn.Perceptron(2)
    >>> motion = perceptron_motion(perceptron, gate.X, gate.signs, epochs=20, margin=0.1)
    >>> len(motion), motion.figure(2).axes[0].texts[-1].get_text()    # viz.animate(motion, "and.gif")
    (26, 'epoch 1, example 2 of 4: right\\n$w$ = (0.00, 0.00), $b$ = −0.10')
    """
    if not (callable(perceptron) and hasattr(perceptron, "learn") and hasattr(perceptron, "w")):
        raise TypeError(f"perceptron_motion takes an nn.Perceptron, not {type(perceptron).__name__}")
    points, signs = numbers(X, "X"), numbers(y, "y").ravel()
    epochs = count(epochs, "epochs")
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(
            f"perceptron_motion draws a perceptron of two inputs: X has shape {points.shape}, expected (n, 2)"
        )
    before, learnt = copy.deepcopy(perceptron), copy.deepcopy(perceptron)
    learnt.learn(points, signs, epochs, margin=margin)  # which raises its errors
    looks = _looks(before, points, signs, epochs, margin)
    if len(looks) > EVERY:
        looks = [look for look in looks if look.is_mistake]

    def draw(figure: Figure, number: int) -> None:
        ax = figure.add_subplot()
        if number == len(looks) + 1:
            _draw(ax, learnt, points, signs)
        else:
            _draw(ax, looks[number - 1].after if number else before, points, signs)
            _draw_looks(ax, looks[:number], points)

    return Motion(draw, len(looks) + 2, seconds=0.6)


def _looks(before: Any, points: Array, signs: Array, epochs: int, margin: float) -> list[_Look]:
    """The looks at all examples, until an epoch without a mistake."""
    looks, perceptron = list[_Look](), before
    for epoch in range(1, epochs + 1):
        mistakes = 0
        for i in range(len(points)):
            after = copy.deepcopy(perceptron)
            [mistake] = after.learn(points[i : i + 1], signs[i : i + 1], 1, margin=margin)
            mistakes += mistake
            perceptron = after if mistake else perceptron
            looks.append(_Look(perceptron, i, epoch, bool(mistake), mistakes))
        if not mistakes:
            break
    return looks


def _draw(ax: Axes, perceptron: Any, points: Array, signs: Array) -> None:
    """The picture of `boundary`, with the line where there is one."""
    boundary(perceptron, points, signs, lines=perceptron if np.any(perceptron.w) else None, ax=ax)


def _draw_looks(ax: Axes, looks: list[_Look], points: Array) -> None:
    """Earlier lines, the example at hand, and what it changes."""
    if not looks:
        return
    now, palette = looks[-1], palette_of(ax)
    frame = tuple(np.array(ends) for ends in zip(ax.get_xlim(), ax.get_ylim(), strict=True))
    earlier = [look.after for look in looks if look.is_mistake and look.after is not now.after]
    for perceptron in earlier[-EARLIER:]:
        if np.any(perceptron.w):
            ends = line_within(lines_of(perceptron)[0], frame[0], frame[1])
            if ends is not None:
                ax.plot(*ends.T, color=palette.ink, alpha=0.4, lw=2, zorder=2.2)
    across, up = points[now.example].tolist()
    ax.scatter(across, up, s=RING, facecolors="none", edgecolors=palette.ink, linewidths=3.5, zorder=5)
    verdict = f"mistake {now.mistakes}" if now.is_mistake else "right"
    lines = [
        f"epoch {now.epoch}, example {now.example + 1} of {len(points)}: {verdict}",
        f"$w$ = {coordinates(now.after.w)}, $b$ = {coordinates([now.after.b])}",
    ]
    size = min(1.4 * type_size("medium"), 0.9 * 72 * room_of(ax)[0] / max(map(width_of, lines)))
    ax.text(
        0.02, 0.97, "\n".join(lines), transform=ax.transAxes, ha="left", va="top", size=size,
        color=palette.ink, zorder=6, linespacing=1.4,
        bbox={"boxstyle": "round,pad=0.3", "fc": palette.paper, "ec": "none", "alpha": 0.85},
    )  # fmt: skip
