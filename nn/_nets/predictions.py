"""Predictions: the outputs of a net for many examples, the classes that they stand for, and probabilities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import Tensor, sigmoid, softmax
from autograd._graph.context import resumed
from autograd._graph.leaving import plain_array
from autograd._support.callers import warn
from autograd._support.checks import finite_number
from nn._nets.activations import Activation, identity, name_of
from nn._nets.contents import evaluating
from nn._nets.outputs import outputs_of
from nn._support.arrays import numeric
from nn._support.class_labels import Classes, are_signs, labels_of, listed

__all__ = ["Predictor", "class_places", "rows_of_outputs", "squashing"]

Array = NDArray[Any]

ROUNDING = 1e-5  # the most by which probabilities add up to another number than 1, also in float32


class Predictor:
    """The base class of `Module` that makes predictions."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def predict(
        self, X: ArrayLike, classes: Classes | None = None, threshold: float | None = None
    ) -> NDArray[Any]:
        """The outputs for many examples as an array of numbers; with `classes`, the label of each example.

        In evaluation mode and without a graph. A net of Values is compiled for it: for 540 digits in a
        hundredth of the time of ``net(X)``.

        Args:
            X: the inputs, a row for each example, any number of them.
            classes: the classes in the order of the outputs, such as ``["cat", "dog"]``; or their number,
                for labels from 0. A label is that of the largest output; of a net with one output
                the second of two, where the output is above the threshold.
            threshold: divides a single output, as in `nn.accuracy`, which calls a label right where
                it is this one.

        Returns:
            The outputs, shape (n, outputs); or labels, shape (n,).

        Raises:
            TypeError, ValueError: for inputs or classes that do not fit the net.

        Warns:
            RuntimeWarning: where one output is linear, and no threshold is given: it may be a logit.

        >>> import nn
        >>> net = nn.Sequential(lambda x: 2 * x)
        >>> net.predict([[0.1, 0.4], [0.3, 0.2]])
        array([[0.2, 0.8],
               [0.6, 0.4]])
        >>> net.predict([[0.1, 0.4], [0.3, 0.2]], classes=["cat", "dog"])
        array(['dog', 'cat'], dtype='<U3')
        """
        x = _examples(X)
        outputs = outputs_of(self, x)
        if classes is None:
            if threshold is not None:
                raise TypeError("a threshold is between two classes: net.predict(X, classes=2, threshold=0)")
            return outputs
        in_order = listed(classes)
        width = rows_of_outputs(outputs, len(x)).shape[1]
        if len(in_order) != max(width, 2):
            raise ValueError(
                f"{len(in_order)} classes do not fit a net with {width} output{'s' * (width > 1)}"
            )
        return labels_of(classes, class_places(self, outputs, threshold, are_signs(in_order)))

    def predict_proba(self, X: ArrayLike, activation: Activation | None = None) -> NDArray[np.floating]:
        """The probability of each class for many examples, in evaluation mode and without a graph.

        Outputs that went through a softmax are probabilities, and one output that went through a sigmoid is
        that of the second of two classes. Linear outputs are logits or something else, by
        the cost of the training: `activation` says so. Outputs that may be no probabilities are an error.

        Args:
            X: the inputs, a row for each example, any number of them.
            activation: the function from outputs to probabilities: `autograd.softmax` for a net trained by
                `nn.cross_entropy`, `autograd.sigmoid` after `nn.binary_cross_entropy`, `nn.identity` for
                outputs that are probabilities as they are. None where the net's last function says it.

        Returns:
            Shape (n, classes), two classes for a single output. Rows add up to 1; but those of several
            sigmoids, which answer questions of their own.

        Raises:
            ValueError: for outputs that are no probabilities.
            TypeError, ValueError: for inputs that do not fit the net, and an activation that is no function.

        Warns:
            RuntimeWarning: where outputs go through a softmax or a sigmoid twice.

        >>> import nn
        >>> net = nn.Sequential(nn.Layer(1, 1, rng=0, activation=nn.identity))
        >>> net[0].W, net[0].b = [[1.0]], [0.0]
        >>> net.predict_proba([[0.0], [2.0]], activation=sigmoid).round(3)
        array([[0.5  , 0.5  ],
               [0.119, 0.881]])
        >>> net[0].activation = sigmoid
        >>> net.predict_proba([[2.0]]).round(3)
        array([[0.119, 0.881]])
        """
        if activation is not None and not callable(activation):
            raise TypeError(f"an activation is a function such as autograd.softmax, not {activation!r}")
        x = _examples(X)
        outputs = rows_of_outputs(outputs_of(self, x), len(x))
        width = outputs.shape[1]
        if activation is None:
            if width > 1:
                _check_rows(self, x, outputs)
            elif len(x) and _squashing_of(self, x) != "sigmoid":
                raise ValueError(
                    f"the one output of this net, {outputs[0, 0]:.4g} of the first example, may be no "
                    "probability. A logit, as after nn.binary_cross_entropy, becomes one by "
                    "net.predict_proba(X, activation=autograd.sigmoid); activation=nn.identity says that "
                    "it is one"
                )
            return outputs if width > 1 else np.hstack([1 - outputs, outputs])
        if width == 1 and activation is softmax:
            raise ValueError("the softmax of one output is always 1: activation=autograd.sigmoid is meant")
        if activation in (sigmoid, softmax) and len(x) and (through := _squashing_of(self, x)):
            warn(
                f"these outputs went through {through} in the net, and go through {name_of(activation)} once "
                "more: that is right only where the cost did so too, and nn.LogitsWarning told of it",
                RuntimeWarning,
            )
        p = plain_array(activation(outputs))
        if p.shape != outputs.shape:
            raise ValueError(f"the activation gave shape {p.shape} for outputs of shape {outputs.shape}")
        if not np.all((p >= 0) & (p <= 1)):
            wrong = p[~((p >= 0) & (p <= 1))][0]
            raise ValueError(
                f"{name_of(activation)} gave {wrong:.4g} for an output, and probabilities lie from 0 to 1"
            )
        return p if width > 1 else np.hstack([1 - p, p])


