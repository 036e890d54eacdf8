"""Neurons, layers and the multilayer perceptron: one formula, on scalars and on arrays.

The formula of the lectures (deck A), a⁽ˡ⁾ = σ(W⁽ˡ⁾ a⁽ˡ⁻¹⁾ + b⁽ˡ⁾), is written once, in
`Layer.__call__`. What W and b are made of decides what it records:

- ``node=Tensor``: W is one Tensor, b another, and a layer is three operations on arrays;
- ``node=Value``: W is an object array of Values, and NumPy writes the formula out one scalar at a
  time, w₀₀ a₀ + w₀₁ a₁ + … + b₀, with every quantity labelled as in the lectures.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from autograd import Tensor, Value, sigmoid
from nn.parameters import Parameter
from nn.seeds import Seed, generator

__all__ = ["MLP", "Activation", "Layer", "Neuron"]

Activation = Callable[[Any], Any]


class _Module(ABC):
    """What neurons, layers and nets have in common: parameters with names."""

    @abstractmethod
    def named_parameters(self) -> dict[str, Parameter]:
        """The parameters by their place, in the order of `parameters`.

        >>> list(MLP([3, 2], rng=0).named_parameters())
        ['layers.0.W', 'layers.0.b']
        >>> list(MLP([2, 1], node=Value, rng=0).named_parameters())
        ['layers.0.W[0,0]', 'layers.0.W[0,1]', 'layers.0.b[0]']
        """

    def parameters(self) -> list[Parameter]:
        """Every weight and bias, layer by layer, weights first: what an optimizer is given."""
        return list(self.named_parameters().values())

    @property
    def num_parameters(self) -> int:
        """How many numbers there are to learn.

        >>> MLP([784, 16, 16, 10], rng=0).num_parameters
        13002
        """
        return sum(p.size if isinstance(p, Tensor) else 1 for p in self.parameters())


class _Affine(_Module):
    """a = activation(W a + b), with W of shape (*outputs, inputs) and b of shape outputs."""

    W: Any
    b: Any

    def __init__(
        self,
        inputs: int,
        outputs: tuple[int, ...],
        rng: Seed,
        activation: Activation,
        node: type[Parameter],
        dtype: DTypeLike,
        place: int | None,
    ) -> None:
        _check_made_of(activation, node, dtype)
        self.inputs = inputs
        self.activation = activation
        self.node = node
        self._labels = {kind: self._label(kind, outputs, place) for kind in "zab"}
        weights = generator(rng).normal(0.0, 1 / np.sqrt(inputs), (*outputs, inputs))
        self.W = self._leaf(weights, self._label("W", (*outputs, inputs), place), dtype)
        self.b = self._leaf(np.zeros(outputs), self._labels["b"], dtype)

    def __call__(self, a: Any) -> Any:
        """The activations of one example ``(inputs,)`` or of each row of a batch ``(n, inputs)``.

        Raises:
            ValueError: when the shape is neither.
            TypeError: for what is not numbers or nodes of the layer's kind.
        """
        return self._activate(_examples(a, self.inputs, self.node, type(self).__name__))

    def _activate(self, a: Any) -> Any:
        z = self._named("z", _weighted_sum(self.W, a) + self.b)
        return self._named("a", self.activation(z))

    def named_parameters(self) -> dict[str, Parameter]:
        found: dict[str, Parameter] = {}
        for kind in ("W", "b"):
            held: Any = getattr(self, kind)
            if not isinstance(held, np.ndarray):
                found[kind] = held
                continue
            for index in np.ndindex(held.shape):
                found[f"{kind}[{','.join(map(str, index))}]"] = held.item(index)
        return found

    def _label(self, kind: str, shape: tuple[int, ...], place: int | None) -> Any:
        """The label of a quantity, or an array of labels: w_{jk}^{(1)} in scalars, W^{(1)} as an array.

        A layer of one neuron has no index to write, nor has the weight of a chain.
        """
        layer = "" if place is None else f"^{{({place})}}"
        if self.node is Tensor or not shape:
            return f"{kind}{layer}"
        kind = kind.lower()
        if all(width == 1 for width in shape):
            return np.full(shape, f"{kind}{layer}", dtype=object)
        comma = "" if max(shape) <= 10 else ","  # w_{123} could be 1 and 23 or 12 and 3
        labels = np.empty(shape, dtype=object)
        for index in np.ndindex(shape):
            labels[index] = f"{kind}_{{{comma.join(map(str, index))}}}{layer}"
        return labels

    def _leaf(self, numbers: Any, label: Any, dtype: DTypeLike) -> Any:
        if self.node is Tensor:
            return Tensor(np.asarray(numbers, dtype=dtype), label=label)
        if not np.ndim(numbers):
            return Value(float(numbers), label=label)
        leaves = np.empty(np.shape(numbers), dtype=object)
        for index in np.ndindex(leaves.shape):
            leaves[index] = Value(float(numbers[index]), label=label[index])
        return leaves

    def _named(self, kind: str, quantity: Any) -> Any:
        """The same nodes, labelled; in a batch the rows are the same quantity of several examples."""
        labels = self._labels[kind]
        if not isinstance(quantity, np.ndarray):
            quantity.label = labels
            return quantity
        for nodes in quantity if quantity.ndim > np.ndim(labels) else quantity[None]:
            for node, label in zip(np.ravel(nodes), np.ravel(labels), strict=True):
                node.label = label
        return quantity

    def _details(self) -> str:
        return f"activation={_name(self.activation)}, node={self.node.__name__}"


class Neuron(_Affine):
    r"""One neuron: a = σ(w₀ a₀ + … + wₙ₋₁ aₙ₋₁ + b), the weighted sum squashed (deck A).

    Args:
        inputs: how many numbers it takes.
        rng: a seed or generator for the weights, drawn from N(0, 1/√inputs); the bias starts at 0.
        activation: a function of the weighted sum, such as `autograd.sigmoid`.
        node: `Tensor` or `Value`.
        dtype: float32 or float64, of Tensors.

    ``W`` has shape (inputs,), ``b`` is one number.

    >>> neuron = Neuron(2, node=Value, rng=0)
    >>> for w, number in zip(neuron.W, [0.9, 0.3]):
    ...     w.data = number
    >>> f"{neuron([1.0, 0.5]):.4f}"
    '0.7408'
    """

    def __init__(
        self,
        inputs: int,
        *,
        rng: Seed,
        activation: Activation = sigmoid,
        node: type[Parameter] = Tensor,
        dtype: DTypeLike = np.float64,
    ) -> None:
        (inputs,) = _widths([inputs], "a Neuron takes")
        super().__init__(inputs, (), rng, activation, node, dtype, place=None)

    def __repr__(self) -> str:
        return f"Neuron({self.inputs}, {self._details()})"


class Layer(_Affine):
    r"""A layer of neurons: a⁽ˡ⁾ = σ(W a⁽ˡ⁻¹⁾ + b), W[j, k] the weight from neuron k to neuron j (deck A).

    Args:
        inputs, outputs: the widths.
        rng: a seed or generator for the weights, drawn from N(0, 1/√inputs) as deck E does;
            biases start at 0. The same rng gives the same weights for both kinds of node.
        activation: a function of the weighted sums, such as `autograd.sigmoid`.
        node: `Tensor`, for speed, or `Value`, to see every scalar.
        dtype: float32 or float64, of Tensors.
        place: the number l written into the labels, as in ``w_{jk}^{(l)}``; None for no number.

    ``W`` has shape (outputs, inputs) and ``b`` (outputs,): Tensors, or object arrays of Values.

    >>> layer = Layer(3, 2, node=Value, rng=0, place=1)
    >>> layer.W[1, 2].label, layer.b[1].label
    ('w_{12}^{(1)}', 'b_{1}^{(1)}')
    >>> [a.label for a in layer([0.9, 0.1, 0.8])]
    ['a_{0}^{(1)}', 'a_{1}^{(1)}']
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        rng: Seed,
        activation: Activation = sigmoid,
        node: type[Parameter] = Tensor,
        dtype: DTypeLike = np.float64,
        place: int | None = None,
    ) -> None:
        inputs, outputs = _widths([inputs, outputs], "a Layer has")
        super().__init__(inputs, (outputs,), rng, activation, node, dtype, place)
        self.outputs = outputs

    def __repr__(self) -> str:
        return f"Layer({self.inputs}, {self.outputs}, {self._details()})"


