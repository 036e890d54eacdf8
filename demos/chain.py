"""Deck C: derivatives in computational graphs, on a chain of single neurons.

z⁽ˡ⁾ = w⁽ˡ⁾ a⁽ˡ⁻¹⁾ + b⁽ˡ⁾, a⁽ˡ⁾ = σ(z⁽ˡ⁾), C₀ = (a⁽ᴸ⁾ - y)², three layers deep.
"""

from __future__ import annotations

import nn
import viz
from autograd import Value, topological_order
from demos.options import Options

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


def numeric(net: nn.MLP, parameter: Value) -> float:
    """∂C₀/∂(a parameter) by a central difference: the cost a little to the right and to the left."""
    middle, h = parameter.data, 1e-5
    parameter.data = middle + h
    right = cost(net)
    parameter.data = middle - h
    left = cost(net)
    parameter.data = middle
    return float(right - left) / (2 * h)


def run(options: Options) -> None:
    """Print the chain rule of the last layer with its numbers, and draw the chain."""
    net, C = build()
    C.backward()
    nodes = {node.label: node for node in topological_order(C) if isinstance(node, Value)}
    w, b, before = (nodes[label] for label in ("w^{(3)}", "b^{(3)}", "a^{(2)}"))
    print(f"\n  The cost is {C:.4f}. How it changes with w⁽³⁾, b⁽³⁾ and a⁽²⁾, by the chain rule:")
    for node in (w, b, before):
        print("\n" + "\n".join(f"    {line}" for line in str(viz.chain_rule(C, node)).splitlines()))

    print("\n  The engine's backward() beside differences, for every parameter:\n")
    for label in PARAMETERS:
        p = nodes[label]
        print(f"    ∂C₀/∂{viz.text(p)}  {p.grad:+.6f}  {numeric(net, p):+.6f}")

    drawing = viz.draw_chain(C)
    print("\n  The picture of it:")
    for kind in ("svg", "png"):
        print(f"    {viz.render(drawing, options.out / f'chain.{kind}')}")
