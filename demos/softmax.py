"""Deck D: softmax and cross-entropy, whose slope at an output is s - y."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

import nn
from autograd import Value, sigmoid, softmax
from demos.options import Options

INPUT = [0.7, 0.2]
WEIGHTS = [[1.5, -0.5], [0.6, 1.2], [-0.4, 2.0]]
DESIRED = [1.0, 0.0, 0.0]


def build(output_activation: Callable[[Any], Any]) -> tuple[nn.MLP, NDArray[np.object_], Value]:
    """A layer of three neurons, its outputs a, and C₀ = -Σ yᵢ ln sᵢ with s = softmax(a).

    >>> _, a, C = build(nn.identity)
    >>> [f"{x:.2f}" for x in a], f"{C:.4f}"
    (['0.95', '0.66', '0.12'], '0.7813')
    """
    net = nn.MLP([2, 3], use_bias=False, output_activation=output_activation, node=Value, rng=0)
    net.load_state_dict({"layers.0.W": WEIGHTS})
    a: NDArray[np.object_] = net(INPUT)
    with (
        warnings.catch_warnings()
    ):  # the deck puts a sigmoid before the softmax, to show its factor in the slope
        warnings.simplefilter("ignore", nn.LogitsWarning)
        return net, a, nn.cross_entropy(a, DESIRED)


def numeric(logits: NDArray[np.float64], i: int) -> float:
    """∂C₀/∂aᵢ by a central difference."""
    h = np.zeros(len(logits))
    h[i] = 1e-5
    right, left = (nn.cross_entropy(logits + sign * h, DESIRED) for sign in (1, -1))
    return float(right - left) / 2e-5


def run(options: Options) -> None:
    """Print s - y beside the engine's slopes and differences, without a sigmoid and with one."""
    _, a, C = build(nn.identity)
    C.backward()
    logits = a.astype(float)
    s = softmax(logits)
    print(f"\n  sᵢ = exp(aᵢ) / Σ exp(aⱼ), C₀ = -Σ yᵢ ln sᵢ = {C:.4f}. How C₀ changes with each output:\n")
    print(f"    i  {'a':>7}  {'s':>7}  {'y':>4}  {'s - y':>9}  {'backward':>9}  {'differences':>11}")
    for i, y in enumerate(DESIRED):
        formula = f"{logits[i]:7.3f}  {s[i]:7.4f}  {y:4.1f}  {s[i] - y:+9.6f}"
        print(f"    {i}  {formula}  {a[i].grad:+9.6f}  {numeric(logits, i):+11.6f}")

    for activation, rule in (
        (nn.identity, "without a sigmoid: ∂C₀/∂wᵢₖ = (sᵢ - yᵢ) · aₖ"),
        (sigmoid, "with a sigmoid before: ∂C₀/∂wᵢₖ = (sᵢ - yᵢ) · σ′(zᵢ) · aₖ"),
    ):
        net, a, C = build(activation)
        C.backward()
        out = a.astype(float)
        slope = out * (1 - out) if activation is sigmoid else np.ones(3)
        by_rule = np.outer((softmax(out) - DESIRED) * slope, INPUT)
        print(f"\n  The weights, {rule}\n")
        print(f"    {'i k':3}  {'the rule':>9}  {'backward':>9}")
        for (i, k), number in np.ndenumerate(by_rule):
            print(f"    {i} {k}  {number:+9.6f}  {net.layers[0].W[i, k].grad:+9.6f}")