class MLP(_Module):
    """The multilayer perceptron: layers one after another, a⁽ˡ⁾ = σ(W⁽ˡ⁾ a⁽ˡ⁻¹⁾ + b⁽ˡ⁾) (decks A, B).

    Args:
        sizes: the widths from input to output; the digits of the lectures take [784, 16, 16, 10].
        rng: a seed or generator for the weights, drawn from N(0, 1/√fan_in); biases start at 0.
            The same rng gives the same weights for both kinds of node.
        activation: a function of the weighted sums, for every layer.
        output_activation: the one of the last layer, if it is another.
        node: `Tensor`, for speed, or `Value`, to see every scalar.
        dtype: float32 or float64, of Tensors; float32 trains faster.

    Calling it takes one example ``(sizes[0],)`` or a batch ``(n, sizes[0])``, and gives
    ``(sizes[-1],)`` or ``(n, sizes[-1])``.

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
        activation: Activation = sigmoid,
        output_activation: Activation | None = None,
        node: type[Parameter] = Tensor,
        dtype: DTypeLike = np.float64,
    ) -> None:
        self.sizes = _widths(sizes, "an MLP has")
        if len(self.sizes) < 2:
            raise ValueError(
                f"an MLP has an input and an output width or more, as in [2, 1]; given {sizes!r}"
            )
        stream = generator(rng)
        activations = [activation] * (len(self.sizes) - 1)
        if output_activation is not None:
            activations[-1] = output_activation
        self.layers = [
            Layer(inputs, outputs, rng=stream, activation=f, node=node, dtype=dtype, place=place)
            for place, (inputs, outputs, f) in enumerate(
                zip(self.sizes, self.sizes[1:], activations, strict=False), start=1
            )
        ]

    def __call__(self, x: Any) -> Any:
        """The output activations of one example or of each row of a batch.

        Raises:
            ValueError: when the shape is neither ``(sizes[0],)`` nor ``(n, sizes[0])``.
            TypeError: for what is not numbers or nodes of the net's kind.
        """
        a = _examples(x, self.sizes[0], self.layers[0].node, "MLP")
        for layer in self.layers:
            a = layer._activate(a)
        return a

    def named_parameters(self) -> dict[str, Parameter]:
        return {
            f"layers.{i}.{name}": parameter
            for i, layer in enumerate(self.layers)
            for name, parameter in layer.named_parameters().items()
        }

    def __repr__(self) -> str:
        first, last = self.layers[0], self.layers[-1]
        given = f"activation={_name(first.activation)}"
        if last.activation is not first.activation:
            given += f", output_activation={_name(last.activation)}"
        return f"MLP({self.sizes}, {given}, node={first.node.__name__})"


def _weighted_sum(W: Any, a: Any) -> Any:
    """W a; in a batch the examples are rows, so each row gets its own W a."""
    return W @ a if a.ndim == 1 else (W @ a.T).T


def _examples(x: Any, inputs: int, node: type[Parameter], what: str) -> Any:
    """x as one example or a batch, something with a shape."""
    if not isinstance(x, Tensor):
        x = np.asarray(x)
        if x.dtype.kind not in "fiubO":
            raise TypeError(f"{what} takes numbers or {node.__name__}s, not an array of {x.dtype}")
    if isinstance(x, Tensor) if node is Value else x.dtype == object:
        given = "Tensor" if node is Value else "array of objects"
        raise TypeError(
            f"this {what} computes with {node.__name__}s and takes those or plain numbers; given a {given}. "
            f"Make the {what} with node={'Tensor' if node is Value else 'Value'}"
        )
    if x.ndim not in (1, 2) or x.shape[-1] != inputs:
        raise ValueError(
            f"this {what} takes one example of shape ({inputs},) or a batch of shape (n, {inputs}); "
            f"given shape {x.shape}"
        )
    return x


def _widths(sizes: Sequence[int], what: str) -> list[int]:
    widths = list(sizes)
    for width in widths:
        if not isinstance(width, (int, np.integer)) or isinstance(width, bool) or width < 1:
            raise ValueError(f"{what} widths of 1 or more, whole numbers; given {width!r}")
    return [int(width) for width in widths]


def _check_made_of(activation: Any, node: Any, dtype: Any) -> None:
    if not callable(activation):
        raise TypeError(f"the activation is a function such as autograd.sigmoid, not {activation!r}")
    if node not in (Value, Tensor):
        raise TypeError(f"node is autograd.Value or autograd.Tensor, not {node!r}")
    if np.dtype(dtype) not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise TypeError(f"dtype is float32 or float64, not {np.dtype(dtype)}")
    if node is Value and np.dtype(dtype) != np.dtype(np.float64):
        raise TypeError(f"a Value holds a float64; dtype={np.dtype(dtype)} is for node=Tensor")


def _name(function: Any) -> str:
    return getattr(function, "__name__", repr(function))
