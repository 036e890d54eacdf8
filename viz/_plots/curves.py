"""How a training run went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from viz._plots.parts.palette import palette_of
from viz._plots.parts.room import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["history"]


def history(history: Any, ax: Axes | None = None) -> Axes:
    """Draw cost and accuracy over the epochs, as ``history.plot`` does, in the colours of the other plots.

    Args:
        history: an `nn.History`, or any object with a ``plot(ax, colors)``.
        ax: the axes to draw in; new ones if None. Those of the cost are returned.

    Raises:
        TypeError: for an object without ``plot``.
        ValueError: when no epoch was completed.
        ImportError: without matplotlib, with the command that installs it.

    >>> import nn
    >>> from viz._plots import history
    >>> ax = history(nn.History([nn.Epoch(1, 0.8, 0.4, None, None, 1.0)]))
    >>> ax.get_ylabel()
    'cost'
    """
    if not callable(getattr(history, "plot", None)):
        raise TypeError(f"history takes what nn.fit returns, not {type(history).__name__}")
    if not len(history):
        raise ValueError("there is nothing to plot: no epoch was completed")
    ax = axes_or_new(ax, 6.4, 4.8)
    palette = palette_of(ax)
    drawn: Axes = history.plot(ax=ax, colors=(palette.positive, palette.negative, *palette.runs))
    return drawn
