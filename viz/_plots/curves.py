"""How a training run went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["history"]


def history(history: Any, ax: Axes | None = None) -> Axes:
    """Draw what `nn.fit` returned: cost and accuracy over the epochs, as ``history.plot`` does.

    Args:
        history: an `nn.History`, or anything with a ``plot(ax)``.
        ax: the axes to draw in; new ones if None.

    Returns:
        The axes of the cost.

    Raises:
        TypeError: for what has no ``plot``.
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
    drawn: Axes = history.plot(ax=ax)
    return drawn
