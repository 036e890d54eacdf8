"""A net and its cost as one program: of an example, the cost and each layer's sums and activations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import no_grad
from autograd._compiler.programs.program import Program
from autograd._graph.concretization import noting_looks
from autograd._graph.leaving import plain_array
from viz._pages.net.recording import Recording, asks_for_mode, record
from viz._pages.net.theta import Theta
from viz._pictures.arrays import Array
from viz._pictures.nets import Dense

__all__ = ["Cost", "LayerPlaces", "NetProgram", "net_program"]

Cost = Callable[[Any, Any], Any]

CHECKED = 6  # examples on which the program and the net have to agree
ROUNDING = {np.dtype(np.float64): 1e-9, np.dtype(np.float32): 1e-4}


@dataclass(frozen=True)
class LayerPlaces:
    """The places of a layer's numbers.

    Attributes:
        W, b: of the first weight and the first bias in theta; the weights lie row by row, (outputs, inputs).
            b is None for a layer without biases.
        sums, activations: of the first of them among the outputs of the program; sums is None where the
            weighted sums are not to be had.
        activation: the name of the function.
    """

    W: int
    b: int | None
    sums: int | None
    activations: int
    activation: str


@dataclass(frozen=True)
class NetProgram:
    """A net and its cost as a program of one example.

    Attributes:
        program: its inputs are those of the net, and after them the desired outputs; its first output is the
            cost.
        theta: the parameters.
        inputs: the place, among the outputs of the program, of the numbers that the first layer with weights
            takes; None where these are the inputs themselves.
        layers: those with weights.
        unlike: why the page cannot train the net, or None.
    """

    program: Program
    theta: Array
    inputs: int | None
    layers: tuple[LayerPlaces, ...]
    unlike: str | None


def net_program(
    net: Any, layers: list[Any], dense: list[Dense], cost: Cost, theta: Theta, X: Array, Y: Array
) -> NetProgram:
    """Record a net and its cost on one example, and compare the program with them on several.

    Args:
        layers: all layers of the net.
        dense: those with weights.
        cost: of outputs and desired outputs, a mean over the examples.
        theta: the weights and biases.
        X, Y: inputs and desired outputs of the examples.

    Raises:
        TypeError, ValueError: where a program of one example cannot stand for the net, with the layer and the
            reason.
    """
    recording = record(net, layers, cost, theta, X[:1], Y[:1])
    program = recording.compiled()
    unlike = _check(program, recording, net, layers, cost, theta, X, Y)
    return NetProgram(
        program,
        theta.numbers(),
        recording.places.get("inputs"),
        tuple(_places(layer, layers[layer.place], recording, theta) for layer in dense),
        unlike,
    )


def _places(layer: Dense, original: Any, recording: Recording, theta: Theta) -> LayerPlaces:
    return LayerPlaces(
        theta.place(original.W),
        None if layer.b is None else theta.place(original.b),
        recording.places.get(f"sums {layer.place}"),
        recording.places[f"activations {layer.place}"],
        layer.function,
    )


def _check(
    program: Program,
    recording: Recording,
    net: Any,
    layers: list[Any],
    cost: Cost,
    theta: Theta,
    X: Array,
    Y: Array,
) -> str | None:
    """Compare a program with the net and its cost on some examples together.

    Returns:
        Why the page cannot train the net, or None.
    """
    rows = np.unique(np.linspace(0, len(X) - 1, CHECKED).astype(int))
    x, y = X[rows].astype(theta.dtype), Y[rows].astype(theta.dtype)
    with no_grad(), noting_looks(refuses=False) as looks:
        a = net(x)
        has_modes = asks_for_mode(looks, set(), "this net")
        c = float(plain_array(cost(a, y)))
    results, tolerance = program(theta.numbers(), np.hstack([x, y])), ROUNDING[theta.dtype]
    expected = plain_array(a).reshape(len(rows), -1).astype(np.float64)
    outputs = results[:, recording.outputs :][:, : Y.shape[1]]
    if expected.shape != outputs.shape or not np.allclose(outputs, expected, tolerance, tolerance):
        raise ValueError(_difference(layers, x))
    mean = float(results[:, 0].mean())
    if not np.isfinite(c):
        raise ValueError(f"the cost of {len(rows)} examples is {c}, and the page begins with finite numbers")
    if not np.isclose(c, mean, tolerance, tolerance):
        raise ValueError(
            f"the cost of {len(rows)} examples together is {c:.6g}, and the mean of the cost of each "
            f"{mean:.6g}: a step in the page is one by the mean over a mini-batch, so the cost has to be that"
        )
    if has_modes and recording.unlike is None:
        return "This net learns in another way than it computes here: train it by nn.fit"
    return recording.unlike


def _difference(layers: list[Any], x: Array) -> str:
    """The reason why a net gives other outputs than a recording of its layers."""
    a: Any = x
    with no_grad():
        for k, layer in enumerate(layers):
            first, again = (plain_array(layer(a)).astype(np.float64) for _ in range(2))
            if not np.array_equal(first, again):
                return (
                    f"layers[{k}], {type(layer).__name__}, gives other outputs at each call, in evaluation "
                    "mode too; make the page of a net without it"
                )
            a = first
    return (
        "this net gives other outputs than its layers in turn, each for one example, as with a path around a "
        "layer, or a layer that looks at the whole batch; the page shows nets whose layers follow on each "
        "other, as those of nn.Sequential"
    )
