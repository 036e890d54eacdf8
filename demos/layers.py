"""Deck A: a neuron, a layer of them, and a network as one function from 784 numbers to 10."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import nn
import viz
from autograd import Value
from demos.options import Options

SHADES = " .:-=+*#%@"


def one_neuron() -> Value:
    """A neuron with two inputs, and its activation: two numbers weighted, added up and squashed.

    >>> a = one_neuron()
    >>> print(viz.text(a.parents[0]), "=", f"{a.parents[0]:.2f}", "->", f"{a:.4f}")
    w₀a₀ + w₁a₁ + b = 1.05 -> 0.7408
    """
    neuron = nn.Neuron(2, node=Value, rng=0)
    neuron.load_state_dict({"W": [0.9, 0.3], "b": 0.0})
    a: Value = neuron([Value(1.0, label="a_0"), Value(0.5, label="a_1")])
    return a


def biased(weighted_sum: float, bias: float) -> float:
    """The activation of a neuron with a bias.

    >>> f"{biased(9, bias=-10):.2f}", f"{biased(11, bias=-10):.2f}"
    ('0.27', '0.73')
    """
    neuron = nn.Neuron(1, rng=0)
    neuron.load_state_dict({"W": [1.0], "b": bias})
    activation: float = neuron([weighted_sum]).item()
    return activation


def as_text(image: NDArray[np.floating]) -> list[str]:
    """An image of 784 numbers in 14 lines; a character is two pixels high, as it is on a terminal.

    >>> ink = np.full((28, 28), 0.01)
    >>> ink[4:10, 3:6] = 1.0
    >>> as_text(ink.ravel())[1:5]
    ['', '   @@@', '   @@@', '   @@@']
    """
    grey = np.asarray(image).reshape(14, 2, 28).mean(axis=1)
    shades = np.clip(grey * len(SHADES), 0, len(SHADES) - 1).astype(int)
    return ["".join(SHADES[shade] for shade in row).rstrip() for row in shades]


def run(options: Options) -> None:
    """Print a neuron, a layer and a network."""
    a = one_neuron()
    z = a.parents[0]
    print(f"\n  A neuron: {viz.text(a)} with z = {viz.text(z)}; here σ({z:.2f}) = {a:.4f}.")
    print("  With a bias of -10 it is active only when its weighted sum exceeds 10:")
    print("   ", ", ".join(f"σ({s} - 10) = {biased(s, -10):.2f}" for s in (9, 10, 11)))

    layer = nn.Layer(3, 2, node=Value, rng=0, place=1)
    print("\n  A layer, a⁽¹⁾ = σ(W a⁽⁰⁾ + b), neuron by neuron:")
    for name, a in zip("₀₁", layer([Value(0.5, label=f"a_{k}^{{(0)}}") for k in range(3)]), strict=True):
        print(f"    a{name}⁽¹⁾ = σ({viz.text(a.parents[0])})")

    net = nn.MLP([784, 16, 16, 10], rng=0)
    print("\n  A network, one function of 784 numbers, with 13,002 more to choose:\n")
    print("\n".join(f"    {line}" for line in net.summary().splitlines()))

    digits = nn.data.strokes(50, rng=0)
    three = digits.images[digits.labels == 3][0]
    print("\n  Its input may be an image of 28 x 28 pixels, such as this 3:\n")
    print("\n".join(f"    {line}" for line in as_text(three)))
    outputs = " ".join(f"{x:.2f}" for x in net(three).data)
    print(f"\n  and its output is ten numbers. Not yet trained, they mean nothing:\n\n    {outputs}")