def rows_of_outputs(outputs: Array, examples: int) -> Array:
    """Outputs of which each example has a row of finite numbers.

    Raises:
        ValueError: for others.
    """
    if outputs.ndim != 2:
        raise ValueError(f"the net gave shape {outputs.shape} for {examples} examples; expected (n, outputs)")
    if not np.all(np.isfinite(outputs)):
        raise ValueError("the net's outputs are not all finite numbers, so they say nothing about labels")
    return outputs


def class_places(net: Any, outputs: Array, threshold: Any, signed: bool) -> NDArray[np.int64]:
    """The place of the class that each row of outputs stands for.

    The place of the largest of several outputs; of one output 1 above the threshold, else 0.

    Args:
        threshold: None for the middle of two labels.
        signed: whether these are -1 and 1, not 0 and 1.

    Raises:
        ValueError: for a threshold that is no finite number, or beside several outputs.

    Warns:
        RuntimeWarning: where one output is linear, labels are 0 and 1, and no threshold is given.
    """
    divided = None if threshold is None else finite_number(threshold, "the threshold")
    width = outputs.shape[1]
    if width > 1:
        if divided is not None:
            raise ValueError(f"a threshold is for a net with one output, and this one has {width}")
        highest: NDArray[np.int64] = outputs.argmax(axis=1)
        return highest
    if divided is None:
        divided = 0.0 if signed else 0.5
        if not signed and _last_activation(net) is identity:
            warn(
                "this net's one output is linear, and is divided at 0.5, as is right after "
                "nn.quadratic_cost; a logit, as after nn.binary_cross_entropy, is divided by threshold=0 "
                "(threshold=0.5 says that the other is meant)",
                RuntimeWarning,
            )
    places: NDArray[np.int64] = (outputs[:, 0] > divided).astype(np.int64)
    return places


def squashing(outputs: Any) -> str | None:
    """The bounded function through which recorded outputs went last: "sigmoid", "tanh", "softmax" or None.

    >>> squashing(sigmoid(Tensor([[0.5]]))), squashing(Tensor([[0.5]]) * 2)
    ('sigmoid', None)
    """
    node = outputs if isinstance(outputs, Tensor) else np.ravel(outputs)[0]
    op = getattr(node, "op", None)
    if op is None:
        return None
    if op.name in ("sigmoid", "tanh", "softmax"):
        return str(op.name)
    if op.name == "truediv" and np.ndim(outputs) and np.shape(outputs)[-1] > 1:  # the last step of a softmax
        return "softmax" if bool(_are_shares(plain_array(outputs)).all()) else None
    return None


def _examples(X: ArrayLike) -> Array:
    x = numeric(X, "X")
    if x.ndim < 2:
        raise ValueError(
            f"X has shape {x.shape}; expected a row for each example: X.reshape(1, -1) of one example, "
            "X.reshape(-1, 1) of examples with one input"
        )
    return x


def _are_shares(rows: Array) -> NDArray[np.bool]:
    """Of each row, whether its numbers are shares of one whole."""
    shares: NDArray[np.bool] = (rows >= 0).all(axis=-1) & (abs(rows.sum(axis=-1) - 1) <= ROUNDING)
    return shares


def _check_rows(net: Any, x: Array, outputs: Array) -> None:
    """Raise ValueError unless each row of outputs has the probabilities of the classes."""
    wrong = ~_are_shares(outputs)
    if not wrong.any():
        return
    row = int(wrong.argmax())
    low, high, total = (f"{number:.4g}" for number in (f(outputs[row]) for f in (np.min, np.max, np.sum)))
    if _squashing_of(net, x) == "sigmoid":
        raise ValueError(
            f"each output of this net went through a sigmoid by itself, and those of row {row} add up to "
            f"{total}: they are not the probabilities of classes of which one is right. "
            "net.predict_proba(X, activation=nn.identity) gives them as answers to separate questions, and "
            f"net.predict(X, classes={len(outputs[row])}) the largest"
        )
    raise ValueError(
        f"the outputs of this net are no probabilities: those of row {row} lie from {low} to {high} and "
        f"add up to {total}. Logits become probabilities by the function in their cost: net.predict_proba(X, "
        "activation=autograd.softmax) after nn.cross_entropy, autograd.sigmoid after nn.binary_cross_entropy"
    )


def _squashing_of(net: Callable[[Any], Any], x: Array) -> str | None:
    """The bounded function that is the last operation of a net."""
    with evaluating(net), resumed():
        return squashing(net(x[:1]))


def _last_activation(net: Any) -> Any:
    """The activation of a net's last layer, which may be a function itself; None for a net without layers."""
    layers = getattr(net, "layers", None)
    return getattr(layers[-1], "activation", layers[-1]) if isinstance(layers, list) and layers else None
