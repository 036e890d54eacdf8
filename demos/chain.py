"""Derivatives in computational graphs: the chain of single neurons and its chain rule (decks C, D).

z⁽ˡ⁾ = w⁽ˡ⁾ a⁽ˡ⁻¹⁾ + b⁽ˡ⁾, a⁽ˡ⁾ = σ(z⁽ˡ⁾), C₀ = (a⁽ᴸ⁾ - y)², three layers deep.
"""

from __future__ import annotations

import math
import re
from itertools import pairwise
from pathlib import Path

import nn
import viz
from autograd import Value
from autograd.graph import Node, topological_order
from autograd.sweeps import adjoints

# C(w1, b1, w2, b2, w3, b3): with these the output is 0.66, the slide's, and should be 1.
PARAMETERS = {
    "w^{(1)}": 1.2, "b^{(1)}": -0.3,
    "w^{(2)}": -0.8, "b^{(2)}": 0.5,
    "w^{(3)}": 1.5, "b^{(3)}": -0.1,
}  # fmt: skip
INPUT, DESIRED = 0.5, 1.0

SMALL = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")
LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


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


def factors(C: Node, path: list[str]) -> list[float]:
    """The derivative of each labelled quantity by the one before it, along a path to C.

    Taken from the recorded graph: what the engine would multiply.

    >>> _, C = build()
    >>> [f"{factor:.4f}" for factor in factors(C, ["w^{(3)}", "z^{(3)}", "a^{(3)}", "C_0"])]
    ['0.5101', '0.2243', '-0.6792']
    """
    named = {node.label: node for node in topological_order(C)}
    quantities = [named[label] for label in path]
    return [adjoints(result, 1.0, wrt=[argument])[argument] for argument, result in pairwise(quantities)]


def numeric(net: nn.MLP, label: str) -> float:
    """∂C₀/∂(a parameter) by a central difference: the cost a little to the right and to the left."""
    (parameter,) = (p for p in net.parameters() if p.label == label)
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
    w, z, a = (f"{kind}^{{({len(net.layers)})}}" for kind in "wza")
    path = [w, z, a, "C_0"]
    print("Derivatives in computational graphs: a chain of single neurons")
    print(f"\n  {plain('C_0')} = {C:.4f}, and how it changes with {plain(w)}:\n")
    found = factors(C, path)
    names = [f"∂{plain(result)}/∂{plain(argument)}" for argument, result in pairwise(path)]
    before = plain(f"a^{{({len(net.layers) - 1})}}")
    meanings = [before, f"σ′({plain(z)})", f"2({plain(a)} − y)"]
    for name, meaning, factor in zip(names, meanings, found, strict=True):
        print(f"    {name:<11} = {meaning:<13} = {factor:+.6f}")
    (weight,) = (p for p in net.parameters() if p.label == w)
    name = f"∂{plain('C_0')}/∂{plain(w)}"
    print(f"\n    {name:<11} = the product    = {math.prod(found):+.6f}")
    print(f"    {'':<11}   backward()     = {weight.grad:+.6f}")
    print(f"    {'':<11}   by differences = {numeric(net, w):+.6f}")

    folder.mkdir(parents=True, exist_ok=True)
    drawing = viz.draw_chain(C)
    print("\n  The picture of it:")
    for kind in ("svg", "png"):
        target = folder / f"chain.{kind}"
        viz.render(drawing, target)
        print(f"    {target}")


def plain(label: str) -> str:
    """A label as a terminal shows it.

    >>> plain("w^{(3)}"), plain("C_0")
    ('w⁽³⁾', 'C₀')
    """
    raised = re.sub(r"\^\{(.*?)\}", lambda found: found[1].translate(SMALL), label)
    return re.sub(r"_(\d+)", lambda found: found[1].translate(LOW), raised)
