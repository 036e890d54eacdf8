"""A net as plain numbers: its weights, and its activations for an example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from autograd import no_grad
from autograd._graph.leaving import plain_array
from viz._pictures.arrays import Array, numbers

__all__ = ["Dense", "Reading", "dense_layer", "dense_layers", "layers_of", "read_net"]

NUDGE, CLOSE = 1e-9, 1e-5  # a rounding of a sum; float32's rounding of an output


@dataclass(frozen=True)
class Dense:
    """A layer of weights and biases, as plain numbers, and its activation.

    Attributes:
        place: its number among all layers of the net.
        W: the weights, (outputs, inputs).
        b: the biases, (outputs,); None for a layer without.
    """

    place: int
    W: Array
    b: Array | None
    activation: Any

    @property
    def function(self) -> str:
        """The name of the activation."""
        return getattr(self.activation, "__name__", "")


@dataclass(frozen=True)
class Reading:
    """The weights and activations of a net, as plain numbers.

    Attributes:
        weights: W of each layer, (outputs, inputs).
        biases: b of each layer; None for a layer without.
        functions: the name of each layer's activation.
        activations: of the inputs and of each layer; None where there is no x.
        sums: the weighted sums of each layer, W a + b; None where there is no x.
        image: the x, if it was given as a picture.
    """

    weights: tuple[Array, ...]
    biases: tuple[Array | None, ...]
    functions: tuple[str, ...]
    activations: tuple[Array, ...] | None
    sums: tuple[Array, ...] | None
    image: Array | None

    @property
    def widths(self) -> tuple[int, ...]:
        """How many neurons there are, from the inputs on."""
        return (self.weights[0].shape[1], *(len(W) for W in self.weights))


def read_net(net: Any, x: Any, *, worked: bool = False, decimals: int | None = None) -> Reading:
    """The weights of a net, and its activations for an example.

    Args:
        net: has ``layers`` with ``W``, ``b`` and ``activation``. Between these may be others, which give as
            many numbers as they take, such as batch norm, dropout or a function.
        x: one example, shape (inputs,), or the same as a picture, (height, width); or None.
        worked: whether the weighted sums are to be shown as what the activations are made from.
        decimals: of the numbers from which, rounded, the next ones are computed; None for the net's own.

    Raises:
        TypeError: for anything but a net.
        ValueError: for widths that do not follow on each other, an x of another shape, and
            numbers that are not finite; with `worked`, where an output is not the activation of its sum.
    """
    layers = layers_of(net, "draw_network")
    dense = dense_layers(layers)
    matrices, biases = tuple(layer.W for layer in dense), tuple(layer.b for layer in dense)
    functions = tuple(layer.function for layer in dense)
    if x is None:
        return Reading(matrices, biases, functions, None, None, None)
    example = _example(x, matrices[0].shape[1])
    activations, sums = [example.ravel()], list[Array]()
    dense_at = {layer.place: layer for layer in dense}
    a: Any = example.ravel()
    with no_grad():
        for place, layer in enumerate(layers):
            if (affine := dense_at.get(place)) is not None:
                products = affine.W @ numbers(a, f"the input of layers[{place}]").ravel()
                sums.append(products if affine.b is None else products + affine.b)
                a = layer(a)
                rows = len(affine.W)
                activations.append(_outputs(a, rows, place, f"has {rows} rows of weights"))
            else:  # as batch norm, which changes the activations of the layer before
                a = layer(numbers(a, f"the input of layers[{place}]")[None])[0]
                width = len(activations[-1])
                activations[-1] = _outputs(a, width, place, f"is to keep the {width} numbers before it")
    if worked:
        for affine, z, after in zip(dense, sums, activations[1:], strict=True):
            _check_worked(affine.activation, z, after, affine.place)
    if decimals is not None:
        sums, activations = _rounded(dense, activations[0], decimals)
    image = example if example.ndim == 2 else None
    return Reading(matrices, biases, functions, tuple(activations), tuple(sums), image)


def layers_of(net: Any, reader: str) -> list[Any]:
    """The layers of a net, each to be called, some with W, b and activation.

    Args:
        reader: the function that reads the net, which begins an error.

    Raises:
        TypeError: for anything but a net.
        ValueError: for a net without layers.
    """
    layers = getattr(net, "layers", None)
    if not isinstance(layers, (list, tuple)) or isinstance(net, type):
        own = callable(net) and not isinstance(net, type)
        advice = "; a net of your own keeps them in a list, self.layers = [first, second]" if own else ""
        raise TypeError(
            f"{reader} takes a net, such as nn.MLP: something with layers, each with W, b and "
            f"activation; given {_described(net)}{advice}"
        )
    if not layers:
        raise ValueError("this net has no layers")
    has_weights = any(hasattr(layer, "W") for layer in layers)
    for place, layer in enumerate(layers):
        needed = ("W", "b", "activation") if np.ndim(getattr(layer, "W", [[]])) == 2 else ("W",)
        missing = [name for name in needed if not hasattr(layer, name)]
        if not callable(layer) or (missing and ("W" not in missing or not has_weights)):
            lacks = f"no {' and no '.join(missing)}" if missing else "no way to be called"
            raise TypeError(f"layers[{place}] of this net has {lacks}: it is {_described(layer)}")
    return list(layers)


def dense_layers(layers: Sequence[Any]) -> list[Dense]:
    """Those of the layers of a net that have weights.

    Raises:
        ValueError: for weights that are no matrix, and for layers that do not follow on each other.
    """
    dense = []
    for place, layer in enumerate(layers):
        if hasattr(layer, "W"):
            W = numbers(layer.W, f"layers[{place}].W")
            if W.ndim != 2:
                rest = [
                    i for i, after in enumerate(layers) if i > place and np.ndim(getattr(after, "W", 0)) == 2
                ]
                cure = f"; the rest of this net is nn.Sequential(*net.layers[{rest[0]}:])" if rest else ""
                raise ValueError(f"layers[{place}].W has shape {W.shape}; expected (outputs, inputs){cure}")
            dense.append(dense_layer(layer, place, W))
    for before, after in pairwise(dense):
        if after.W.shape[1] != len(before.W):
            raise ValueError(
                f"layers[{after.place}] takes {after.W.shape[1]} inputs, and layers[{before.place}] gives "
                f"{len(before.W)}"
            )
    return dense


def dense_layer(layer: Any, place: int, W: Array) -> Dense:
    """A layer with these weights, and its biases."""
    b = None if layer.b is None else numbers(layer.b, f"layers[{place}].b").ravel()
    if b is not None and len(b) != len(W):
        raise ValueError(f"layers[{place}].b has shape {np.shape(layer.b)}; expected ({len(W)},)")
    return Dense(place, W, b, layer.activation)


def _rounded(dense: Sequence[Dense], x: Array, to: int) -> tuple[list[Array], list[Array]]:
    """The sums and the activations, each from rounded numbers and rounded itself, to so many decimals."""
    sums, activations = list[Array](), [x.round(to)]
    for layer in dense:
        z = layer.W.round(to) @ activations[-1] + (0.0 if layer.b is None else layer.b.round(to))
        sums.append(z.round(to))
        with no_grad():
            activations.append(plain_array(layer.activation(sums[-1]), np.float64).round(to))
    return sums, activations


def _described(x: Any) -> str:
    return f"{type(x).__name__} ({x!r:.80})"


def _check_worked(activation: Any, z: Array, a: Array, place: int) -> None:
    """Raise ValueError unless a is the activation of z, up to rounding of either."""
    for nudge in (0.0, NUDGE, -NUDGE):  # a perceptron's sum of 0 may be 1e-17 here
        with no_grad():
            expected = plain_array(activation(z + nudge * abs(z).max()), np.float64)
        if np.allclose(expected, a, rtol=CLOSE, atol=CLOSE):
            return
    raise ValueError(
        f"signals=True shows X = W a + b over O, its activation, and layers[{place}], or a layer after it, "
        "computes other outputs; draw this net without signals"
    )


def _example(x: Any, inputs: int) -> Array:
    example = numbers(x, "x")
    if example.ndim > 1 and example.shape[-1] == inputs:
        raise ValueError(
            f"draw_network draws one example at a time, shape ({inputs},), and x is a batch of shape "
            f"{example.shape}; take one of its rows, x[0]"
        )
    picture = example.ndim == 2 and min(example.shape) > 1 and example.size == inputs
    if example.shape != (inputs,) and not picture:
        raise ValueError(
            f"this net takes {inputs} inputs, and x has shape {example.shape}; expected ({inputs},), or a "
            f"picture of {inputs} pixels"
        )
    return example


def _outputs(a: Any, width: int, place: int, expected: str) -> Array:
    outputs = numbers(a, f"the output of layers[{place}]")
    if outputs.shape != (width,):
        raise ValueError(f"layers[{place}] {expected} and gave shape {outputs.shape} for one example")
    return outputs
