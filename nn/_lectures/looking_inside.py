"""Running a net backwards, and how deck E sends errors back where the chain rule sends slopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import Value, sigmoid
from autograd._derivatives.sweeps import adjoints
from autograd._graph.context import resumed
from autograd._graph.leaving import plain_array
from autograd._support.notebooks import Table
from nn._measures.costs import half_squared_error
from nn._nets.mlp import MLP
from nn._nets.parameters import all_finite
from nn._training.steps.dependence import ON_NODES

__all__ = ["Errors", "backquery", "compare_errors", "split_errors", "transposed_errors"]

Array = NDArray[np.float64]

LOW, HIGH = 0.01, 0.99  # the range of inputs found backwards: a sigmoid never reaches 0 or 1


def backquery(net: MLP, target: ArrayLike) -> Array:
    """An input that belongs to an output: the net run backwards (deck E).

    At every layer, from the last: z = ln(a / (1 - a)), the inverse of σ; then Wᵀ(z - b), brought to
    0.01 … 0.99, which is the a of the layer before. The layers have no inverse, so the result is only an
    image of the output in the weights: deck E's look inside the net's mind. Deck E's nets have no b.

    Args:
        net: a net whose every layer is a sigmoid.
        target: outputs strictly between 0 and 1, shape (outputs,) or (n, outputs), such as
            ``nn.data.one_hot(3)``: 0.99 for the 3 and 0.01 for the others.

    Returns:
        Shape (inputs,) or (n, inputs), each example from 0.01 to 0.99.

    Raises:
        TypeError: for anything but an `nn.MLP`.
        ValueError: for a net of other activations or with parameters that are not finite, or a
            target of another shape or range.

    >>> from nn.data import one_hot
    >>> net = MLP([784, 100, 10], use_bias=False, rng=0)
    >>> three = backquery(net, one_hot(3)).reshape(28, 28)
    >>> three.min(), three.max()
    (np.float64(0.01), np.float64(0.99))
    """
    _check_net(net, "backquery")
    if any(layer.activation is not sigmoid for layer in net.layers):
        raise ValueError(f"backquery inverts sigmoids, and this is {net!r}")
    a: Array = plain_array(target, np.float64)
    if a.ndim not in (1, 2) or a.shape[-1] != net.sizes[-1]:
        raise ValueError(f"the target has shape {a.shape}; the net has {net.sizes[-1]} outputs")
    if not np.all((a > 0) & (a < 1)):
        raise ValueError(
            "a target lies strictly between 0 and 1: a sigmoid reaches neither; take 0.01 and 0.99"
        )
    for layer in reversed(net.layers):
        z = np.log(a / (1 - a))
        if layer.b is not None:
            z = z - plain_array(layer.b)
        a = _brought_within(z @ plain_array(layer.W))
    return a


def split_errors(W: ArrayLike, errors: ArrayLike) -> Array:
    """Each output's error, shared among the links into it in proportion to their weights (deck E).

    e_k = Σⱼ eⱼ · w_jk / Σᵢ w_ji for a hidden neuron k. It is not the gradient; see
    `compare_errors`.

    Args:
        W: the weights, W[j, k] from neuron k to neuron j, as ``layer.W``.
        errors: of the neurons j, desired output less output: shape (outputs,), or (n, outputs) for
            several examples.

    Returns:
        The errors of the neurons k, shape (inputs,) or (n, inputs).

    Raises:
        ValueError: when the shapes do not fit, a number is not finite, or the weights into a neuron
            add up to 0.

    >>> split_errors([[6.0, 3.0]], [0.9])
    array([0.6, 0.3])
    """
    W, e = _weights_and(W, errors)
    totals = W.sum(axis=1)
    # Rounding leaves 5.6e-17 of 0.1 + 0.2 - 0.3, and shares of it would be in the millions of billions.
    nothing = abs(totals) <= np.finfo(np.float64).eps * W.shape[1] * abs(W).max(axis=1)
    if np.any(nothing):
        raise ValueError(
            f"the weights into neuron {int(np.argmax(nothing))} add up to 0: they have no shares"
        )
    shared: Array = (e / totals) @ W
    return shared


def transposed_errors(W: ArrayLike, errors: ArrayLike) -> Array:
    """Wᵀ e: the same without dividing by the sums, which only scale (deck E).

    Arguments and shapes as for `split_errors`. It is not the gradient; see `compare_errors`.

    >>> transposed_errors([[6.0, 3.0]], [0.9])
    array([5.4, 2.7])
    """
    W, e = _weights_and(W, errors)
    return e @ W


ERRORS = {"layer": 5, "neuron": 6, "split": 10, "Wᵀ e": 10, "-∂C/∂a": 10}  # headings, with their widths


@dataclass(frozen=True, eq=False, repr=False)
class Errors:
    """The errors of the neurons of each layer, first to last, by three rules; shown as a table.

    Attributes:
        split: the errors shared in proportion to the weights.
        transposed: the errors by Wᵀ.
        downhill: -∂C/∂a, the true one, for the cost C = ½ Σ (t - o)²: from the engine.
    """

    split: list[Array]
    transposed: list[Array]
    downhill: list[Array]

    def __repr__(self) -> str:
        lines = ["  ".join(f"{name:>{width}}" for name, width in ERRORS.items())]
        for cells in self._rows():
            pairs = zip(cells, ERRORS.values(), strict=True)
            lines.append("  ".join(f"{cell:>{width}}" for cell, width in pairs))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return Table(list(ERRORS), self._rows()).html()

    def _rows(self) -> list[list[str]]:
        """The cells of the table: a line for each neuron."""
        by_rule = self.split, self.transposed, self.downhill
        return [
            [str(place), str(neuron), *(f"{number:.6f}" for number in numbers)]
            for place, of_layer in enumerate(zip(*by_rule, strict=True), start=1)
            for neuron, numbers in enumerate(zip(*of_layer, strict=True))
        ]


def compare_errors(net: MLP, x: ArrayLike, target: ArrayLike) -> Errors:
    """Deck E's two ways to send an error back beside the derivative, for one example.

    The chain rule sends back ∂C/∂a⁽ˡ⁻¹⁾ = Wᵀ(σ′(z⁽ˡ⁾) · ∂C/∂a⁽ˡ⁾). Deck E leaves out the σ′(z), so
    that only the output layer has the errors, and the update, of C = ½ Σ (t - o)². The
    gradients held by the net's parameters stay as they are.

    Args:
        net: a net of either node.
        x: one example, shape (inputs,).
        target: the desired outputs, shape (outputs,).

    Raises:
        TypeError: for anything but an `nn.MLP`; for an activation that computes with plain numbers.
        ValueError: when the shapes do not fit, a number is not finite, or the weights into a neuron
            add up to 0.

    >>> compare_errors(MLP([2, 2, 1], use_bias=False, rng=0), [1.0, 0.5], [0.99])
    layer  neuron       split        Wᵀ e      -∂C/∂a
        1       0    1.534646   -0.188898   -0.047210
        1       1   -1.035938    0.127513    0.031869
        2       0    0.498708    0.498708    0.498708
    """
    _check_net(net, "compare_errors")
    example, desired = plain_array(x, net.dtype), plain_array(target, net.dtype)
    if (example.shape, desired.shape) != ((net.sizes[0],), (net.sizes[-1],)):
        raise ValueError(
            f"compare_errors takes one example of shape ({net.sizes[0]},) and desired outputs of shape "
            f"({net.sizes[-1]},), not {example.shape} and {desired.shape}"
        )
    if not (np.all(np.isfinite(example)) and np.all(np.isfinite(desired))):
        raise ValueError("the example and the desired outputs are finite numbers")
    with resumed():  # inside no_grad too
        activations = [net.layers[0](example)]
        for layer in net.layers[1:]:
            activations.append(layer(activations[-1]))
        cost = half_squared_error(activations[-1], desired)
    slopes = adjoints(cost, 1.0 if net.node is Value else np.ones((), net.dtype))
    error = np.subtract(desired, plain_array(activations[-1]), dtype=np.float64)
    split, transposed = [error], [error]
    for layer in reversed(net.layers[1:]):
        split.insert(0, split_errors(layer.W, split[0]))
        transposed.insert(0, transposed_errors(layer.W, transposed[0]))
    return Errors(split, transposed, [_downhill(slopes, a) for a in activations])


def _downhill(slopes: dict[Any, Any], a: Any) -> Array:
    """-∂C/∂a of a layer: one Tensor, or an array of Values."""
    try:
        return -np.asarray(
            [slopes[node] for node in a] if isinstance(a, np.ndarray) else slopes[a], np.float64
        )
    except KeyError:
        raise TypeError(
            "compare_errors: the cost does not depend on the outputs of every layer, so an activation "
            f"cuts the graph. {ON_NODES}"
        ) from None


def _brought_within(numbers: Array) -> Array:
    """Moved and stretched to LOW … HIGH, each example for itself; all alike, they go to the middle."""
    low, high = numbers.min(axis=-1, keepdims=True), numbers.max(axis=-1, keepdims=True)
    share: Array = np.where(high > low, (numbers - low) / np.where(high > low, high - low, 1), 0.5)
    return LOW + (HIGH - LOW) * share


def _weights_and(W: ArrayLike, errors: ArrayLike) -> tuple[Array, Array]:
    weights, e = plain_array(W, np.float64), plain_array(errors, np.float64)
    if weights.ndim != 2 or e.ndim not in (1, 2) or e.shape[-1] != len(weights):
        raise ValueError(
            f"weights of shape {weights.shape} and errors of shape {e.shape}; expected (outputs, inputs) "
            "and (outputs,) or (n, outputs)"
        )
    if not (np.all(np.isfinite(weights)) and np.all(np.isfinite(e))):
        raise ValueError("weights and errors are finite numbers")
    return weights, e


def _check_net(net: Any, function: str) -> None:
    if not isinstance(net, MLP):
        raise TypeError(f"{function} takes an nn.MLP, not {type(net).__name__}")
    if not all_finite(net.parameters()):
        raise ValueError(f"{function}: the net's parameters are not all finite numbers")
