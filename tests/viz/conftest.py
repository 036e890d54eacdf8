"""The calculations that the tests draw."""

from collections.abc import Callable

import pytest

from autograd import Value, sigmoid

START = {"w": (1.2, -1.6, 0.9), "b": (-0.3, 0.4, 0.2)}


def _chain(layers: int) -> Value:
    """One neuron a layer, as in section 3 of the lectures: C₀ of a⁽⁰⁾ = 0.5 and y = 1."""
    a = Value(0.5, label="a^{(0)}")
    for k in range(1, layers + 1):
        w = Value(START["w"][k - 1], label=f"w^{{({k})}}")
        b = Value(START["b"][k - 1], label=f"b^{{({k})}}")
        z = (w * a + b).with_label(f"z^{{({k})}}")
        a = sigmoid(z).with_label(f"a^{{({k})}}")
    return ((a - Value(1.0, label="y")) ** 2).with_label("C_0")


@pytest.fixture
def lecture_chain() -> Callable[[int], Value]:
    return _chain
