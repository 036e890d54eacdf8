"""The perceptron: one neuron that says yes or no, and learns without a derivative (deck E)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd._support.checks import above, between, count, real_array
from nn._nets.outputs import examples_and

__all__ = ["Perceptron"]

# The rounding error of a weighted sum that is 0, relative to its terms: an input, w and b, a product and a
# sum are off by half of this at most. On the way to AND at a rate of 0.1 the sum for (1, 1) may be
# 0.4 + 0.2 - 0.6000000000000001: by hand it is 0 and the answer yes.
ROUNDING = np.finfo(np.float64).eps
SHOWN = 3  # terms of a long sum, at each of its ends
NEARLY = 1e-9  # of a margin: an example that is so much nearer is on its edge, but for rounding


def sign(z: ArrayLike) -> NDArray[np.int64]:
    """1 for a number from 0 on, and -1 for one below.

    >>> sign([-0.5, 0.0, 2.0])
    array([-1,  1,  1])
    """
    return np.where(np.asarray(z) >= 0, 1, -1)


class Perceptron:
    """a = sign(w · x + b), 1 for yes and -1 for no, with its own learning rule (deck E).

    For each example in turn, w ← w + rate · error · x and b ← b + rate · error, the error being the
    desired output less the output: 0 when it is right. It learns classes that a line (or plane) separates,
    as of AND and OR, and never learns XOR.

    Args:
        inputs: how many numbers it takes.
        rate: the learning rate, above 0. From the start at 0 it only scales w and b; the mistakes
            are the same.

    Attributes:
        w: the weights, shape (inputs,); 0 at first.
        b: the bias.

    >>> from nn.data import gates
    >>> perceptron = Perceptron(2, rate=0.5)
    >>> perceptron.learn(gates.AND.X, gates.AND.signs, epochs=20)  # the mistakes of each epoch
    [2, 3, 3, 2, 1, 0]
    >>> perceptron.w, perceptron.b
    (array([2., 1.]), -3.0)
    >>> perceptron(gates.AND.X)
    array([-1, -1, -1,  1])
    """

    def __init__(self, inputs: int, rate: float = 0.1) -> None:
        self.inputs = count(inputs, "inputs")
        self.rate = above(rate, "the rate")
        self.w: NDArray[np.float64] = np.zeros(self.inputs)
        self.b: float = 0.0
        # w and b as `learn` set them, with their sizes; a user may have set others since.
        self._learnt: tuple[Any, float, Any] = self.w, self.b, 0.0

    def __call__(self, x: ArrayLike) -> Any:
        """1 or -1 for one example ``(inputs,)``, or an array of them for the rows of ``(n, inputs)``.

        On the line itself, where w · x + b is 0 but for rounding, it is 1.

        Raises:
            ValueError: when the shape is neither, or a weighted sum is not finite.
            TypeError: for anything but real numbers.
        """
        inputs = real_array(x, "the input of a Perceptron")
        if inputs.ndim not in (1, 2) or inputs.shape[-1] != self.inputs:
            raise ValueError(
                f"this Perceptron takes one example of shape ({self.inputs},) or a batch of shape "
                f"(n, {self.inputs}); given shape {inputs.shape}"
            )
        inputs = inputs.astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            z = inputs @ self.w + self.b
            correction = self.rate * (np.square(inputs).sum(axis=-1) + 1)
            *of_w, of_b = self._sizes()
            terms = abs(inputs) @ of_w + of_b
        if not np.all(np.isfinite(terms) & np.isfinite(correction)):
            raise ValueError(
                "a weighted sum is not finite: inputs, weights and bias are finite numbers, and not too large"
            )
        return np.where(z >= -ROUNDING * (self.inputs + 4) * terms, 1, -1)[()]

    @property
    def layers(self) -> tuple[PerceptronLayer]:
        """The perceptron as a net of one layer, which pictures of nets read."""
        return (PerceptronLayer(np.array(self.w, float)[None], np.array([self.b], float), self),)

    def learn(self, X: ArrayLike, desired: ArrayLike, epochs: int, margin: float = 0.0) -> list[int]:
        """Go through the examples in their order, until an epoch without a mistake.

        Args:
            X: the inputs, shape (n, inputs).
            desired: 1 or -1 for each, shape (n,), such as ``nn.data.gates.AND.signs``.
            epochs: the most there may be.
            margin: an example whose weighted sum is nearer to 0 is a mistake too: it is undecided, an output
                of 0. So no line runs through an example, as those for AND and OR do without a margin.

        Returns:
            The mistakes of each epoch; the last is 0 if it learnt them all.

        Raises:
            ValueError, TypeError: for arguments that do not fit, before anything is changed.

        >>> from nn.data import gates
        >>> perceptron = Perceptron(2)
        >>> perceptron.learn(gates.AND.X, gates.AND.signs, epochs=20, margin=0.1)
        [2, 3, 3, 2, 1, 0]
        >>> 0 in Perceptron(2).learn(gates.XOR.X, gates.XOR.signs, epochs=1000)
        False
        """
        X, targets = examples_and("desired", X, desired)
        self(X)
        if targets.ndim != 1:
            raise ValueError(
                f"desired has shape {targets.shape}, expected ({len(X)},): 1 or -1 for each example"
            )
        targets = targets.astype(np.float64)
        wrong = targets[abs(targets) != 1]
        if wrong.size:
            raise ValueError(
                f"a Perceptron learns desired outputs 1 and -1, not {wrong[0]:g}; "
                "2 * y - 1 makes them of 0 and 1"
            )
        epochs, margin = count(epochs, "epochs"), between(margin, "margin", 0.0)
        start, sizes = np.append(self.w, self.b), self._sizes()
        # The sum of all corrections, over the rate, and the part of it lost to rounding. w and b are computed
        # from it anew each time, and are as exact after a thousand corrections as after one.
        total, lost = np.zeros((2, self.inputs + 1))
        mistakes: list[int] = []
        for _ in range(epochs):
            mistakes.append(0)
            for x, y in zip(X, targets, strict=True):
                error = float(y - self(x))
                if margin and abs(x @ self.w + self.b) < margin * (1 - NEARLY):
                    error = float(y)
                if not error:
                    continue
                step = error * np.append(x, 1.0)
                after = total + step
                added = after - total
                lost += (total - (after - added)) + (step - added)
                total = after
                sizes = sizes + self.rate * abs(step)
                new = start + self.rate * (total + lost)
                self.w, self.b = new[:-1].copy(), float(new[-1])
                self._learnt = self.w, self.b, sizes
                mistakes[-1] += 1
            if not mistakes[-1]:
                break
        return mistakes

    def _sizes(self) -> NDArray[np.float64]:
        """The sum of the sizes of all terms of each weight and of the bias."""
        now = np.append(np.abs(self.w), abs(self.b))
        w, b, sizes = self._learnt
        return np.maximum(now, sizes) if self.w is w and self.b == b else now

    def __repr__(self) -> str:
        return f"Perceptron({self.inputs}, rate={self.rate:g})"

    def _repr_latex_(self) -> str:
        r"""The decision with its numbers, and for two inputs its line.

        >>> perceptron = Perceptron(2)
        >>> perceptron.w, perceptron.b = np.array([0.2, 0.1]), -0.3
        >>> print(perceptron._repr_latex_())
        $\displaystyle \begin{aligned}
        a &= \operatorname{sign}(0.2\,x_0 + 0.1\,x_1 - 0.3) \\
        \text{line:}\quad x_1 &= -2\,x_0 + 3
        \end{aligned}$
        """
        lines = [rf"a &= \operatorname{{sign}}({_weighted(self.w, self.b)})"]
        if self.inputs == 2 and self.w[1]:
            line = _weighted(-self.w[:1] / self.w[1], -self.b / self.w[1])
            lines.append(rf"\text{{line:}}\quad x_1 &= {line}")
        elif self.inputs == 2 and self.w[0]:
            lines.append(rf"\text{{line:}}\quad x_0 &= {_numeral(-self.b / self.w[0])}")
        body = " \\\\\n".join(lines)
        return f"$\\displaystyle \\begin{{aligned}}\n{body}\n\\end{{aligned}}$"


def _weighted(w: NDArray[np.float64], b: float) -> str:
    """A weighted sum of x_0, x_1, … as LaTeX; of a long one the terms at both ends."""
    terms = [(number, rf"\,x_{{{k}}}" if k > 9 else rf"\,x_{k}") for k, number in enumerate(w.tolist())]
    if len(terms) > 2 * SHOWN:
        terms = [*terms[:SHOWN], (0.0, r"\dots"), *terms[-SHOWN:]]
    text = ""
    for number, factor in [*terms, (float(b), "")]:
        sign = "-" if number < 0 else "+" if text else ""
        term = factor if factor == r"\dots" else _numeral(abs(number)) + factor
        text += f" {sign} {term}" if text else f"{sign}{term}"
    return text


def _numeral(x: float) -> str:
    """A number as LaTeX, with four digits; a rounded -0 is 0."""
    digits, _, exponent = f"{x + 0.0:.4g}".partition("e")
    return rf"{digits} \cdot 10^{{{int(exponent)}}}" if exponent else digits


@dataclass(frozen=True, eq=False)
class PerceptronLayer:
    """A perceptron as a layer of one neuron.

    Attributes:
        W, b: the weights, shape (1, inputs), and the bias, shape (1,).
        perceptron: what answers.
    """

    W: NDArray[np.float64]
    b: NDArray[np.float64]
    perceptron: Perceptron

    activation = staticmethod(sign)

    def __call__(self, x: ArrayLike) -> Any:
        """The outputs of one example, shape (1,), or of a batch, shape (n, 1)."""
        return np.asarray(self.perceptron(x))[..., None]
