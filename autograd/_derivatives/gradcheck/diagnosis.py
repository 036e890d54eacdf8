"""The likely mistake behind a wrong derivative, where the numbers tell it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd._derivatives.differences.samples import Array

__all__ = ["diagnose"]

CLOSE = 1e-3  # relative: mistakes are by whole factors and whole places
COUNTS = 4  # a gradient counted or divided more often than this is rare: the factor has another origin


def diagnose(analytic: Any, numeric: Any, error: Any = 0.0) -> str | None:
    """The likely mistake, in words; None where the numbers fit no common one.

    Args:
        analytic: the wrong derivative: a number or an array.
        numeric: the right one, up to its error.
        error: how far the numeric derivative may be off.

    >>> diagnose(6.0, 3.0)
    'it is twice the right one: a gradient counted two times'
    >>> diagnose([[1.0, 3.0], [2.0, 4.0]], [[1.0, 2.0], [3.0, 4.0]])
    'it is the transpose of the right one'
    """
    wrong, right = np.asarray(analytic, dtype=float), np.asarray(numeric, dtype=float)
    slack = np.broadcast_to(np.asarray(error, dtype=float), right.shape)
    if wrong.shape != right.shape:
        return _diagnose_shape(wrong, right, slack)
    if not np.isfinite(wrong).all():
        kind = "nan" if np.isnan(wrong).any() else "infinite"
        return f"it is {kind}: an operation on the way is undefined, as 0/0 or 0 * inf"
    if not wrong.size or not np.isfinite(right).all():
        return None
    if _is_close(wrong, right, slack):
        return None
    if not wrong.any():
        return (
            "it is 0: no gradient arrives here (a number taken out of the graph, as by float() or .data, a "
            "path left out, or a leaf that is never reached)"
        )
    return _diagnose_factor(wrong, right, slack) or _diagnose_places(wrong, right, slack)


def _is_close(a: Array, b: Array, slack: Array) -> bool:
    size = float(np.max(np.abs(b), initial=0.0))
    return bool(np.all(np.abs(a - b) <= CLOSE * np.maximum(np.abs(b), 1e-3 * size) + slack))


def _diagnose_shape(wrong: Array, right: Array, slack: Array) -> str:
    shapes = f"its shape is {wrong.shape}, where {right.shape} is expected"
    axes = _extra_axes(wrong.shape, right.shape)
    if axes is not None:
        total = wrong.sum(axis=axes).reshape(right.shape)
        if not np.isfinite(right).all() or _is_close(total, right, slack):
            over = ", ".join(map(str, axes))
            return f"{shapes}: it is not summed over the axes of broadcasting (axis {over})"
    if wrong.ndim == 2 and wrong.T.shape == right.shape:
        return f"{shapes}: it is transposed"
    if wrong.size == right.size:
        return f"{shapes}: it is to be reshaped"
    return shapes


def _extra_axes(wide: tuple[int, ...], narrow: tuple[int, ...]) -> tuple[int, ...] | None:
    """The axes over which an array is summed to have another shape; None where no broadcast leads there."""
    lead = len(wide) - len(narrow)
    if lead < 0 or any(n not in (1, w) for w, n in zip(wide[lead:], narrow, strict=True)):
        return None
    stretched = [i for i, (w, n) in enumerate(zip(wide[lead:], narrow, strict=True), lead) if n == 1 != w]
    return (*range(lead), *stretched)


def _diagnose_factor(wrong: Array, right: Array, slack: Array) -> str | None:
    share = float(np.vdot(wrong, right) / np.vdot(right, right)) if np.vdot(right, right) else 0.0
    if not share or not np.isfinite(share) or not _is_close(wrong / share, right, slack):
        return None
    if not np.all(np.abs(right) > 10 * slack):
        return None
    whole, part = round(abs(share)), round(1 / abs(share)) if abs(share) > 1e-3 else 0
    sign = "with the wrong sign, and " if share < 0 else ""
    if abs(abs(share) - whole) < CLOSE * whole and 1 <= whole <= COUNTS:
        if whole == 1:
            return "it has the wrong sign"
        if whole == 2:
            return f"it is {sign}twice the right one: a gradient counted two times"
        return f"it is {sign}{whole} times the right one: a gradient counted {whole} times"
    if part and abs(1 / abs(share) - part) < CLOSE * part and 2 <= part <= COUNTS:
        name = "half" if part == 2 else f"1/{part} of"
        return f"it is {sign}{name} the right one: a factor {part} lost, or one of {part} contributions kept"
    if wrong.size > 1:
        return f"it is {sign}{abs(share):.6g} times the right one, for all entries: a constant factor"
    return None


def _diagnose_places(wrong: Array, right: Array, slack: Array) -> str | None:
    if wrong.ndim == 2 and wrong.shape[0] == wrong.shape[1] and _is_close(wrong.T, right, slack):
        return "it is the transpose of the right one"
    for axis, length in enumerate(wrong.shape):
        if length < 2:
            continue
        along = f" along axis {axis}" if wrong.ndim > 1 else ""
        if length > 2 and _is_close(np.flip(wrong, axis), right, slack):
            return f"it is the right one in reverse order{along}"
        for shift in (1, -1):
            if _is_close(np.roll(wrong, -shift, axis), right, slack):
                return f"it is the right one, shifted by one place{along}"
    missing = (wrong == 0) & (np.abs(right) > slack)
    kept = ~missing
    if missing.any() and kept.any() and _is_close(wrong[kept], right[kept], slack[kept]):
        number = f"{int(missing.sum())} of {wrong.size}"
        return f"it is 0 for {number} entries, and right for the others: no gradient arrives there"
    return None
