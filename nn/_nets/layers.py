"""Neurons and layers: one formula, on scalars and on arrays.

The formula of the lectures (deck A), a⁽ˡ⁾ = σ(W⁽ˡ⁾ a⁽ˡ⁻¹⁾ + b⁽ˡ⁾), is written once, in
`_Affine.activate`. The kind of W and b decides what it records:

- ``node=Tensor``: W is one Tensor, b another, and a layer is two operations on arrays;
- ``node=Value``: W is an object array of Values, and NumPy writes the formula out one scalar at a
  time, w₀₀ a₀ + w₀₁ a₁ + … + b₀, with every quantity labelled as in the lectures.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from autograd import Tensor, Value, sigmoid
from autograd._functions.matrices.dot import affine
from autograd._functions.value_arrays import ValueArray
from autograd._graph.context import recording
from autograd._graph.leaving import explain_choice, plain_array
from autograd._nodes.tensor import stacked
from autograd._support.checks import count
from nn._nets.activations import Activation, name_of, one_for_each
from nn._nets.labels import label_all, labels, leaves
from nn._nets.modules import Module, set_numbers
from nn._nets.parameters import Parameter
from nn._support.arrays import nodes_or_numbers, numeric
from nn._support.seeds import Seed, generator
from nn.initializers import Initializer, lecun_normal

__all__ = ["Layer", "Neuron", "examples"]


# Other libraries' names for W and b.
MISTAKEN = {"w": "W", "weight": "W", "weights": "W", "B": "b", "bias": "b", "biases": "b"}


class _Affine(Module):
    """a = activation(W a + b), with W of shape (*outputs, inputs) and b of shape outputs."""

    W: Any
    b: Any

    def __init__(
        self,
        inputs: int,
        outputs: tuple[int, ...],
        rng: Seed,
        activation: Activation,
        use_bias: bool,
        initializer: Initializer,
        node: type[Parameter],
        dtype: DTypeLike,
        place: int | None,
    ) -> None:
        (self.activation,) = one_for_each(activation, 1)
        self.inputs = inputs
        self.node = node
        self.dtype = _dtype(node, dtype)
        self._shapes = {"W": (*outputs, inputs), "b": outputs}
        self._labels = {kind: labels(kind, outputs, place, node) for kind in "zab"}
        self._labels["W"] = labels("W", self._shapes["W"], place, node)
        self._own: set[str] = set()  # which of W and b are leaves made here, not nodes of the user's
        self.W = _initial(initializer, self._shapes["W"], rng)
        self.b = np.zeros(outputs) if use_bias else None

    def __setattr__(self, name: str, new: Any) -> None:
        """Set an attribute. For a W or b of plain numbers the parameter stays, and its numbers change.

        Raises:
            ValueError: for a W or b of another shape.
            TypeError: for a W or b that is neither numbers nor nodes of the layer's kind, or an activation
                that is no function.
            AttributeError: for another library's name of W or b, such as ``w`` and ``weight``.
        """
        if name == "W" or (name == "b" and new is not None):
            new = self._parameter(name, new)
        elif name == "b":
            self._own.discard(name)
        elif name == "activation":
            (new,) = one_for_each(new, 1)
        elif name in MISTAKEN:
            raise AttributeError(f"a {type(self).__name__} has no {name}: set its {MISTAKEN[name]}")
        super().__setattr__(name, new)

    def _parameter(self, name: str, new: Any) -> Any:
        """The W or b for an assignment: the new nodes, or the layer's own parameters with new numbers."""
        shape = self._shapes[name]
        subject = f"the {name} of a {type(self).__name__} of {self.node.__name__}s"
        nodes = stacked(new)
        if not isinstance(nodes, Tensor):
            nodes = np.asarray(nodes)
            if not any(isinstance(e, (Value, Tensor)) for e in nodes.flat):
                nodes = numeric(new, subject)
        if np.shape(nodes) != shape:
            raise ValueError(f"{subject} has shape {np.shape(nodes)}, expected {shape}")
        if not isinstance(nodes, Tensor) and nodes.dtype != object:
            if name in self._own:  # an optimizer may hold it
                set_numbers(getattr(self, name), nodes, subject)
                return getattr(self, name)
            self._own.add(name)
            return self._leaf(nodes, self._labels[name])
        kinds = {type(nodes)} if isinstance(nodes, Tensor) else {type(e) for e in nodes.flat}
        if not all(issubclass(kind, self.node) for kind in kinds):
            raise TypeError(
                f"{subject} is made of {self.node.__name__}s or of plain numbers only, not of "
                f"{', '.join(sorted(kind.__name__ for kind in kinds))}"
            )
        self._own.discard(name)
        return nodes if nodes.shape or self.node is Tensor else nodes.item()

    def __call__(self, a: Any) -> Any:
        """The activations of one example ``(inputs,)`` or of each row of a batch ``(n, inputs)``.

        Raises:
            ValueError: when the shape is neither.
            TypeError: for anything but numbers or nodes of the layer's kind.
        """
        return self.activate(examples(a, self.inputs, self.node, type(self).__name__))

    def activate(self, a: Any) -> Any:
        """σ(W a + b), for checked inputs."""
        z = affine(self.W, a, self.b)
        label_all(z, self._labels["z"])
        a = _activated(self.activation, z)
        label_all(a, self._labels["a"])
        return a

    def _leaf(self, numbers: Any, named: Any) -> Any:
        if self.node is Tensor:
            return Tensor(np.asarray(numbers, dtype=self.dtype), label=named)
        return leaves(numbers, named)

    def _details(self) -> str:
        bias = "" if self.b is not None else ", use_bias=False"
        return f"activation={name_of(self.activation)}{bias}, {kind_of(self)}"


