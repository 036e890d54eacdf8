"""Graphs and steps for the tests of lecture pages."""

import numpy as np

import nn
from autograd import Value
from viz._pages.chain.recording import Recording
from viz._pictures.steps import PassStep, steps_of

__all__ = ["net", "steps_on_the_page"]


def steps_on_the_page(recording: Recording) -> list[PassStep]:
    """The steps of a pass, with the numbers that the page begins with."""
    return list(steps_of(recording.picture, recording.numbers()))


def net(*sizes: int) -> Value:
    """A quadratic cost of a net's outputs."""
    inputs = [Value(0.3 * (i + 1), label=f"x_{i}") for i in range(sizes[0])]
    outputs = np.ravel(nn.MLP(list(sizes), node=Value, rng=0)(inputs))
    wanted = [Value(1.0, label=f"y_{i}") for i in range(len(outputs))]
    return sum((a - y) ** 2 for a, y in zip(outputs, wanted, strict=True)).with_label("C")
