"""The multilayer perceptron: layers one after another."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from autograd import Tensor, Value, sigmoid
from autograd._support.checks import count
from nn._nets.activations import Activation, name_of, one_for_each
from nn._nets.contents import contents
from nn._nets.labels import labels, leaves
from nn._nets.layers import Layer, examples, kind_of
from nn._nets.modules import Module, summary_of
from nn._nets.parameters import Parameter
from nn._support.seeds import Seed, generator
from nn.initializers import Initializer, lecun_normal

__all__ = ["MLP"]


class MLP(Module):
    """The multilayer perceptron: layers one after another, a⁽ˡ⁾ = σ(W⁽ˡ⁾ a⁽ˡ⁻¹⁾ + b⁽ˡ⁾) (decks A, B).

    Args:
        sizes: the widths from input to output; the digits of the lectures take [784, 16, 16, 10].
        rng: a seed or generator for the weights; biases start at 0. The same rng gives the same
            weights for both kinds of node.
        activation: a function of the weighted sums, for every layer, or a list with one for each.
        output_activation: of the last layer, if different; `nn.identity` makes a linear output.
        use_bias: whether the layers have biases; deck E's nets have none.
        initializer: draws the weights of a layer; N(0, 1/√fan_in), as deck E does, or another of
            `nn.initializers`.
        node: `Tensor`, for speed, or `Value`, to see every scalar.
        dtype: float32 or float64, of Tensors; float32 trains faster.

    Calling it takes one example ``(sizes[0],)`` or a batch ``(n, sizes[0])``, and gives
    ``(sizes[-1],)`` or ``(n, sizes[-1])``. A net of Values makes plain numbers leaves with the
    labels a_k^{(0)}, so that a drawing shows the inputs too.

    >>> net = MLP([1, 1, 1], node=Value, rng=0)
    >>> [p.label for p in net.parameters()]
    ['w^{(1)}', 'b^{(1)}', 'w^{(2)}', 'b^{(2)}']
    >>> net([0.5])[0].label
    'a^{(2)}'
    >>> MLP([784, 16, 10], rng=0)(np.zeros((32, 784))).shape
    (32, 10)
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        rng: Seed,
        activation: Activation | Sequence[Activation] = sigmoid,
        output_activation: Activation | None = None,
        use_bias: bool = True,
        initializer: Initializer = lecun_normal,
        node: type[Parameter] = Tensor,
        dtype: DTypeLike = np.float64,
    ) -> None:
        self.sizes = [count(size, f"sizes[{i}]") for i, size in enumerate(sizes)]
        if len(self.sizes) < 2:
            raise ValueError(
                f"an MLP has an input and an output width or more, as in [2, 1]; given {sizes!r}"
            )
        activations = one_for_each(activation, len(self.sizes) - 1)
        if output_activation is not None:
            activations[-1] = output_activation
        layer = functools.partial(
            Layer, rng=generator(rng), use_bias=use_bias, initializer=initializer, node=node, dtype=dtype
        )
        self.layers = [
            layer(inputs, outputs, activation=function, place=place)
            for place, ((inputs, outputs), function) in enumerate(
                zip(pairwise(self.sizes), activations, strict=True), start=1
            )
        ]
        self._input_labels = labels("a", (self.sizes[0],), 0, node)

    def __call__(self, x: Any) -> Any:
        """The output activations of one example or of each row of a batch.

        Raises:
            ValueError: when the shape is neither ``(sizes[0],)`` nor ``(n, sizes[0])``.
            TypeError: for anything but numbers or nodes of the net's kind.
        """
        a = examples(x, self.sizes[0], self.node, "MLP")
        if self.node is Value and a.dtype != object:
            a = leaves(a, np.broadcast_to(self._input_labels, a.shape))
        for layer in self.layers:
            a = layer.activate(a)
        return a

    @property
    def node(self) -> type[Parameter]:
        """The kind of the parameters: `Value` or `Tensor`."""
        return self.layers[0].node

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the parameters: float32 or float64."""
        return self.layers[0].dtype

    @property
    def use_bias(self) -> bool:
        """Whether the layers have biases."""
        return self.layers[0].b is not None

    def summary(self) -> str:
        """A table of the layers: text, which a notebook shows as a table.

        >>> print(MLP([784, 16, 16, 10], rng=0).summary())
        layer  inputs  outputs  activation  weights  biases  parameters
        1         784       16     sigmoid   12,544      16      12,560
        2          16       16     sigmoid      256      16         272
        3          16       10     sigmoid      160      10         170
        total                                12,960      42      13,002
        Tensors of float64, 104,016 bytes
        """
        lines = [["layer", "inputs", "outputs", "activation", "weights", "biases", "parameters"]]
        for place, layer in enumerate(self.layers, start=1):
            sizes = np.size(layer.W), 0 if layer.b is None else np.size(layer.b)
            widths = f"{layer.inputs:,}", f"{layer.outputs:,}", name_of(layer.activation)
            lines.append([str(place), *widths, *(f"{n:,}" for n in (*sizes, sum(sizes)))])
        biases = sum(layer.outputs for layer in self.layers) if self.use_bias else 0
        totals = self.num_parameters - biases, biases, self.num_parameters
        lines.append(["total", "", "", "", *(f"{total:,}" for total in totals)])
        return summary_of(lines, 1, contents(self).storage())

    def __repr__(self) -> str:
        each = [layer.activation for layer in self.layers]
        options = f"activation={name_of(each[0])}"
        if any(function is not each[0] for function in each[:-1]):
            options = f"activation=[{', '.join(map(name_of, each))}]"
        elif each[-1] is not each[0]:
            options += f", output_activation={name_of(each[-1])}"
        if not self.use_bias:
            options += ", use_bias=False"
        return f"MLP({self.sizes}, {options}, {kind_of(self.layers[0])})"
