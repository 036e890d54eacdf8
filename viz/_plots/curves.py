"""Curves: how a training run went, and the activation of a neuron over its weighted sum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Value
from autograd._support.checks import finite_number
from viz._formulas.formula import formula
from viz._plots.parts.functions import Function, check_function, heights, name_of
from viz._plots.parts.palette import palette_of
from viz._plots.parts.room import axes_or_new, legend_below
from viz._plots.parts.scales import Range, span
from viz._plots.parts.words import decimal, is_set, typeset_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["activation", "history"]

BESIDE = 8.0  # of the threshold, on both sides: there σ is nearly 0 and nearly 1
POINTS = 401  # of a curve


def activation(
    f: Function,
    *,
    bias: float = 0.0,
    at: float | None = None,
    x: Sequence[float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    r"""Draw the activation of a neuron over its weighted sum, f(z + bias), with the threshold.

    The threshold is -bias: there the curve has the height f(0), which for σ is half its height. Beyond it, on
    the tinted side, the neuron is active; the picture says so.

    Args:
        f: a function of one number, such as `autograd.sigmoid`.
        bias: -10 means "active only when the weighted sum exceeds 10".
        at: a weighted sum, to mark it and the activation that it gives.
        x: the range of weighted sums that is drawn; by default 8 on both sides of the threshold, and `at`.
        ax: the axes to draw in; new ones if None. They are returned.

    Raises:
        TypeError: for anything but a function of one number.
        ValueError: for a bias or a sum that is no finite number, an invalid range, and a function that is
            undefined everywhere in it.
        DomainError: where f is undefined at the threshold or at `at`.
        ImportError: without matplotlib, with the command that installs it.

    Source: lecture section 1, a bias of −10.

    >>> from autograd import sigmoid
    >>> import viz
    >>> ax = viz.activation(sigmoid, bias=-10, at=12)
    >>> ax.get_ylabel(), [text.get_text() for text in ax.get_legend().get_texts()]
    ('$\\sigma(z - 10)$', ['threshold: weighted sum 10', 'weighted sum 12: activation 0.881'])
    """
    check_function(f, 1, "activation")
    bias = finite_number(bias, "the bias")
    present = None if at is None else finite_number(at, "at")
    threshold = -bias + 0.0
    across = _around(threshold, present) if x is None else span(x, "x")

    def shifted(z: Any) -> Any:
        return f(z + bias) if bias else f(z)

    zs = np.linspace(*across, POINTS)
    ys = heights(shifted, zs)
    middle = float(f(0.0))
    reached = None if present is None else float(shifted(present))

    ax = axes_or_new(ax, 9.6, 5.4)
    palette = palette_of(ax)
    ax.set(xlabel="weighted sum $z$", ylabel=_label(f, bias), xlim=across)
    ax.axvspan(
        max(threshold, across[0]), max(across), color=palette.mixed(palette.positive, 0.12), lw=0, zorder=0
    )
    word: dict[str, Any] = {"transform": ax.transAxes, "color": palette.quiet, "size": "x-large"}
    if across[0] < threshold:
        ax.text(0.02, 0.95, "inactive", ha="left", va="top", **word)
    if threshold < across[1]:
        ax.text(0.98, 0.05, "active", ha="right", va="bottom", **word)
    ax.axvline(threshold, color=palette.ink, lw=1.5, ls="--", zorder=1)
    ax.axhline(middle, color=palette.quiet, lw=1.2, ls=":", zorder=1)
    ax.plot(zs, ys, color=palette.positive, lw=3, zorder=2)
    ax.plot(
        [threshold], [middle], "o", color=palette.ink, markersize=9, zorder=3,
        label=f"threshold: weighted sum {decimal(threshold)}",
    )  # fmt: skip
    if present is not None and reached is not None:
        foot = float(np.nanmin(ys))
        ax.plot([present, present], [foot, reached], color=palette.negative, lw=1.5, zorder=2)
        ax.plot(
            [present], [reached], "s", color=palette.negative, markersize=11, zorder=4,
            label=f"weighted sum {decimal(present)}: activation {decimal(reached)}",
        )  # fmt: skip
    legend_below(ax)
    return ax


def _around(threshold: float, present: float | None) -> Range:
    low, high = threshold - BESIDE, threshold + BESIDE
    return (low, high) if present is None else (min(low, present - 1), max(high, present + 1))


def _label(f: Function, bias: float) -> str:
    """f(z + bias), as its row in the table writes it where f can be recorded."""
    z = Value(0.0 if bias == 0 else -bias, label="z")
    try:
        shifted = z if bias == 0 else z - -bias if bias < 0 else z + bias
        written = f"${formula(f(shifted))}$"
    except (TypeError, ValueError, ArithmeticError):  # a function of plain numbers, or none at 0
        written = ""
    if is_set(written):
        return written
    sign = "" if bias == 0 else f" {'−' if bias < 0 else '+'} {decimal(abs(bias))}"
    return f"{typeset_label(name_of(f))}($z${sign})"


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
    >>> import viz
    >>> ax = viz.history(nn.History([nn.Epoch(1, 0.8, 0.4, None, None, 1.0)]))
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
