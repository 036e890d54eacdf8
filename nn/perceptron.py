"""The perceptron: one neuron that says yes or no, and learns without a derivative (deck E)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nn.layers import whole_widths
from nn.measures import examples_and

__all__ = ["Perceptron"]


class Perceptron:
    """a = sign(w · x + b), 1 for yes and -1 for no, with its own learning rule (deck E).

    For each example in turn, w ← w + rate · error · x and b ← b + rate · error, the error being the
    desired output less the output: 0 when it is right. It learns what one line (or plane) separates,
    as AND and OR, and never learns XOR.

    Args:
        inputs: how many numbers it takes.
        rate: the learning rate, above 0.

    Attributes:
        w: the weights, shape (inputs,); 0 at first.
        b: the bias.

    >>> perceptron = Perceptron(2)
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> perceptron.learn(X, [-1, -1, -1, 1], epochs=20)  # AND: the mistakes of each epoch
    [2, 3, 3, 0]
    >>> perceptron(X)
    array([-1, -1, -1,  1])
    """

    def __init__(self, inputs: int, rate: float = 0.1) -> None:
        (self.inputs,) = whole_widths([inputs], "a Perceptron takes")
        if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 < rate < np.inf:
            raise ValueError(f"the rate is a number above 0, not {rate!r}")
        self.rate = rate
        self.w = np.zeros(self.inputs)
        self.b = 0.0

    def __call__(self, x: ArrayLike) -> NDArray[np.int64]:
        """1 or -1 for one example ``(inputs,)``, or for each row of ``(n, inputs)``.

        On the line itself, where w · x + b = 0, it is 1.

        Raises:
            ValueError: when the shape is neither.
            TypeError: for what is not real numbers.
        """
        given = np.asarray(x)
        if given.dtype.kind not in "fiub":
            raise TypeError(f"a Perceptron takes real numbers, not an array of {given.dtype}")
        if given.ndim not in (1, 2) or given.shape[-1] != self.inputs:
            raise ValueError(
                f"this Perceptron takes one example of shape ({self.inputs},) or a batch of shape "
                f"(n, {self.inputs}); given shape {given.shape}"
            )
        return np.where(given @ self.w + self.b >= 0, 1, -1)

    def learn(self, X: ArrayLike, desired: ArrayLike, epochs: int) -> list[int]:
        """Go through the examples in their order, until an epoch without a mistake.

        Args:
            X: the inputs, shape (n, inputs), finite.
            desired: 1 or -1 for each, shape (n,).
            epochs: the most there may be.

        Returns:
            The mistakes of each epoch; the last is 0 if it learnt them all.

        Raises:
            ValueError, TypeError: for what does not fit, before anything is changed.

        >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
        >>> Perceptron(2).learn(X, [-1, 1, 1, -1], epochs=1000)[-1] > 0  # XOR
        True
        """
        X, wanted = examples_and("desired", X, desired)
        self(X)
        if not np.all(np.isfinite(X)):
            raise ValueError("X holds numbers that are not finite")
        if wanted.ndim != 1 or not np.all(abs(wanted.astype(float)) == 1):
            raise ValueError(
                "a Perceptron learns from desired outputs 1 and -1, shape (n,); "
                "2 * y - 1 makes them of 0 and 1"
            )
        if isinstance(epochs, bool) or not isinstance(epochs, (int, np.integer)) or epochs < 1:
            raise ValueError(f"epochs is a whole number from 1, not {epochs!r}")
        mistakes: list[int] = []
        while len(mistakes) < epochs and 0 not in mistakes:
            mistakes.append(sum(self._correct(x, y) for x, y in zip(X, wanted, strict=True)))
        return mistakes

    def _correct(self, x: NDArray[Any], desired: Any) -> bool:
        """Learn from one example; whether it was a mistake."""
        error = float(desired) - float(self(x))
        self.w = self.w + self.rate * error * x
        self.b += self.rate * error
        return error != 0

    def __repr__(self) -> str:
        return f"Perceptron({self.inputs}, rate={self.rate})"
