"""The values of a rule: on floats, on arrays of any kind, outside of its domain; its notation."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd._graph.node import DomainError
from autograd._table.rows import check_latex
from autograd.testing._checks.reference import overflows, ulps
from autograd.testing._checks.results import Aspect
from autograd.testing._checks.subjects import Subject
from autograd.testing._strategies.domains import Point

__all__ = ["check_arrays", "check_notation", "check_outside", "check_values", "place"]

Reference = Callable[[Point, tuple[int, ...]], Any]
"""The derivative of given orders at a point, right to more digits than a float has."""

SINGLE = 2.0**-23  # the spacing of float32 at 1
FEW = 5  # points for the forms in which arrays come


def place(subject: Subject, point: Point) -> str:
    """A point as a call: f(1.0, 2.0)."""
    return f"{subject.name}({', '.join(map(repr, point))})"


def check_values(
    subject: Subject, points: Sequence[Point], reference: Reference | None, limit: float
) -> tuple[Aspect, dict[Point, float]]:
    """Whether the values in the domain exist and are right; and the values, inf where they overflow."""
    problems, values = [], {}
    for point in points:
        out = subject.domain.value(point)
        if out is None or math.isnan(out):
            problems.append(f"{place(subject, point)} has no value, inside of the domain")
            continue
        values[point] = out
        if reference and (problem := compare(out, reference(point, (0,) * len(point)), limit)):
            problems.append(f"{place(subject, point)} {problem}")
    return Aspect("value", len(points), problems=tuple(problems)), values


def compare(computed: float, exact: Any, limit: float) -> str | None:
    """The disagreement of a number with a reference; None where there is none."""
    if overflows(exact):
        return None if math.isinf(computed) else f"is {computed!r}, and should overflow"
    distance = ulps(computed, exact)
    if distance <= limit:
        return None
    return (
        f"is {computed!r}, and {float(exact)!r} by the reference: {distance:.3g} ulp off, more than {limit:g}"
    )


def check_arrays(subject: Subject, values: dict[Point, float], limit: float) -> Aspect:
    """Whether the functions on arrays give the values on floats, and keep shapes, dtypes and inputs."""
    row = subject.row
    assert row is not None
    problems: list[str] = []
    forms = {"on_arrays": row.on_arrays} | ({"quick": row.quick} if row.quick is not row.on_arrays else {})
    for form, function in forms.items():
        problems += _check_form(subject, form, function, values, limit)
    return Aspect("arrays", len(values), problems=tuple(problems))


def _check_form(
    subject: Subject, form: str, function: Callable[..., Any], values: dict[Point, float], limit: float
) -> Iterator[str]:
    if not values:
        return
    columns = [_locked(np.array(column)) for column in zip(*values, strict=True)]
    expected = np.array(list(values.values()))
    careful = form != "quick"
    out = yield from _run(form, function, columns, "")
    if out is None:
        return
    for k, point in enumerate(values):
        if not _is_close(float(out[k]), float(expected[k]), limit, careful):
            yield (
                f"{form} gives {float(out[k])!r} at {place(subject, point)}, and the function on floats "
                f"{float(expected[k])!r}"
            )
    yield from _check_layouts(form, function, columns, out)
    with np.errstate(over="ignore", under="ignore"):
        singles = [_locked(column.astype(np.float32)) for column in columns]
    if careful:
        yield from _check_singles(subject, form, function, singles)


def _run(form: str, function: Callable[..., Any], inputs: Sequence[Any], kind: str) -> Any:
    """The result, after checks of its shape, its dtype and its memory; a generator of problems."""
    shape, dtype = np.broadcast_shapes(*(a.shape for a in inputs)), inputs[0].dtype
    try:
        with np.errstate(all="ignore"):
            out = function(*inputs)
    except Exception as error:  # whatever a rule from outside raises
        yield f"{form} raises {type(error).__name__} for {kind}arrays: {error}"
        return None
    if np.shape(out) != shape or getattr(out, "dtype", None) != dtype:
        yield (
            f"{form} gives shape {np.shape(out)} and dtype {getattr(out, 'dtype', type(out).__name__)} for "
            f"{kind}arrays of shape {shape} and dtype {dtype}"
        )
        return None
    if any(np.shares_memory(out, a) for a in inputs):
        yield f"{form} gives the memory of its input: give a copy"
    return out


def _check_layouts(
    form: str, function: Callable[..., Any], columns: Sequence[Any], expected: Any
) -> Iterator[str]:
    few = expected[:FEW]
    layouts = {
        "strided ": ([_locked(np.repeat(c, 2)[::2]) for c in columns], expected),
        "two-dimensional ": ([_locked(c[None]) for c in columns], expected[None]),
        "empty ": ([_locked(c[:0]) for c in columns], expected[:0]),
        **{f"0-d ({k}) ": ([np.array(c[k]) for c in columns], few[k]) for k in range(len(few))},
    }
    for kind, (inputs, results) in layouts.items():
        out = yield from _run(form, function, inputs, kind)
        if out is not None and not _is_close_all(out, results):
            yield f"{form} gives other numbers for {kind}arrays than for plain ones"
    if len(columns) == 2:
        x, y = (c[: 2 * FEW] for c in columns)
        table = yield from _run(form, function, [x[:, None], y[None, :]], "broadcast ")
        if table is not None and not _is_close_all(np.diagonal(table), expected[: 2 * FEW]):
            yield f"{form} gives other numbers where its inputs are broadcast"


def _check_singles(
    subject: Subject, form: str, function: Callable[..., Any], singles: Sequence[Any]
) -> Iterator[str]:
    out = yield from _run(form, function, singles, "float32 ")
    if out is None:
        return
    smallest, largest = (
        float(x) for x in (np.finfo(np.float32).smallest_normal, np.finfo(np.float32).max / 2)
    )
    for k, point in enumerate(tuple(map(float, p)) for p in zip(*singles, strict=True)):
        value = subject.domain.value(point) if subject.domain.holds(point) else None
        if value is None or not smallest < abs(value) < largest:
            continue
        if abs(float(out[k]) - value) > SINGLE_LIMIT * SINGLE * abs(value):
            yield f"{form} gives {float(out[k])!r} in float32 at {place(subject, point)}, which is {value!r}"


SINGLE_LIMIT = 64  # units in the last place of float32


def _is_close(x: float, y: float, limit: float, careful: bool) -> bool:
    if not math.isfinite(x) and not careful:
        return True  # a program notices it, and calls the careful form
    if math.isinf(y) or math.isinf(x) or math.isnan(x):
        return math.isinf(y) and not math.isfinite(x)
    return abs(x - y) <= limit * math.ulp(max(abs(x), abs(y)))


def _is_close_all(out: Any, expected: Any) -> bool:
    """Whether the numbers are the same but for a few roundings, as loops of different kernels give them."""
    with np.errstate(all="ignore"):
        near = np.abs(out - expected) <= 4 * np.spacing(np.maximum(np.abs(out), np.abs(expected)))
    return bool(np.all(near | (out == expected) | ~np.isfinite(expected)))


def _locked(a: Any) -> Any:
    a.flags.writeable = False
    return a


def check_outside(subject: Subject) -> Aspect:
    """Whether there is an error outside of the domain, and no number."""
    domain, problems, checked = subject.domain, [], 0
    inner = [_inner(parts) for parts in domain.parts]
    for i, parts in enumerate(domain.parts):
        candidates = itertools.chain.from_iterable((p.low, p.high, p.low - 1, p.high + 1) for p in parts)
        for x in dict.fromkeys(candidates):
            if not math.isfinite(x) or any(x in p for p in parts):
                continue
            point = (*inner[:i], x, *inner[i + 1 :])
            checked += 1
            try:
                out = subject.call(*point)
            except (DomainError, ValueError, ZeroDivisionError):
                continue
            problems.append(
                f"{place(subject, point)} is {out!r}, outside of the domain: it is an error there"
            )
    return Aspect("outside of the domain", checked, problems=tuple(problems))


def _inner(parts: Sequence[Any]) -> float:
    """A number of an input's domain."""
    part = parts[-1]
    if math.isfinite(part.high - part.low):
        return float(part.low + (part.high - part.low) / 2)
    return float(part.low + 1) if math.isfinite(part.low) else float(min(part.high - 1, 0.5))


def check_notation(subject: Subject) -> Aspect:
    """Whether the LaTeX takes the names of the inputs."""
    row = subject.row
    assert row is not None
    problems = []
    try:
        check_latex(row.latex, row.inputs)
        text = row.latex.format(**{i: rf"\theta_{i}" for i in row.inputs})
        missing = [i for i in row.inputs if rf"\theta_{i}" not in text]
        if missing and not row.name.startswith("_"):
            problems.append(f"the LaTeX {row.latex!r} leaves out the input {missing[0]}")
    except (ValueError, KeyError, IndexError) as error:
        problems.append(str(error))
    return Aspect("notation", 1, problems=tuple(problems))