class Neuron(_Affine):
    r"""One neuron: a = σ(w₀ a₀ + … + wₙ₋₁ aₙ₋₁ + b), the weighted sum squashed (deck A).

    Args:
        inputs: the number of inputs.
        rng, activation, use_bias, initializer, node, dtype: as for `Layer`.

    ``W`` has shape (inputs,), ``b`` is one number.

    >>> neuron = Neuron(2, node=Value, rng=0)
    >>> neuron.load_state_dict({"W": [0.9, 0.3], "b": 0.0})
    >>> f"{neuron([1.0, 0.5]):.4f}"
    '0.7408'
    """

    def __init__(
        self,
        inputs: int,
        *,
        rng: Seed,
        activation: Activation = sigmoid,
        use_bias: bool = True,
        initializer: Initializer = lecun_normal,
        node: type[Parameter] = Tensor,
        dtype: DTypeLike = np.float64,
    ) -> None:
        inputs = count(inputs, "inputs")
        super().__init__(inputs, (), rng, activation, use_bias, initializer, node, dtype, place=None)

    def __repr__(self) -> str:
        return f"Neuron({self.inputs}, {self._details()})"


class Layer(_Affine):
    r"""A layer of neurons: a⁽ˡ⁾ = σ(W a⁽ˡ⁻¹⁾ + b), W[j, k] the weight from neuron k to neuron j (deck A).

    Args:
        inputs, outputs: the widths.
        rng: a seed or generator for the weights; biases start at 0. The same rng gives the same
            weights for both kinds of node.
        activation: a function of the weighted sums, such as `autograd.sigmoid`.
        use_bias: whether there is a b; without, ``b`` is None.
        initializer: draws the weights; N(0, 1/√inputs), as deck E does, or another of `nn.initializers`.
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
        use_bias: bool = True,
        initializer: Initializer = lecun_normal,
        node: type[Parameter] = Tensor,
        dtype: DTypeLike = np.float64,
        place: int | None = None,
    ) -> None:
        inputs, outputs = count(inputs, "inputs"), count(outputs, "outputs")
        super().__init__(inputs, (outputs,), rng, activation, use_bias, initializer, node, dtype, place)
        self.outputs = outputs

    def __repr__(self) -> str:
        return f"Layer({self.inputs}, {self.outputs}, {self._details()})"


def kind_of(layer: _Affine) -> str:
    """Node and dtype of a layer, as arguments of its constructor."""
    return f"node={layer.node.__name__}" + (f", dtype={layer.dtype}" if layer.node is Tensor else "")


def examples(x: Any, inputs: int, node: type[Parameter], kind: str) -> Any:
    """x as one example or a batch: a Tensor or an array."""
    try:
        x = nodes_or_numbers(x, "x")
    except (TypeError, ValueError) as error:
        raise type(error)(f"{kind} takes numbers or {node.__name__}s: {error}") from None
    if isinstance(x, Tensor) if node is Value else x.dtype == object:
        other = "a Tensor" if node is Value else "an array of Values"
        raise TypeError(
            f"this {kind} computes with {node.__name__}s and takes those or plain numbers; given {other}. "
            f"Make the {kind} with node={'Tensor' if node is Value else 'Value'}"
        )
    if x.ndim not in (1, 2) or x.shape[-1] != inputs:
        raise ValueError(
            f"this {kind} takes one example of shape ({inputs},) or a batch of shape (n, {inputs}); "
            f"given shape {x.shape}"
        )
    return x


def _activated(activation: Activation, z: Any) -> Any:
    try:
        a: Any = _as_values(activation(z.view(ValueArray))) if isinstance(z, np.ndarray) else activation(z)
    except ValueError as error:
        explain_choice(error)
        raise
    kind = np.ndarray if isinstance(z, np.ndarray) else type(z)
    cut = isinstance(a, np.ndarray) and recording() and not any(isinstance(x, Value) for x in a.flat)
    if cut or not issubclass(type(a), kind):
        raise TypeError(
            f"the activation {name_of(activation)} gave {_kind(a)} for {_kind(z)}, which cuts "
            "the graph; write it with functions of autograd, not of math, and without .data"
        )
    shapes = getattr(a, "shape", ()), getattr(z, "shape", ())  # np.shape of a Tensor takes 1 µs
    if shapes[0] != shapes[1]:
        raise ValueError(
            f"the activation {name_of(activation)} made shape {shapes[0]} of shape {shapes[1]}; "
            "it gives one number for each weighted sum"
        )
    # A cost, too, may choose by an output with the comparisons of a ValueArray.
    return a.view(ValueArray) if isinstance(a, np.ndarray) and a.dtype == object else a


def _kind(x: Any) -> str:
    return f"an array of {x.dtype}" if isinstance(x, np.ndarray) else f"a {type(x).__name__}"


def _as_values(a: Any) -> Any:
    """The results of an activation, constants as Values, since the 0 of ``max(z, 0)`` has a label too."""
    if not isinstance(a, np.ndarray) or not any(isinstance(x, Value) for x in a.flat):
        return a
    values = np.empty(a.shape, object)
    for i, x in enumerate(a.flat):
        values.flat[i] = x if isinstance(x, Value) else Value(x)
    return values


def _initial(initializer: Initializer, shape: tuple[int, ...], rng: Seed) -> Any:
    if not callable(initializer):
        raise TypeError(
            f"the initializer is a function such as nn.initializers.he_normal, not {initializer!r}"
        )
    weights = plain_array(initializer(shape, generator(rng)))
    if weights.shape != shape or weights.dtype.kind not in "fiu" or not np.all(np.isfinite(weights)):
        raise ValueError(
            f"the initializer {name_of(initializer)} gave {weights.dtype} of shape {weights.shape}; expected "
            f"finite real numbers of shape {shape}"
        )
    return weights


def _dtype(node: Any, dtype: DTypeLike) -> np.dtype[Any]:
    if node not in (Value, Tensor):
        raise TypeError(f"node is autograd.Value or autograd.Tensor, not {node!r}")
    checked = np.dtype(dtype)
    if checked not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise TypeError(f"dtype is float32 or float64, not {checked}")
    if node is Value and checked != np.dtype(np.float64):
        raise TypeError(f"a Value holds a float64; dtype={checked} is for node=Tensor")
    return checked
