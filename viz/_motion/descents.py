"""Gradient descent in motion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from viz._output.moving.motion import Motion
from viz._plots.descents import draw_runs, runs_of
from viz._plots.parts.functions import Function

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["descent_motion"]


def descent_motion(
    f: Function,
    starts: Any,
    lr: float,
    steps: int,
    *,
    x: Sequence[float] | None = None,
    y: Sequence[float] | None = None,
    name: str | None = None,
) -> Motion:
    """Runs of gradient descent in motion, a picture for each step; the last is that of `viz.descent`.

    Of one variable, the tangent shows the slope where a run is, and the legend its number and the direction
    of the next step. Of two, the runs go over the contour lines.

    Args:
        f, starts, lr, steps, x, y, name: as for `viz.descent`.

    Raises:
        TypeError, ValueError, DomainError: as `viz.descent`.

    Source: lecture section 2: a positive slope sends a run to the left, and its steps shrink near a minimum.

    >>> motion = descent_motion(lambda w: w**4 - 3 * w**2 + w, [-2, 2], lr=0.03, steps=12, name="C")
    >>> len(motion)    # the start, and twelve steps; viz.animate(motion, "descent.gif")
    13
    >>> [text.get_text() for text in motion.figure(1).axes[0].get_legend().get_texts()]
    ['from −2.00, step 1 at −1.43, slope −2.12: right', 'from 2.00, step 1 at 1.37, slope 3.07: left']
    """
    runs = runs_of(f, starts, lr, steps, x=x, y=y, name=name)
    last = len(runs.paths[0]) - 1

    def draw(figure: Figure, number: int) -> None:
        draw_runs(runs, figure.add_subplot(), None if number == last else number)

    return Motion(draw, last + 1, seconds=0.6)
