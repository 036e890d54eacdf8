"""Derivatives in computational graphs: the chain of single neurons and its chain rule (decks C, D).

z⁽ˡ⁾ = w⁽ˡ⁾ a⁽ˡ⁻¹⁾ + b⁽ˡ⁾, a⁽ˡ⁾ = σ(z⁽ˡ⁾), C₀ = (a⁽ᴸ⁾ - y)², three layers deep.
"""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import nn
import viz
from autograd import Value
from autograd.graph import Node, topological_order

# C(w1, b1, w2, b2, w3, b3): with these the output is 0.66, the slide's, and should be 1.
PARAMETERS = {
    "w^{(1)}": 1.2, "b^{(1)}": -0.3,
    "w^{(2)}": -0.8, "b^{(2)}": 0.5,
    "w^{(3)}": 1.5, "b^{(3)}": -0.1,
}  # fmt: skip
INPUT, DESIRED = 0.5, 1.0


def build() -> tuple[nn.MLP, Value]:
    """The chain as a net of Values, and its cost C₀, every quantity labelled as in the lectures.

    >>> net, C = build()
    >>> f"{C:.4f}"
    '0.1153'
    """
    net = nn.MLP([1, 1, 1, 1], node=Value, rng=0)
    for parameter in net.parameters():
        parameter.data = PARAMETERS[str(parameter.label)]
    return net, cost(net)


def cost(net: nn.MLP) -> Value:
    """C₀ of the chain as its parameters are now: a new graph."""
    a = net([Value(INPUT, label="a^{(0)}")])
    result: Value = nn.quadratic_cost(a, [Value(DESIRED, label="y")])
    return result.with_label("C_0")


def factors(C: Node, path: list[str]) -> list[viz.Partial]:
    """The derivative of each labelled quantity by the one before it, along a path to C.

    Symbol and number come from the recorded graph: what the engine would multiply.

    >>> _, C = build()
    >>> for factor in factors(C, ["w^{(3)}", "z^{(3)}", "a^{(3)}", "C_0"]):
    ...     print(f"{factor.name} = {factor.text} = {factor.number:.4f}")
    ∂z⁽³⁾/∂w⁽³⁾ = a⁽²⁾ = 0.5101
    ∂a⁽³⁾/∂z⁽³⁾ = σ′(z⁽³⁾) = 0.2243
    ∂C₀/∂a⁽³⁾ = 2(a⁽³⁾ − y) = -0.6792
    """
    named = {node.label: node for node in topological_order(C)}
    return [
        next(p for p in viz.partials(named[result]) if p.argument is named[argument])
        for argument, result in pairwise(path)
    ]


def numeric(net: nn.MLP, parameter: Value) -> float:
    """∂C₀/∂(a parameter) by a central difference: the cost a little to the right and to the left."""
    middle, h = parameter.data, 1e-5
    parameter.data = middle + h
    right = cost(net)
    parameter.data = middle - h
    left = cost(net)
    parameter.data = middle
    return float(right - left) / (2 * h)


def run(folder: Path) -> None:
    """Print the chain rule of the last weight with its numbers, and draw the chain into a folder."""
    net, C = build()
    C.backward()
    (weight,) = net.layers[-1].W.flat
    found = factors(C, [f"{kind}^{{({len(net.layers)})}}" for kind in "wza"] + ["C_0"])
    product = math.prod(factor.number or 0.0 for factor in found)
    print("Derivatives in computational graphs: a chain of single neurons")
    print(f"\n  The cost is {C:.4f}. How it changes with {viz.text(weight)}, by the chain rule:\n")
    for factor in found:
        print(f"    {factor.name:<11} = {factor.text:<13} = {factor.number:+.6f}")
    print(f"\n    {'the product':<27} = {product:+.6f}")
    print(f"    {'backward()':<27} = {weight.grad:+.6f}")
    print(f"    {'by differences':<27} = {numeric(net, weight):+.6f}")

    folder.mkdir(parents=True, exist_ok=True)
    drawing = viz.draw_chain(C)
    print("\n  The picture of it:")
    for kind in ("svg", "png"):
        print(f"    {viz.render(drawing, folder / f'chain.{kind}')}")
