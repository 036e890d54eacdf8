"""Deck E, part 1: gates, the perceptron that learns them, and XOR, which takes a network."""

from __future__ import annotations

import numpy as np

import nn
from demos.options import Options
from nn.data import gates

EPOCHS, HIDDEN = 1000, 4


def xor_of_perceptrons() -> list[int]:
    """XOR as two lines: yes where OR says yes and NAND says yes, for each line of the table.

    >>> xor_of_perceptrons()
    [-1, 1, 1, -1]
    """
    either, not_both, both = (nn.Perceptron(2) for _ in range(3))
    either.learn(gates.OR.X, gates.OR.signs, epochs=EPOCHS)
    not_both.learn(gates.NAND.X, gates.NAND.signs, epochs=EPOCHS)
    signs = 2 * gates.AND.X - 1  # its inputs are the outputs of the other two, -1 and 1
    both.learn(signs, gates.AND.signs, epochs=EPOCHS)
    first_outputs = np.stack([either(gates.XOR.X), not_both(gates.XOR.X)], axis=1)
    answers: list[int] = both(first_outputs).tolist()
    return answers


def run(options: Options) -> None:
    """Print what one perceptron learns, and how a network learns XOR."""
    print("\n  A perceptron, a = sign(w₀x₀ + w₁x₁ + b), learns the gates one line can separate.")
    print("  The mistakes in each epoch, and the line it found:\n")
    for gate in gates:
        perceptron = nn.Perceptron(2, rate=0.5)
        mistakes = perceptron.learn(gate.X, gate.signs, epochs=EPOCHS)
        counts = " ".join(map(str, mistakes[:8])) + (" …" if len(mistakes) > 8 else "")
        (w0, w1), b = perceptron.w, perceptron.b
        line = f"{w0:+g} x₀ {w1:+g} x₁ {b:+g} = 0"
        boundary = line if mistakes[-1] == 0 else f"none, after {len(mistakes):,} epochs"
        print(f"    {gate.name:<4}  {counts:<17}  {boundary}")

    print("\n  XOR is two lines: yes where OR says yes and NAND says yes.\n")
    for (x0, x1), answer in zip(gates.XOR.X.astype(int), xor_of_perceptrons(), strict=True):
        print(f"    {x0} XOR {x1}:  {answer:+d}")

    net = nn.MLP([2, HIDDEN, 1], rng=0)
    history = nn.fit(
        net, gates.XOR.X, gates.XOR.Y, optimizer=nn.SGD(net.parameters(), lr=3.0),
        epochs=EPOCHS, batch_size=4, progress=False, rng=0,
    )  # fmt: skip
    if history.interrupted:
        raise KeyboardInterrupt
    print(f"\n  A network, {net.sizes}, learns its lines by itself:\n")
    for epoch in (history[0], history[99], history[-1]):
        print(f"    epoch {epoch.number:4d}  cost {epoch.cost:.4f}")
    outputs = net(gates.XOR.X).data[:, 0]
    print("\n    its outputs:", ", ".join(f"{a:.2f}" for a in outputs))
