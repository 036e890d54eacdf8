"""A tape for leaves of other shapes than the recorded ones, where the record says how to compute it.

The operations stay, and the count of a mean is counted anew. Any other number that may stand for a length, as
the 10 in ``total / 10`` for ten examples, would be wrong for another, and so would an index into an axis that
is longer now. Those are refused.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.find.tensors.tape import Line, Tape

__all__ = ["resized"]

Array = NDArray[Any]
Shape = tuple[int, ...]

# Parameters that say which axes, not how long.
AXES = {"axis", "axes", "keepdims", "subscripts", "optimize", "dtype", "upper", "compute_uv"}
FACTORS = 4  # by which a number is larger or smaller than a length, and may still come from it
FACTORS_NEAR = (
    2  # the same for n - 1, n², n(n - 1), as in n(n - 1) / 2; there are more of these to meet by chance
)
SMALL = 64  # numbers of a constant array that are looked at
ALWAYS = {2.0, 0.5}  # numbers that come from no axis longer than `LONG`
LONG = 4


def resized(tape: Tape, shapes: Sequence[Shape], arrays: Sequence[Array]) -> Tape:
    """The tape with the shapes of its lines for other leaves.

    Args:
        shapes: of the leaves.
        arrays: of the leaves, which give the shapes of all lines.

    Raises:
        ValueError: where the record may hold a length; says what to do.
    """
    lengths = set()
    for line, shape in zip(tape.lines, shapes, strict=False):
        if len(line.shape) != len(shape):
            _refuse(tape, shapes, "it has another number of axes")
        changed = {n for n, m in zip(line.shape, shape, strict=True) if n != m}
        lengths |= {*changed, line.size} if changed else changed
    counts = _counts(tape)
    sizes = [(n, _beside(tape, n)) for n in lengths]
    for place, line in enumerate(tape.lines):
        if place in counts:
            continue
        number = next((x for x in _numbers(line) if any(may_be_length(x, n, s) for n, s in sizes)), None)
        if number is not None:
            why = f"the record has the number {number:g}, which may be a length, as the 10 in total / 10"
            _refuse(tape, shapes, why)
    try:
        with np.errstate(all="ignore"):
            values = tape.run(arrays)
    except (ValueError, IndexError) as error:
        _refuse(tape, shapes, str(error))
    for line in tape.lines:
        if line.row is not None and line.row.name == "getitem":
            before, now = tape.lines[line.args[0]].shape, values[line.args[0]].shape
            if not _follows(line.params["index"], before, now):
                _refuse(tape, shapes, "the record has an index into an axis of another length")
    lines = [
        replace(line, shape=np.shape(value)) if line.row is not None or line.is_leaf else line
        for line, value in zip(tape.lines, values, strict=True)
    ]
    for place, summed in counts.items():
        count: Any = lines[place].count
        now = count.of(lines[summed].shape)
        lines[place] = replace(lines[place], constant=float(now), count=now)
    return replace(tape, lines=lines)


def _counts(tape: Tape) -> dict[int, int]:
    """The line of each count that a sum is divided by, and the line of the array that is added up."""
    lines = tape.lines
    return {
        line.args[1]: lines[line.args[0]].args[0]
        for line in lines
        if line.row is not None
        and line.row.name == "truediv"
        and lines[line.args[1]].count is not None
        and (total := lines[line.args[0]].row) is not None
        and total.name == "sum"
    }


def _beside(tape: Tape, n: int) -> frozenset[int]:
    """Products of other axes of the arrays with an axis of length n: multiples of n that are sizes."""
    products = {1}
    for shape in {line.shape for line in tape.lines if n in line.shape}:
        others = list(shape)
        others.remove(n)
        for count in range(len(others) + 1):
            products |= set(map(math.prod, itertools.combinations(others, count)))
    return frozenset(products)


def _refuse(tape: Tape, shapes: Sequence[Shape], why: str) -> None:
    for place, (line, shape) in enumerate(zip(tape.lines, shapes, strict=False)):
        if line.shape != shape:
            raise ValueError(
                f"{line.label or f'leaf {place}'} has the shape {shape}, and was recorded with {line.shape}. "
                f"For another shape the recorded operations may be wrong: {why}. Compile the function that "
                "records them, fast = compile(f): it is recorded for each shape of its arrays; or record the "
                "graph again"
            )


def _numbers(line: Line) -> Iterator[float]:
    """The numbers that a line holds beside its arguments."""
    if line.row is None:
        if not line.is_leaf:
            yield from map(float, line.shape)
            if line.size <= SMALL:
                yield from map(float, np.ravel(line.constant))
        return
    for name, x in line.params.items():
        if name not in AXES and name not in ("index", "indices"):
            yield from _numbers_in(x)
    for index in line.params.get("indices", ()):
        yield from _numbers_in(index)


def _numbers_in(x: Any) -> Iterator[float]:
    if isinstance(x, (tuple, list)):
        for part in x:
            yield from _numbers_in(part)
    elif isinstance(x, slice):
        yield from _numbers_in((x.start, x.stop))
    elif isinstance(x, (int, float, np.number)) and not isinstance(x, bool):
        yield float(x)
    elif isinstance(x, np.ndarray) and x.size <= SMALL:
        yield from map(float, x.ravel())


def may_be_length(x: float, n: int, beside: Collection[int] = (1,)) -> bool:
    """Whether a number may come from the length n: n, 1/n, 2n, n - 1, √n, ln n and the like.

    Args:
        x: the number.
        n: the length.
        beside: the other axes' lengths, and products of these: n times one of them is the size of an array.

    >>> [may_be_length(x, 10) for x in (10, 0.1, 9, 5, 10**0.5, math.log(10), 2, 0.5, -1, 0.7312, 1e-8)]
    [True, True, True, True, True, True, False, False, False, False, False]
    >>> may_be_length(0.001, 10), may_be_length(0.001, 10, beside=[1, 100])
    (False, True)
    """
    x = abs(x)
    if n == 1:  # of which ln n and n - 1 are 0, and 1 / (n - 1) is infinite
        return True
    if not math.isfinite(x) or not x or (n > 2 and x == 1) or (n > LONG and x in ALWAYS):
        return False
    if n <= 2:
        return True
    near = [n - 1, n + 1, n * n, n * (n - 1)]
    logarithms = (log(length) for length in (n, *near) for log in (math.log, math.log2, math.log10))
    return (
        any(math.isclose(x, y, rel_tol=1e-6) for y in logarithms)
        or _is_related(x, n, beside, FACTORS)
        or any(_is_related(x, length, beside, FACTORS_NEAR) for length in near)
        or any(_is_related(x * x, length, beside, 1) for length in (n, *near))
    )


def _is_related(x: float, length: int, beside: Collection[int], factors: int) -> bool:
    """Whether x or 1/x is the length times a size, or this times or divided by a small factor."""
    for ratio in (x / length, 1 / (x * length)):
        for size in beside:
            for factor in range(1, factors + 1):
                if math.isclose(ratio, size * factor, rel_tol=1e-6):
                    return True
                if math.isclose(ratio * factor, size, rel_tol=1e-6):
                    return True
    return False


def _follows(index: Any, before: Shape, now: Shape) -> bool:
    """Whether an index means the same for other lengths: all of an axis, or all but an end of it."""
    parts = list(index) if isinstance(index, tuple) else [index]
    if not any(part is Ellipsis for part in parts):
        parts.append(Ellipsis)
    widths = [0 if part is None or part is Ellipsis else _width(part) for part in parts]
    axis = 0
    for part, own in zip(parts, widths, strict=True):
        width = len(before) - sum(widths) if part is Ellipsis else own
        changed = before[axis : axis + width] != now[axis : axis + width]
        is_whole = isinstance(part, slice) and part.start in (None, 0, 1) and part.stop in (None, -1)
        if changed and part is not Ellipsis and not is_whole:
            return False
        axis += width
    return True


def _width(part: Any) -> int:
    """The number of axes that a part of an index takes."""
    return part.ndim if isinstance(part, np.ndarray) and part.dtype == bool else 1
