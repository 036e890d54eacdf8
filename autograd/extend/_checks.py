"""Rows from outside are compared with differences, at a few points of their domain, before they are added."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd._derivatives.differences.judging import DISAGREES, judge
from autograd._derivatives.differences.samples import Line
from autograd._derivatives.gradcheck import GradientError
from autograd._derivatives.gradcheck.diagnosis import diagnose
from autograd._table.rows import ARITHMETIC
from autograd.extend._points import Point, points
from autograd.extend._rows import OwnRow

__all__ = ["check_row"]

COARSE = 1e-6  # relative to a derivative: the accuracy that differences are sure to have
KINK = 1e-2  # points nearer to one are left out
AS_IT_IS = "define(..., check=False) takes it as it is"


def check_row(row: OwnRow, floats: Mapping[str, Any]) -> None:
    """Compare a row's parts with each other, and its partials with differences.

    Args:
        row: a row that is not in the table yet.
        floats: the reading of the table for floats, with this row in it.

    Raises:
        TypeError: when its function gives no number.
        ValueError: when its function, or a partial, is undefined inside of its domain, or when the function
            on arrays is not that on floats.
        GradientError: when a partial is not the derivative; names the input and both numbers.
    """
    samples: list[tuple[Point, float]] = []
    for point in points(row, tuple(row.defaults.values())):
        out = _value(row, point)
        if out is not None and not _is_near_kink(row, point):
            samples.append((point, out))
    if not samples:
        return
    for part in ("on_arrays", "quick") if row.quick is not row.on_arrays else ("on_arrays",):
        _check_arrays(row, part, samples)
    for i, partial in enumerate(row.read(dict(floats))):
        for point, out in samples:
            _check_partial(row, i, partial, point, out)


def _at(row: OwnRow, point: Point) -> str:
    return ", ".join(f"{name} = {x:g}" for name, x in zip(row.inputs, point, strict=True))


def _value(row: OwnRow, point: Point) -> float | None:
    """The result at a point; None where it overflows, or where the domain is known in words alone."""
    try:
        return row.on_floats(*point)
    except OverflowError:
        return None
    except (ValueError, ZeroDivisionError) as error:
        if row.has_note:
            return None
        raise ValueError(
            f"row {row.name!r}: its function is undefined at {_at(row, point)} ({error}), inside of its "
            f"domain, {row.domain_text}: state the domain, as in domain='(0, inf)'"
        ) from None
    except TypeError as error:
        raise TypeError(
            f"row {row.name!r}: its function takes {row.arity} float(s) and gives one, which it does not at "
            f"{_at(row, point)}: {error}"
        ) from None


def _is_near_kink(row: OwnRow, point: Point) -> bool:
    try:
        return row.distance_to_kink(*point) < KINK
    except (*ARITHMETIC, NameError):  # of a row that is defined together with this one
        return True


def _columns(samples: Sequence[tuple[Point, float]]) -> list[Any]:
    columns = [np.array(column) for column in zip(*(point for point, _ in samples), strict=True)]
    for column in columns:
        column.flags.writeable = False
    return columns


def _check_arrays(row: OwnRow, part: str, samples: Sequence[tuple[Point, float]]) -> None:
    function = getattr(row, part)
    expected = np.array([out for _, out in samples])
    wrong = f"row {row.name!r}: {part} "
    for dtype in (np.float64, np.float32):
        inputs = _columns(samples)
        try:
            with np.errstate(all="ignore"):
                if dtype is np.float32:  # and of two dimensions: a sum or a cumsum of all numbers would show
                    inputs = [column.astype(dtype)[None] for column in inputs]
                    expected = expected[None]
                result = function(*inputs)
        except Exception as error:
            raise ValueError(
                f"{wrong}raises {type(error).__name__} for arrays: {error}. It computes element by element "
                "what on_floats does; leave it out, and on_floats serves for arrays too"
            ) from error
        if np.shape(result) != expected.shape or getattr(result, "dtype", None) != dtype:
            dtypes = getattr(result, "dtype", "none"), np.dtype(dtype)
            raise ValueError(
                f"{wrong}gives shape {np.shape(result)} and dtype {dtypes[0]} for arrays of shape "
                f"{expected.shape} and dtype {dtypes[1]}: it keeps both, element by element"
            )
        if any(np.shares_memory(result, x) for x in inputs):
            raise ValueError(
                f"{wrong}gives the array that it was given, or a view of it: give a copy, x.copy()"
            )
        if dtype is np.float64 and not np.allclose(result, expected, rtol=COARSE, atol=1e-12):
            k = int(np.argmax(np.abs(result - expected)))
            raise ValueError(
                f"{wrong}gives {result[k]:.9g} at {_at(row, samples[k][0])}, and on_floats {expected[k]:.9g}"
            )


def _check_partial(row: OwnRow, i: int, partial: Callable[..., Any], point: Point, out: float) -> None:
    text = f"row {row.name!r}: the partial by {row.inputs[i]}, {row.partials[i]!r}, "
    try:
        analytic = float(partial(*point, out))
    except OverflowError:
        return
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(
            f"{text}is undefined at {_at(row, point)} ({error}), inside of the domain; {AS_IT_IS}"
        ) from None
    except TypeError as error:
        raise ValueError(f"{text}cannot be computed: {error}") from None

    def at(x: float) -> Any:
        try:
            return np.asarray(row.on_floats(*point[:i], x, *point[i + 1 :]))
        except ARITHMETIC:
            return None

    judgement = judge(Line(at, point[i], np.array([out])), np.array([analytic]), margin=COARSE)[0]
    if judgement.verdict != DISAGREES:
        return
    numeric, uncertainty = judgement.numeric, judgement.error
    cause = diagnose(analytic, numeric, uncertainty)
    raise GradientError(
        f"{text}is {analytic:.9g} at {_at(row, point)}, and {numeric:.9g} ± {uncertainty:.1g} by differences "
        f"of step {judgement.step:.3g}{'; ' + cause if cause else ''}. Correct it; where the derivative "
        f"jumps near by, say where, kink='x'; {AS_IT_IS}",
        input=i, index=(), mode="reverse", order=1, analytic=analytic, numeric=numeric, error=uncertainty,
        step=judgement.step, kink=None,
    )  # fmt: skip
