"""Scalar programs for the tests of compiled programs elsewhere: in other libraries, and in ONNX."""

from __future__ import annotations

from typing import Any

from autograd import Value, dot, maximum, where


def sums_of_every_kind() -> tuple[list[Any], list[Value], list[Value]]:
    """Outputs, inputs and parameters: products, windows with the same weights, sums with little in
    common (of five and of six terms), and terms that all examples share."""
    x, w = [Value(0.1 * i) for i in range(30)], [Value(0.2 * i + 0.1) for i in range(60)]
    shared = [dot(w[5 * j : 5 * j + 5], x[:5]) + w[j] for j in range(3)]
    signed = [dot(w[i : i + 3], x[i : i + 3]) - dot(w[i + 3 : i + 6], x[i + 3 : i + 6]) for i in (1, 2)]
    windows = [dot(w[:6], x[i : i + 6]) - w[20] for i in range(5)]
    ragged = [dot(w[7 * i : 7 * i + 5 + i % 2], x[3 * i : 3 * i + 5 + i % 2]) for i in range(8)]
    chosen = [where(maximum(x[0], w[1]) - 0.5, shared[0], 2.0), -windows[0] - x[3], w[3] * w[4] - x[2]]
    return [*shared, *signed, *windows, *ragged, *chosen], x, w
