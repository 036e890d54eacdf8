"""``python -m benchmarks precision``: the worst ulp of each primitive, over its whole domain."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import math
import struct
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd import DomainError, grad
from autograd._support.extras import extra
from autograd._table.define import rows
from autograd._table.rows import Row
from autograd.testing._judge.functions import reference_functions
from autograd.testing._judge.local_derivatives import Jet, Undefined, jet

__all__ = ["main", "worst"]

ORDERS = ("value", "first derivative", "second derivative")


def main(arguments: Sequence[str]) -> int:
    """Run the command; 1 where a primitive is off by more than docs/explanation/precision.md promises."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks precision", description=__doc__)
    parser.add_argument("primitives", nargs="*", help="their names (default: all)")
    parser.add_argument("--points", type=int, default=300, help="of each (default: 300)")
    parser.add_argument("--seed", type=int, default=0, help="of the points (default: 0)")
    options = parser.parse_args(arguments)
    public = {row.name: row for row in rows() if row.public}
    if unknown := set(options.primitives) - set(public):
        parser.error(f"no primitives are called {sorted(unknown)}; there are {', '.join(public)}")
    print(f"{'':12}" + "".join(f"{order:>20}" for order in ORDERS))
    limits, beyond = (4.0, 8.0, 16.0), False
    for name in options.primitives or public:
        results = worst(public[name], options.points, options.seed)
        beyond |= any(ulps > limit for (ulps, _), limit in zip(results, limits, strict=True))
        numbers = "".join(f"{ulps:20.2f}" for ulps, _ in results)
        print(f"{name:12}{numbers}  " + "; ".join(f"{point}" for ulps, point in results if ulps > 1.5))
    return 1 if beyond else 0


def worst(row: Row, points: int, seed: int = 0) -> list[tuple[float, tuple[float, ...]]]:
    """The worst error in ulp, and its point: of the value, of first and of second derivatives.

    >>> from autograd import neg
    >>> [ulps for ulps, _ in worst(neg, 10)]
    [0.0, 0.0, 0.0]
    """
    mpf = extra("mpmath", "testing", "python -m benchmarks precision").mpf
    function, by = reference_functions()[row.name], tuple(range(row.arity))
    results: list[tuple[float, tuple[float, ...]]] = [(0.0, ())] * 3
    for point in itertools.islice(_points(row, np.random.default_rng(seed)), points):
        try:
            right = jet(row, function, tuple(map(mpf, point)), by, 3)
        except Undefined:
            continue
        if right.undefined or right.by_convention:
            continue
        for order, ulps in _errors(row, point, right):
            results[order] = max(results[order], (ulps, point))
    return results


def _errors(row: Row, point: tuple[float, ...], right: Jet) -> Iterator[tuple[int, float]]:
    for index in [(), *_indices(row.arity)]:
        exact = right.value if not index else right.partials.get(index, 0)
        if not math.isfinite(_float(exact)):
            return  # nothing is promised of derivatives of what overflows
        f: Any = row
        for i in index:
            f = grad(f, i)
        with contextlib.suppress(DomainError):  # tests of the table hold which numbers are refused
            yield len(index), _ulps(float(f(*point)), exact)


def _indices(arity: int) -> list[tuple[int, ...]]:
    """The inputs of first and of second derivatives."""
    inputs = range(arity)
    return [(i,) for i in inputs] + [*itertools.combinations_with_replacement(inputs, 2)]


def _points(row: Row, rng: np.random.Generator) -> Iterator[tuple[float, ...]]:
    """Points inside the domain: floats of any size, and ordinary numbers."""
    while True:
        point = tuple(
            _any_float(rng) if rng.random() < 0.5 else float(rng.normal() * 10 ** rng.uniform(-2, 2))
            for _ in range(row.arity)
        )
        if all(any(x in part for part in parts) for x, parts in zip(point, row.domain, strict=True)):
            yield point


def _any_float(rng: np.random.Generator) -> float:
    while True:
        (x,) = struct.unpack("<d", rng.bytes(8))
        if math.isfinite(x):
            return float(x)


def _float(x: Any) -> float:
    try:
        return float(x)
    except OverflowError:
        return math.inf


def _ulps(computed: float, exact: Any) -> float:
    if not math.isfinite(computed):
        return math.inf
    return float(abs(exact - computed) / math.ulp(_float(exact)))
