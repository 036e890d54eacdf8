"""Deck B: the cost of a network, and learning to read digits by gradient descent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import nn
from autograd import Value
from demos.learning import learn
from demos.options import Options

EPOCHS = 10
STEP = 0.3


def descent(steps: int) -> list[tuple[float, float, float]]:
    """(x, y, C) on the way down C(x, y) = 3/2 x² + 1/2 y² from (1, 1), where the gradient is (3, 1).

    >>> for x, y, C in descent(2):
    ...     print(f"{x:.2f}  {y:.2f}  {C:.3f}")
    1.00  1.00  2.000
    0.10  0.70  0.260
    0.01  0.49  0.120
    """
    x, y = Value(1.0, label="x"), Value(1.0, label="y")
    sgd = nn.SGD([x, y], lr=STEP)
    descent = []
    for _ in range(steps + 1):
        sgd.zero_grad()
        C = 1.5 * x**2 + 0.5 * y**2
        C.backward()
        descent.append((x.data, y.data, C.data))
        sgd.step()
    return descent


def terms(outputs: NDArray[np.floating], label: int) -> NDArray[np.floating]:
    """The (aⱼ - yⱼ)² that add up to the cost of one example.

    >>> terms(np.array([0.25, 0.5]), label=1).tolist()
    [0.0625, 0.25]
    """
    desired = nn.data.one_hot(label, low=0, high=1, classes=len(outputs))
    squares: NDArray[np.floating] = np.square(outputs - desired)
    return squares


def run(options: Options) -> None:
    """Print a descent in the plane and one of 13,002 parameters, and the result."""
    print(f"\n  Downhill on C(x, y) = 3/2 x² + 1/2 y², a step of -{STEP} ∇C at a time:\n")
    print("    step       x       y       C")
    for step, (x, y, C) in enumerate(descent(5)):
        print(f"    {step:4d}  {x:6.3f}  {y:6.3f}  {C:6.3f}")

    net = nn.MLP([784, 16, 16, 10], rng=0, dtype=np.float32)
    held_out = options.digits.held_out
    three = held_out.images[np.argmax(held_out.labels == 3)]
    before = net(three).data
    learn(
        net,
        options.digits,
        optimizer=nn.SGD(net.parameters(), lr=1.0),
        epochs=options.epochs or EPOCHS,
        batch_size=10,
    )
    after = net(three).data

    print('\n  The cost of a held-out "3", the sum of (aⱼ - yⱼ)²:\n')
    print(f"    {'':6}  {'untrained':^15}  {'trained':^15}")
    print(f"    {'output':6}  {'a':>6}  {'term':>7}  {'a':>6}  {'term':>7}")
    columns = (before, terms(before, 3), after, terms(after, 3))
    for digit, (a, term, new, new_term) in enumerate(zip(*columns, strict=True)):
        print(f"    {digit:6d}  {a:6.2f}  {term:7.4f}  {new:6.2f}  {new_term:7.4f}")
    totals = [float(nn.quadratic_cost(a, nn.data.one_hot(3, low=0, high=1))) for a in (before, after)]
    print(f"    {'cost':6}  {'':6}  {totals[0]:7.2f}  {'':6}  {totals[1]:7.2f}")

    noise = np.random.default_rng(0).random((1000, 784))
    sure = np.mean(net(noise).data.max(axis=1) > 0.5)
    print(f"\n  In {100 * sure:.0f} % of images of random noise it sees a digit, with an output above 0.5:")
    print("  it has learnt to tell digits apart, not how a digit looks.")
