"""Deck E, part 2: sending errors back through the 3-3-3 net, beside the gradient."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import nn
from demos.options import Options

SIGNAL = [0.9, 0.1, 0.8]
TARGET = [0.99, 0.01, 0.01]
INPUT_HIDDEN = [[0.9, 0.3, 0.4], [0.2, 0.8, 0.2], [0.1, 0.5, 0.6]]
HIDDEN_OUTPUT = [[0.3, 0.7, 0.5], [0.6, 0.5, 0.2], [0.8, 0.1, 0.9]]
RATE = 0.3


def build() -> nn.MLP:
    """The deck's net, without biases.

    >>> [f"{o:.2f}" for o in build()(SIGNAL).data]
    ['0.73', '0.71', '0.78']
    """
    net = nn.MLP([3, 3, 3], use_bias=False, rng=0)
    net.load_state_dict({"layers.0.W": INPUT_HIDDEN, "layers.1.W": HIDDEN_OUTPUT})
    return net


def updates() -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """What one example adds to each layer's W, by deck E's rule and by descent of ½ Σ (t - o)².

    The deck's is ΔW = α · E · O(1 - O) · Oᵀ, with the errors E that Wᵀ sends back.

    >>> [bool(np.allclose(deck, downhill)) for deck, downhill in updates()]
    [False, True]
    """
    net = build()
    errors = nn.compare_errors(net, SIGNAL, TARGET)
    signals = [np.array(SIGNAL), net.layers[0](SIGNAL).data, net(SIGNAL).data]
    by_deck = [
        RATE * np.outer(e * o * (1 - o), before)
        for e, o, before in zip(errors.transposed, signals[1:], signals, strict=False)
    ]
    start = net.state_dict()
    nn.half_squared_error(net(SIGNAL), TARGET).backward()
    nn.SGD(net.parameters(), RATE).step()
    downhill = [new - start[name] for name, new in net.state_dict().items()]
    return list(zip(by_deck, downhill, strict=True))


def run(options: Options) -> None:
    """Print the signals forward, the errors back by three rules, and the two updates."""
    net = build()
    print(f"\n  The signals of the deck's net, for I = {tuple(SIGNAL)}:\n")
    a = net.layers[0](SIGNAL)
    for name, o in (("hidden", a), ("output", net.layers[1](a))):
        for kind, numbers in (("X", o.parents[0]), ("O", o)):
            numbers_text = "  ".join(f"{number:.3f}" for number in numbers.data)
            print(f"    {kind}_{name} = {numbers_text}")
    print(
        "    (The deck goes on with what it has rounded, and prints the output's as 0.726, 0.708 and 0.778.)"
    )

    share = nn.split_errors([[6, 3]], [1.0])
    print(
        f"\n  An error is split by the weights: links of 6 and 3 get {share[0]:.3f} and {share[1]:.3f} of it."
    )
    print(f"  For the targets {tuple(TARGET)}, the errors of layer 2, and what reaches layer 1:\n")
    print("\n".join(f"    {line}" for line in str(nn.compare_errors(net, SIGNAL, TARGET)).splitlines()))

    print(f"\n  What one example adds to the first weight of each neuron, at a rate of {RATE}:\n")
    print(f"    layer  neuron  {'deck E':>10}  {'-rate ∂C/∂w':>11}")
    for place, (deck, downhill) in enumerate(updates(), start=1):
        for neuron in range(len(deck)):
            print(f"    {place:5d}  {neuron:6d}  {deck[neuron, 0]:10.6f}  {downhill[neuron, 0]:11.6f}")
    print(
        "\n  In the output layer, 2, they are the same: the descent of C = ½ Σ (t - o)². In the hidden layer"
        "\n  they are not: what the deck sends back lacks the output layer's o(1 - o)."
    )
